"""Builders of members and records for the tests of the examiners."""

import gzip
import io
import json
from pathlib import Path

import pyarrow as pa

from events import FAMILIES
from examiners import EventBatch, Member, Tally
from examiners.cloudtrail import examine
from plugins import Quarantined

DATA = Path(__file__).parents[2] / "../shared/data/cloudtrail"


def member(data, file="log.json", index=0, **notes):
    return Member("FP-2026-000001-E0001", 1, index, file, lambda: io.BytesIO(data), size=len(data), notes=notes)


def event(name="ListBuckets", **fields):
    base = {
        "eventVersion": "1.09",
        "eventID": f"id-{name}",
        "eventTime": "2026-03-01T10:00:00Z",
        "eventSource": "s3.amazonaws.com",
        "awsRegion": "eu-central-1",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/rin", "accountId": "111122223333"},
    }
    return base | {"eventName": name} | fields


def trail(*records, packed=False):
    data = json.dumps({"Records": list(records)}, separators=(",", ":")).encode()
    return gzip.compress(data, mtime=0) if packed else data


class Outcome:
    """What an examiner made of members: rows as dicts, quarantined records, tallies."""

    def __init__(self, examined, family="cloudtrail"):
        kinds = list(examined)
        batches = [one.rows for one in kinds if isinstance(one, EventBatch)]
        self.batches = batches
        self.rows = pa.Table.from_batches(batches, FAMILIES[family].schema).to_pylist()
        self.quarantined = [one for one in kinds if isinstance(one, Quarantined)]
        self.tallies = [one for one in kinds if isinstance(one, Tally)]

    @property
    def names(self):
        return [row["event_name"] for row in self.rows]

    @property
    def reasons(self):
        return [one.reason for one in self.quarantined]

    def balances(self):
        counted = all(tally.read == tally.rows + tally.quarantined for tally in self.tallies)
        rows, bad = sum(tally.rows for tally in self.tallies), sum(tally.quarantined for tally in self.tallies)
        return counted and rows == len(self.rows) and bad == len(self.quarantined)


def examined(*datas):
    members = [member(data, f"log-{index}.json", index) for index, data in enumerate(datas)]
    outcome = Outcome(examine(iter(members)))
    assert outcome.balances()
    return outcome
