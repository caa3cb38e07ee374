"""Pages against the order of the files: few row groups are asked first, and nothing is lost between the steps."""

from datetime import timedelta

import pyarrow.parquet as pq
import pytest

from events import Filters
from events.backwards import GROUPS, floors, starts_of
from tests.events.making import NOON, at
from tests.events.test_reader import walk

MANY = 100
NOON_AS_STORED = NOON.replace(tzinfo=None)


@pytest.fixture
def segment(store, put):
    """Many events a second apart, two of them without a time, each in a row group of its own: path and reader."""
    dated = [at(number, "PutObject" if number == 5 else "GetObject") for number in range(MANY)]
    manifest = store.index([put([*dated, at(200) | {"eventTime": None}, at(201) | {"eventTime": "never"}])])
    path = store.segment_path(manifest.files[0])
    rows = pq.read_table(path)
    path.unlink()
    pq.write_table(rows, path, row_group_size=1)
    return path, store.reader(manifest.name)


def test_it_knows_when_each_row_group_begins(segment):
    path, _ = segment
    assert starts_of([path]) == [NOON_AS_STORED + timedelta(seconds=number) for number in range(MANY)][::-1]


@pytest.mark.parametrize("limit", [2, 3, 60, 90, 200])
def test_newest_first_shows_every_event_once_there_and_back(segment, limit):
    forth, back = walk(segment[1], limit, newest_first=True)
    numbers = [*reversed(range(MANY)), MANY + 1, MANY]
    assert forth == back == [f"E0001-1-0-{number}" for number in numbers]


def test_a_rare_event_far_back_is_found(segment):
    page = segment[1].page(Filters.from_query({"event_name": "PutObject"}), newest_first=True)
    assert [row["key"] for row in page.rows] == ["E0001-1-0-5"]


def test_it_looks_at_few_row_groups_then_at_more_then_at_all():
    starts = [NOON_AS_STORED - timedelta(seconds=number) for number in range(MANY)]
    few, more = GROUPS
    assert [*floors(starts, None)] == [starts[few - 1], starts[more - 1], None]
    assert [*floors(starts, starts[50])] == [starts[50 + few], None]
    assert [*floors(starts[:3], None)] == [None]
