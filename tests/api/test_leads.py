"""Leads over the API: in their order, each score with its reasons and events."""

import pytest

from cases.models import LEADS, Finding


@pytest.fixture
def leads(finding):
    """Three leads, the first recorded last."""
    example = {
        "evidence": "FP-2026-000001-E0001",
        "part": 1,
        "member": 0,
        "row": 4,
        "file": "a",
        "at": None,
        "what": "x",
    }
    signal = {"name": "strange_address", "part": 0.3, "words": "came from afar", "cited": [0]}
    for rank, kind in ((3, "resource"), (2, "address"), (1, "principal")):
        finding.pk, finding.number, finding.entity_kind = None, rank, kind
        finding.question, finding.tool, finding.explanation = LEADS, "leads", "came from afar"
        finding.facts = {"rank": rank, "score": 90.5 - rank, "signals": [signal], "refused": 0, "actors": 1}
        finding.examples = [example]
        finding.save()
    return Finding.objects.leads()


def test_it_lists_leads_by_rank(as_rin, base, leads):
    found = as_rin.get(f"{base}leads/").json()
    assert [(row["rank"], row["kind"], row["score"]) for row in found["results"]] == [
        (1, "principal", 89.5),
        (2, "address", 88.5),
        (3, "resource", 87.5),
    ]
    assert found["next"] is None


def test_each_score_has_its_reasons_in_words_and_their_events(as_rin, base, leads):
    lead = as_rin.get(f"{base}leads/").json()["results"][0]
    signal = {"name": "strange_address", "part": 0.3, "words": "came from afar", "events": ["E0001-1-0-4"]}
    assert (lead["why"], lead["signals"]) == ("came from afar", [signal])


def test_a_kind_narrows_the_list_and_a_limit_shortens_it(as_rin, base, leads):
    assert [row["rank"] for row in as_rin.get(f"{base}leads/", kind="address").json()["results"]] == [2]
    assert [row["rank"] for row in as_rin.get(f"{base}leads/", limit=2).json()["results"]] == [1, 2]


@pytest.mark.parametrize("query", [{"kind": "x"}, {"limit": 0}, {"limit": 9999}, {"colour": "red"}])
def test_what_it_does_not_know_it_refuses(as_rin, base, leads, query):
    assert as_rin.get(f"{base}leads/", **query).status_code == 400


def test_leads_are_no_findings(as_rin, base, leads):
    assert [row["label"] for row in as_rin.get(f"{base}findings/").json()["results"]] == ["F-01"]


def test_for_who_is_no_member_there_are_none(as_otto, base, leads):
    assert as_otto.get(f"{base}leads/").status_code == 404


def test_it_costs_three_queries(as_rin, base, leads, django_assert_num_queries):
    with django_assert_num_queries(3):
        as_rin.get(f"{base}leads/")
