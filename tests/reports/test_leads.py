import pytest

from reports.leads import write
from tests.reports.snapshots import empty, sample

LEAD = {
    "score": 87.5,
    "kind": "access_key",
    "entity": "AKIAIOSFODNN7EXAMPLE",
    "why": "came from 203.0.113.44, which nobody else used",
    "count": 1_037,
    "first_at": "2026-11-22T21:04:00Z",
}


def test_each_lead_has_its_score_its_numbers_and_why():
    table = write(sample(leads=(LEAD,))).blocks[1]
    assert table.rows == (("88", "access key AKIAIOSFODNN7EXAMPLE", "1,037", "2026-11-22 21:04:00", LEAD["why"]),)


def test_it_says_that_a_score_is_no_verdict():
    assert "no verdict on anybody" in write(sample(leads=(LEAD,))).blocks[0].text


def test_more_than_fifteen_are_counted(words):
    assert "5 further rows: see the list of leads." in words(write(sample(leads=(LEAD,) * 20)))


@pytest.mark.parametrize("snapshot", [empty(), sample(leads=())])
def test_without_leads_it_says_so(snapshot, words):
    assert "stands out" in words(write(snapshot))


def test_a_lead_of_which_little_is_known_has_dashes():
    row = write(sample(leads=({"score": 10},))).blocks[1].rows[0]
    assert row == ("10", "— —", "—", "—", "—")
