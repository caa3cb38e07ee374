"""How many queries a list costs, however many rows it shows. One of them looks up the token, one the incident."""

import pytest
from django.urls import reverse

from cases.actions.incidents import Particulars, open_incident
from cases.actions.timeline_entries import add_to_timeline
from cases.actor import Actor
from cases.models import Finding, Indicator, Run
from cases.tellings import telling_of_finding
from phases.requests import Wish, request_collection
from tests.api.conftest import START

BASELINE = {
    "runs": 3,
    "plans": 3,
    "evidence": 3,
    "custody": 3,
    "indicators": 3,
    "findings": 3,
    "timeline_entries": 3,
    "gaps": 3,
    "reports": 3,
    "events": 2,
    "histogram": 2,
}


@pytest.fixture
def several(incident, rin, exhibit, plan, finding, entry, gap, report):
    """More rows of each list than one."""
    for number in range(2, 5):
        wish = Wish("cloudtrail", "111122223333", "eu-west-1", START, START.replace(hour=10 + number))
        request_collection(incident=incident, wish=wish, by=Actor(rin))
        Finding.objects.filter(number=1).first()
        Indicator.objects.create(
            incident=incident, kind="ipv4-addr", value=f"192.0.2.{number}", origin="a", added_by=rin, added_at=START
        )
        copy = Finding.objects.get(number=1)
        copy.pk, copy.number, copy.entity = None, number, str(number)
        copy.decided_by, copy.status = rin, "confirmed"
        copy.save()
        add_to_timeline(incident=incident, telling=telling_of_finding(copy, ""), by=Actor(rin))
    assert Run.objects.count() > 3


@pytest.mark.parametrize(("name", "queries"), BASELINE.items())
def test_a_list_costs_as_many_queries_as_ever(as_rin, incident, several, name, queries, django_assert_num_queries):
    address = reverse(f"api:{name}", kwargs={"reference": incident.reference})
    with django_assert_num_queries(queries):
        assert as_rin.get(address).status_code == 200


def test_the_list_of_incidents_costs_two(as_rin, incident, rin, django_assert_num_queries):
    for number in range(3):
        open_incident(particulars=Particulars(title=str(number)), by=Actor(rin))
    with django_assert_num_queries(2):
        assert len(as_rin.get("incidents/").json()["results"]) == 4


def test_members_and_custody_of_an_exhibit_cost_four(as_rin, incident, several, exhibit, django_assert_num_queries):
    for name in ("members", "exhibit_custody"):
        address = reverse(f"api:{name}", kwargs={"reference": incident.reference, "exhibit": exhibit.exhibit})
        with django_assert_num_queries(4):
            assert as_rin.get(address).status_code == 200
