"""docs/readiness.md says of each check what the check says of itself."""

import pytest

from operations.management.commands.readiness import COLUMNS, NOT_READY, cells_of
from readiness import Outcome, checks
from tests.docs.reading import ROOT, table_rows

TEXT = (ROOT / "docs" / "readiness.md").read_text()
ROWS = {row[0].strip("`"): tuple(row) for row in table_rows(TEXT.partition("## ")[0])}


def section(title):
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def test_the_table_has_every_check():
    assert list(ROWS) == list(checks.all())
    assert all(len(row) == len(COLUMNS) for row in ROWS.values())


@pytest.mark.parametrize("name", list(checks.all()))
def test_a_row_is_what_the_check_declares(name):
    assert ROWS[name] == cells_of(checks.get(name))


def test_its_exit_statuses_are_those_of_the_command():
    assert [int(row[0]) for row in table_rows(section("Checking"))] == [0, NOT_READY, 1]


def test_every_verdict_is_explained():
    told = [row[0].replace(" ", "_") for row in table_rows(section("What a verdict says"))]
    assert told == list(Outcome)
