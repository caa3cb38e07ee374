"""The ways in which findings and answers are handed over, and the row that an examiner makes of one."""

import json
from dataclasses import replace

from tests.examiners.making import Outcome, member

ACCOUNT, REGION = "111122223333", "eu-central-1"


def as_lines(*findings):
    return b"".join(json.dumps(finding).encode() + b"\n" for finding in findings)


def as_answer(*findings, key="Findings"):
    return json.dumps({key: list(findings), "NextToken": "x"}, indent=4).encode()


def as_event(kind, detail, account=ACCOUNT, region=REGION):
    """One event of EventBridge."""
    around = {"version": "0", "id": "1", "detail-type": kind, "source": "aws.x", "account": account}
    return {**around, "time": "2026-03-01T12:00:00Z", "region": region, "resources": [], "detail": detail}


def read(form, data, file="findings.json", **known):
    """What the form makes of a file; ``known`` is what the exhibit says of it."""
    outcome = Outcome(form.examine(iter([replace(member(data, file), **known)])), form.family)
    assert outcome.balances()
    return outcome


def row_of(form, record, file="findings.json", **known):
    outcome = read(form, as_lines(record), file, **known)
    assert outcome.quarantined == []
    (row,) = outcome.rows
    return row
