"""The page of leads, and what the incident's page shows of it."""

import pytest
from django.urls import reverse

from cases.actions.findings import decide_finding
from cases.actor import Actor
from cases.models import Finding
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def led(found, rin):
    """The incident with four leads of two kinds, recorded out of order."""
    leads = [
        casework.lead(found, "203.0.113.9", score=31, rank=4),
        casework.lead(found, "arn:aws:iam::111122223333:user/ci-deploy", "principal", 86.0, 2),
        casework.lead(found),
        casework.lead(found, "203.0.113.7", score=55, rank=3),
    ]
    casework.find(found, rin, *leads, answers=[casework.AnswerRow("leads", "1", 4)], tool="leads")
    return found


@pytest.fixture
def url(led):
    return reverse("leads", args=[led.reference])


def test_the_highest_score_comes_first(as_rin, url):
    leads = as_rin.get(url).context["leads"]
    assert [(lead.score, lead.heat) for lead in leads] == [(87.5, 4), (86.0, 4), (55, 3), (31, 2)]


def test_each_reason_leads_to_its_events(as_rin, led, url):
    page = as_rin.get(url)
    assert "an address that nobody else used" in page.text
    event = reverse("event", args=[led.reference, "E0001-1-0-1"])
    assert event in page.text
    assert as_rin.get(event).context["line"].name == "CreateAccessKey"


def test_a_lead_leads_to_its_events_in_the_timeline(as_rin, led, url):
    lead = as_rin.get(url).context["leads"][0]
    assert as_rin.get(reverse("timeline", args=[led.reference]) + lead.timeline).context["count"] == 30


def test_a_kind_narrows_the_list(as_rin, url):
    page = as_rin.get(url, {"kind": "principal"})
    assert [lead.kind for lead in page.context["leads"]] == ["Principal"]
    assert [(kind, total) for kind, _, total in page.context["tabs"]][:3] == [
        ("", 4),
        ("principal", 1),
        ("access_key", 0),
    ]


@pytest.mark.parametrize("kind", ["x", "<b>", "principal "])
def test_a_word_that_is_no_kind_narrows_nothing(as_rin, url, kind):
    assert len(as_rin.get(url, {"kind": kind}).context["leads"]) == 4


def test_a_kind_without_leads_says_so(as_rin, url):
    assert "Nothing stands out here" in as_rin.get(url, {"kind": "resource"}).text


def test_before_the_first_analysis_it_says_how_to_begin(as_rin, incident):
    assert "Nothing has been asked yet" in as_rin.get(reverse("leads", args=[incident.reference])).text


def test_the_incident_shows_the_first_three(as_rin, led):
    page = as_rin.get(reverse("incident", args=[led.reference]))
    assert [lead.score for lead in page.context["leads"]] == [87.5, 86.0, 55]
    assert "Where to look first" in page.text


def test_without_leads_the_incident_shows_no_heading(as_rin, found):
    assert "Where to look first" not in as_rin.get(reverse("incident", args=[found.reference])).text


def test_leads_are_no_findings(as_rin, led):
    assert [one.label for one in as_rin.get(reverse("findings", args=[led.reference])).context["rows"]] == ["F-01"]


def test_a_lead_has_a_page_under_its_own_letter(as_rin, led):
    page = as_rin.get(reverse("finding", args=[led.reference, "L-03"]))
    assert page.context["finding"].entity == "203.0.113.44"
    assert as_rin.get(reverse("finding", args=[led.reference, "L-09"])).status_code == 404


def test_a_dismissed_lead_is_off_the_list(as_rin, led, url, rin):
    lead = Finding.objects.get(entity="203.0.113.44")
    decide_finding(finding=lead, status="dismissed", by=Actor(rin), reason="our own gateway")
    assert "203.0.113.44" not in [lead.value for lead in as_rin.get(url).context["leads"]]


def test_what_a_newer_analysis_no_longer_ranks_is_off_the_list(as_rin, led, url, rin):
    casework.find(led, rin, casework.lead(led), tool="leads")
    assert len(as_rin.get(url).context["leads"]) == 1


def test_text_of_strangers_stays_text(as_rin, led, url, rin):
    casework.find(led, rin, casework.lead(led, "<img src=x onerror=alert(1)>\u202e", "principal"), tool="leads")
    assert "&lt;img src=x onerror=alert(1)&gt;⟨U+202E⟩" in as_rin.get(url).text


def test_its_queries_do_not_grow_with_the_leads(as_rin, led, url, rin, django_assert_num_queries):
    with django_assert_num_queries(5):
        as_rin.get(url)
    more = [casework.lead(led, f"198.51.100.{n}", rank=n) for n in range(40)]
    casework.find(led, rin, *more, tool="leads")
    with django_assert_num_queries(5):
        as_rin.get(url)


def test_for_who_is_no_member_it_does_not_exist(as_otto, url):
    assert as_otto.get(url).status_code == 404


def test_after_all_questions_the_leads_are_those_of_the_analysis(as_rin, examined):
    casework.work("analyze")
    leads = as_rin.get(reverse("leads", args=[examined.reference])).context["leads"]
    assert [lead.finding.facts["rank"] for lead in leads] == list(range(1, len(leads) + 1))
    assert {lead.value for lead in leads} >= {"arn:aws:iam::111122223333:user/ci-deploy", casework.STRANGER}
