import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.widths import PAPER, columns_of, run_of
from tests.reports.snapshots import SHA


def table(*rows, columns=("No.", "What", "SHA-256"), mono=()):
    return {"columns": columns, "rows": rows, "mono": mono}


def test_a_hash_gets_half_its_length_and_long_text_the_rest():
    number, what, sha = columns_of(table(("1", "a long description of what was done " * 3, SHA)))
    assert number < 60
    assert 32 * 4.2 < sha < 32 * 5.5
    assert what > sha


def test_a_time_stays_on_one_line_where_there_is_room():
    time, _rest = columns_of(table(("2026-11-22 21:04:00", "x" * 60), columns=("Time", "What")))
    assert time > 19 * 4.5


def test_a_table_without_rows_is_as_wide_as_its_head():
    assert sum(columns_of(table())) == pytest.approx(PAPER)


def test_a_word_of_japanese_counts_twice():
    assert run_of("漏えい") == 6
    assert run_of("a b") == 1


cells = st.text(max_size=80)


@given(st.lists(st.tuples(cells, cells, cells), max_size=8))
def test_columns_always_fill_the_paper_and_none_vanishes(rows):
    widths = columns_of(table(*rows))
    assert sum(widths) == pytest.approx(PAPER)
    assert min(widths) > 13
