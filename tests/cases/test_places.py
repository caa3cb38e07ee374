"""Places and jurisdictions: what the settings name, what is known, and what may come where."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from cases.actions.places import Permit, allow_policy, record_authorization, withdraw_authorization, withdraw_policy
from cases.checks import places_fit
from cases.models import AwsAccount, Policy
from cases.places import (
    WrongPlaces,
    all_places,
    home_of,
    jurisdiction_of,
    jurisdictions,
    place_for,
    rule_on,
    vault_places,
)
from cases.stores import events_of, vault_of
from plugins import Refused

EU = "111122223333"


@pytest.fixture
def atlas(settings, places, db):
    """Two vaults, of which the portal's own is the one in the US; an account whose Frankfurt is under another law."""
    settings.VAULT_PLACE = "us"
    for setting, folder in (("VAULT_URL", "vault"), ("EVENTS_URL", "events")):
        setattr(settings, setting, json.dumps({name: (places / name / folder).as_uri() for name in ("eu", "us")}))
    AwsAccount.objects.create(
        account=EU, name="prod", kind="workload", jurisdiction="us", region_jurisdictions={"eu-central-1": "eu"}
    )
    AwsAccount.objects.create(
        account="444455556666", name="cell", kind="forensics", regions=["eu-central-1"], jurisdiction="eu"
    )
    return settings


@pytest.fixture
def allow(by_ida):
    return lambda jurisdiction, place: allow_policy(jurisdiction=jurisdiction, place=place, reason="law", by=by_ida)


@pytest.fixture
def authorize(incident, by_ida):
    def record(jurisdiction, place, days=1):
        until = timezone.now() + timedelta(days=days)
        permit = Permit(jurisdiction, place, "urgent", "Art. 49", until)
        return record_authorization(incident=incident, permit=permit, by=by_ida)

    return record


def test_one_vault_is_one_place(settings, db):
    assert list(vault_places()) == ["local"]
    settings.VAULT_PLACE = "eu"
    assert list(vault_places()) == ["eu"]


def test_the_portals_own_place_comes_first(atlas):
    assert list(vault_places()) == ["us", "eu"]


def test_events_lie_beside_the_vault(atlas, incident):
    incident.place = "eu"
    assert events_of(incident).folder.parents[1] == vault_of(incident).root.parent


def test_a_region_of_a_forensics_account_is_a_place(atlas):
    place = all_places()["444455556666/eu-central-1"]
    assert (place.account, place.region, place.jurisdiction) == ("444455556666", "eu-central-1", "eu")


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("VAULT_URL", "{not json", "is none"),
        ("VAULT_URL", "{}", "must be one URL"),
        ("VAULT_URL", '{"us": 7}', "must be one URL"),
        ("VAULT_PLACE", "mars", "name one of VAULT_URL"),
        ("EVENTS_URL", '{"us": "file:///tmp/e"}', "give both the same places"),
    ],
)
def test_settings_that_do_not_fit_are_refused_with_the_remedy(atlas, name, value, words):
    setattr(atlas, name, value)
    with pytest.raises(WrongPlaces, match=words) as problem:
        vault_places()
    assert isinstance(problem.value, Refused)


def test_settings_that_do_not_fit_are_an_error_of_the_check(settings):
    assert places_fit() == []
    settings.VAULT_PLACE, settings.VAULT_URL = "mars", '{"eu": "file:///srv/eu/vault"}'
    [problem] = places_fit()
    assert "VAULT_PLACE is 'mars'" in problem.msg


def test_the_law_of_a_region_goes_before_that_of_its_account(atlas):
    assert jurisdiction_of(EU, "eu-central-1") == "eu"
    assert jurisdiction_of(EU, "us-east-1") == "us"
    assert jurisdictions() == ["eu", "local", "us"]


def test_an_account_that_is_not_registered_is_under_no_law_that_we_know(atlas, incident):
    assert jurisdiction_of("999999999999", "eu-central-1") == ""
    assert "not registered" in rule_on(incident, "", "us").problem


def test_nothing_is_allowed_by_itself(atlas, incident):
    ruling = rule_on(incident, "eu", "us")
    assert not ruling.is_allowed
    assert f"no authorisation of {incident} covers it" in ruling.problem
    assert "manage.py policy allow eu us" in ruling.problem


@pytest.mark.parametrize(("jurisdiction", "place", "words"), [("mars", "us", "jurisdiction"), ("eu", "moon", "place")])
def test_what_is_not_known_is_refused_even_with_a_policy(atlas, incident, allow, jurisdiction, place, words):
    allow(jurisdiction, place)
    ruling = rule_on(incident, jurisdiction, place)
    assert not ruling.is_allowed
    assert f"{words} " in ruling.problem


def test_a_policy_allows_until_it_is_withdrawn(atlas, incident, allow, by_ida):
    policy = allow("eu", "us")
    assert rule_on(incident, "eu", "us").allowed_by == f"policy {policy.pk}"
    withdraw_policy(policy=policy, reason="treaty ended", by=by_ida)
    assert not rule_on(incident, "eu", "us").is_allowed
    assert Policy.objects.filter(pk=policy.pk).exists()


def test_an_authorization_allows_for_its_own_incident_until_its_end(atlas, incident, authorize):
    given = authorize("eu", "us", days=2)
    assert rule_on(incident, "eu", "us").allowed_by == f"authorization {given.pk}"
    incident.authorizations.update(until_at=timezone.now())  # as if the two days were over
    assert not rule_on(incident, "eu", "us").is_allowed
    assert [given.state, incident.authorizations.get().state] == ["standing", "expired"]


def test_a_withdrawn_authorization_allows_nothing(atlas, incident, authorize, by_ida):
    given = authorize("eu", "us")
    withdraw_authorization(authorization=given, reason="done", by=by_ida)
    assert not rule_on(incident, "eu", "us").is_allowed
    assert incident.authorizations.get().state == "withdrawn"


def test_evidence_goes_where_policy_allows_it(atlas, incident, allow):
    allow("eu", "eu")
    assert place_for(incident, ["eu"]).name == "eu"


def test_a_policy_is_preferred_to_an_exception(atlas, incident, allow, authorize):
    allow("eu", "eu")
    authorize("eu", "us")
    assert place_for(incident, ["eu"]).name == "eu"


def test_evidence_under_two_laws_goes_where_both_allow_it(atlas, incident, allow):
    for jurisdiction, place in (("us", "us"), ("us", "eu"), ("eu", "eu")):
        allow(jurisdiction, place)
    assert place_for(incident, ["eu", "us"]).name == "eu"


def test_where_nothing_is_allowed_it_is_the_portals_own_place_that_refuses(atlas, incident):
    assert place_for(incident, ["eu"]).name == "us"


def test_an_incident_lies_at_home_where_policy_allows_it(atlas, allow):
    allow("eu", "eu")
    assert (home_of("eu"), home_of("mars")) == ("eu", "us")


def test_the_first_policy_keeps_what_is_local_local(incident):
    assert rule_on(incident, "local", "local").is_allowed
    assert Policy.objects.get().made_by.username == "portal"
