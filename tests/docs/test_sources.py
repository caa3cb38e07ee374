"""docs/sources.md says of each source what the source says of itself."""

import json
import re

import pytest

from collectors import sources
from operations.management.commands.sources import cells_of
from tests.docs.reading import ROOT, table_rows

TEXT = (ROOT / "docs" / "sources.md").read_text()
ROWS = {row[0].strip("`"): tuple(row) for row in table_rows(TEXT.partition("## ")[0])}
EXAMPLE = "iam_credential_report"  # CONTRIBUTING adds it to a copy of the tree


def test_the_table_has_the_sources_that_come_with_the_portal():
    assert list(ROWS) == [name for name in sources.all() if name != EXAMPLE]


@pytest.mark.parametrize("name", ROWS)
def test_a_row_is_what_the_source_declares(name):
    assert ROWS[name] == cells_of(sources.get(name))


def test_the_trust_policy_allows_what_a_session_needs():
    [policy] = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)
    actions = [statement["Action"] for statement in json.loads(policy)["Statement"]]
    assert actions == ["sts:AssumeRole", ["sts:SetSourceIdentity", "sts:TagSession"]]
