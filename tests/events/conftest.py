from dataclasses import replace

import pytest

from events import open_events
from examiners import EventBatch
from examiners.cloudtrail import examine
from tests.examiners.making import member, trail


@pytest.fixture
def store(tmp_path):
    return open_events(tmp_path.as_uri(), "FP-2026-000001")


@pytest.fixture
def put(store):
    """Stage records as the member of one part: ``put(records, part=1)``; the real examiner makes the rows."""

    def stage(records, part=1, evidence="FP-2026-000001-E0001"):
        one = replace(member(trail(*records), f"log-{part}.json"), part=part, evidence=evidence)
        batches = [found.rows for found in examine(iter([one])) if isinstance(found, EventBatch)]
        return store.stage(f"{evidence}-{part}-cloudtrail-1", "cloudtrail", batches)

    return stage


@pytest.fixture
def read(store, put):
    """A reader of the given records: ``read(records)``."""

    def reader(records):
        return store.reader(store.index([put(records)]).name)

    return reader
