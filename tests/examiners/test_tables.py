from datetime import UTC, datetime, timedelta, timezone

import pytest

from examiners.records import Malformed
from examiners.tables import PIECE_BYTES, PIECE_ROWS, Table
from tests.examiners.making import member


def rows_of(table):
    return [row for batch in table.batches() for row in batch.rows.to_pylist()]


@pytest.fixture
def table():
    return Table("network_flows")


def test_a_row_says_where_it_came_from_and_has_null_for_what_is_not_there(table):
    table.add(member(b"", "flows.log", index=3), 7, {"srcaddr": "10.0.0.1"}, 10)
    [row] = rows_of(table)
    assert (row["evidence"], row["part"], row["member"]) == ("FP-2026-000001-E0001", 1, 3)
    assert (row["src_file"], row["src_row"], row["srcaddr"], row["bytes"]) == ("flows.log", 7, "10.0.0.1", None)


def test_values_leave_in_the_types_of_the_schema(table):
    time = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=2)))
    table.add(
        member(b""), 0, {"srcport": "22", "bytes": 7, "vpc_id": 5, "others": {"a": [True]}, "event_time": time}, 1
    )
    [row] = rows_of(table)
    assert (row["srcport"], row["bytes"], row["vpc_id"], row["others"]) == (22, 7, "5", '{"a":[true]}')
    assert row["event_time"] == datetime(2026, 3, 1, 10)


def test_a_time_that_no_log_can_hold_is_none(table):
    table.add(member(b""), 0, {"event_time": datetime(1970, 1, 1, tzinfo=UTC)}, 1)
    assert rows_of(table)[0]["event_time"] is None


@pytest.mark.parametrize("value", ["x", "", "2147483648", 1.5, True, "9" * 5_000, [1]])
def test_a_number_that_is_none_is_named(table, value):
    with pytest.raises(Malformed, match="srcport cannot be"):
        table.add(member(b""), 0, {"srcport": value}, 1)


def test_a_row_that_does_not_fit_leaves_nothing_behind(table):
    table.add(member(b""), 0, {"srcaddr": "a"}, 1)
    with pytest.raises(Malformed):
        table.add(member(b""), 1, {"srcaddr": "b", "srcport": "x"}, 1)
    assert [row["srcaddr"] for row in rows_of(table)] == ["a"]


def test_half_characters_are_replaced(table):
    table.add(member(b""), 0, {"srcaddr": "a\ud800b"}, 1)
    assert rows_of(table)[0]["srcaddr"] == "a?b"


def test_it_is_full_by_rows_or_by_bytes_and_then_empty(table):
    table.add(member(b""), 0, {}, PIECE_BYTES)
    assert table.is_full
    assert len(rows_of(table)) == 1
    assert not table.is_full
    for row in range(PIECE_ROWS):
        table.add(member(b""), row, {}, 1)
    assert table.is_full
    assert len(rows_of(table)) == PIECE_ROWS
    assert rows_of(table) == []
