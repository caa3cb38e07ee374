"""Places of an incident: what is authorised and by whom, and what the guard refused."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.actions.incidents import set_member
from cases.actions.moves import Move, check_move
from cases.actions.places import Permit, record_authorization
from cases.actor import Actor
from cases.models import Authorization, AwsAccount, CustodyEntry, Incident, Phase, Run
from cases.places import MoveRefused
from tests.dashboard import casework

pytestmark = pytest.mark.django_db
CELL = "444455556666/eu-central-1"


@pytest.fixture(autouse=True)
def cell():
    """A forensics account in Frankfurt."""
    AwsAccount.objects.create(
        account="444455556666", name="cell", kind="forensics", regions=["eu-central-1"], jurisdiction="eu"
    )


@pytest.fixture
def address(incident):
    return reverse("places", args=[incident.reference])


@pytest.fixture
def given(incident, ida):
    permit = Permit("eu", "local", "the examiner sits here", "Art. 49", timezone.now() + timedelta(days=3))
    return record_authorization(incident=incident, permit=permit, by=Actor(ida))


def form(**change):
    until = (timezone.now() + timedelta(days=3)).strftime("%Y-%m-%dT%H:%M")
    said = {"jurisdiction": "eu", "place": "local", "legal_basis": "Art. 49", "until_at": until, "reason": "urgent"}
    return said | change


def refuse(incident, by):
    with pytest.raises(MoveRefused):
        check_move(incident=incident, move=Move("CloudTrail, Frankfurt", "eu", "local"), by=Actor(by))


def test_the_commander_authorises(as_ida, incident, address):
    page = as_ida.post(address, form(), follow=True)
    [one] = incident.authorizations.all()
    assert (one.jurisdiction, one.place, one.legal_basis) == ("eu", "local", "Art. 49")
    assert "Standing" in page.text


def test_so_does_legal(as_rin, rin, ida, incident, address):
    set_member(incident=incident, user=rin, role="legal", by=Actor(ida))
    as_rin.post(address, form())
    assert incident.authorizations.get().authorized_by == rin


def test_the_custody_log_keeps_by_what_law_and_until_when(as_ida, incident, address):
    as_ida.post(address, form())
    said = json.loads(bytes(CustodyEntry.objects.get(action="authorized").data))
    assert (said["reason"], said["object"]["legal_basis"]) == ("urgent", "Art. 49")
    assert said["object"]["until"] == incident.authorizations.get().until_at.isoformat()


def test_a_responder_reads_and_does_not_authorise(as_rin, address):
    assert as_rin.post(address, form()).status_code == 403
    page = as_rin.get(address).text
    assert "The commander, or a member in the role legal" in page
    assert "Authorise with my name" not in page


@pytest.mark.parametrize(
    "change", [{"jurisdiction": "mars"}, {"place": "moon"}, {"legal_basis": ""}, {"reason": ""}, {"until_at": ""}]
)
def test_an_authorisation_is_whole_or_none(as_ida, address, change):
    assert as_ida.post(address, form(**change)).status_code == 422
    assert not Authorization.objects.exists()


def test_one_that_is_over_already_is_refused_in_words(as_ida, address):
    page = as_ida.post(address, form(until_at="2026-01-01T00:00"))
    assert page.status_code == 422
    assert "give a later end" in page.text


def test_in_a_closed_incident_nothing_is_authorised(as_ida, incident, address):
    Incident.objects.update(state="closed", outcome="benign", closed_at=incident.opened_at)
    assert "reopen it" in as_ida.post(address, form()).text


def test_it_is_withdrawn_with_a_reason_and_stays(as_ida, given, incident, address):
    withdraw = reverse("withdraw_authorization", args=[incident.reference, given.pk])
    assert "Say why it ends" in as_ida.post(withdraw, follow=True).text
    page = as_ida.post(withdraw, {"reason": "the trial is over"}, follow=True)
    assert "the trial is over" in page.text
    assert incident.authorizations.get().state == "withdrawn"


def test_only_who_authorises_withdraws(as_rin, as_otto, given, incident):
    withdraw = reverse("withdraw_authorization", args=[incident.reference, given.pk])
    assert as_rin.post(withdraw, {"reason": "x"}).status_code == 403
    assert as_otto.post(withdraw, {"reason": "x"}).status_code == 404


def test_one_of_another_incident_is_not_found(as_ida, incident, given, ida):
    assert as_ida.post(reverse("withdraw_authorization", args=[incident.reference, 999])).status_code == 404


def test_the_page_says_what_was_refused_and_who_can_allow_it(as_rin, incident, rin, address):
    refuse(incident, rin)
    page = as_rin.get(address).text
    assert "CloudTrail, Frankfurt: eu to local" in page
    assert "its commander or legal can authorise eu to local" in page


def test_what_was_refused_leads_to_the_run_that_can_be_asked_again(as_rin, incident, rin, address):
    lease, _ = casework.leased(incident, rin, Phase.COLLECTION, "cloudtrail")
    run = Run.objects.get(pk=lease.run_id)
    with pytest.raises(MoveRefused):
        check_move(incident=incident, move=Move("CloudTrail, Frankfurt", "eu", "local", run), by=Actor(rin))
    page = as_rin.get(address).text
    assert reverse("run", args=[incident.reference, run.pk]) in page
    assert f"r{run.pk}, ask again there" in page


def test_the_page_says_where_evidence_lies_and_by_which_policy(as_rin, examined, address):
    page = as_rin.get(address)
    assert [(row["evidence__jurisdiction"], row["place"], row["n"]) for row in page.context["lying"]] == [
        ("local", "local", 1)
    ]
    assert [policy.place for policy in page.context["policies"]] == ["local"]


def test_the_incidents_page_shows_what_is_authorised(as_rin, incident, given):
    page = as_rin.get(reverse("incident", args=[incident.reference])).text
    assert "Art. 49" in page


def test_the_incidents_page_shows_refusals(as_rin, incident, rin):
    refuse(incident, rin)
    assert "CloudTrail, Frankfurt: eu to local" in as_rin.get(reverse("incident", args=[incident.reference])).text


def test_where_nothing_was_out_of_the_ordinary_the_incidents_page_is_silent(as_rin, incident):
    assert "what may come where" not in as_rin.get(reverse("incident", args=[incident.reference])).text


def test_an_exhibit_says_whose_law_it_is_under_and_where_it_lies(as_rin, examined):
    page = as_rin.get(reverse("exhibit", args=[examined.reference, "E0001"]))
    assert page.context["lies_in"] == ["local"]
    assert "Under the law of" in page.text
