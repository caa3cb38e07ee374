import pyarrow.parquet as pq
import pytest

from events.families import PLACE
from events.slices import FAR, SLICE_ROWS, Slice, span_of
from tests.events.making import NOON, at

MANY = 2 * SLICE_ROWS + 500
TIMES = {
    "spread over time": lambda number: at(MANY - number),
    "all at one moment": lambda number: at(0),
    "without a time": lambda number: at(0) | {"eventTime": None},
    "mixed": lambda number: at(number % 50) | ({"eventTime": "never"} if number % 3 else {}),
}


@pytest.mark.parametrize("make", TIMES.values(), ids=TIMES)
def test_more_rows_than_one_slice_come_out_complete_and_in_order(store, put, make):
    manifest = store.index([put([make(number) for number in range(MANY)])])
    table = pq.read_table(store.segment_path(manifest.files[0]), columns=["event_time", *PLACE])
    keys = [(row["event_time"] or FAR, *(row[name] for name in PLACE)) for row in table.to_pylist()]
    assert len(keys) == MANY
    assert keys == sorted(keys)


def test_a_slice_knows_which_files_it_touches():
    noon = NOON.replace(tzinfo=None)
    part = Slice((noon, "E", 1, 0, 0), (noon.replace(hour=14), "E", 1, 0, 0))
    spans = [
        (noon.replace(hour=first), noon.replace(hour=last)) for first, last in ((1, 11), (11, 12), (14, 15), (15, 16))
    ]
    assert [part.touches(span) for span in spans] == [False, True, True, False]
    assert part.touches(None)


def test_a_file_tells_its_times_unless_a_row_has_none(store, put):
    dated, undated = put([at(0), at(9)]), put([at(0), at(1) | {"eventTime": None}], part=2)
    span = span_of(store.staging_path(dated.name, "cloudtrail"))
    assert [time.second for time in span] == [0, 9]
    assert span_of(store.staging_path(undated.name, "cloudtrail")) is None
