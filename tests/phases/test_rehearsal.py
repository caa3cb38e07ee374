"""A rehearsal is an incident like any other, and its collection runs like any other."""

import pytest

from cases.models import AwsAccount, Incident, Run
from phases.rehearsal import REHEARSAL, rehearsals, rehearse
from plugins import Refused
from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here

pytestmark = pytest.mark.django_db
PLACE = {"account": "111122223333", "region": "us-east-1"}


@pytest.fixture
def account():
    """An account without any role for the portal."""
    return AwsAccount.objects.create(account=PLACE["account"], name="prod-web", kind="workload")


def test_it_opens_an_incident_and_asks_for_snapshots(account, by_rin):
    incident, run = rehearse(**PLACE, instance="i-00000001", by=by_rin)
    assert incident.source == REHEARSAL
    assert (run.tool, run.scope["resources"], run.state) == ("ebs_snapshots", ["i-00000001"], "queued")


def test_each_one_is_an_incident_of_its_own(account, by_rin):
    assert (
        rehearse(**PLACE, instance="i-00000001", by=by_rin)[0] != rehearse(**PLACE, instance="i-00000001", by=by_rin)[0]
    )


def test_one_that_cannot_be_asked_for_leaves_no_incident(by_rin):
    with pytest.raises(Refused, match="needs an account"):
        rehearse(account="", region="us-east-1", instance="i-00000001", by=by_rin)
    assert not Incident.objects.exists()


def test_one_in_an_account_that_nobody_registered_leaves_no_incident(by_rin):
    with pytest.raises(Refused, match="not registered"):
        rehearse(**PLACE, instance="i-00000001", by=by_rin)
    assert not Incident.objects.exists()


def test_one_that_has_not_ended_does_not_count(account, by_rin):
    rehearse(**PLACE, instance="i-00000001", by=by_rin)
    assert rehearsals() == ()


def test_one_that_failed_is_no_success(account, by_rin, work):
    rehearse(**PLACE, instance="i-00000001", by=by_rin)  # nobody lets the portal in
    work("collect")
    [seen] = rehearsals()
    assert not seen.is_success


def test_snapshots_that_were_really_taken_are_a_success(simulated, by_rin, work, monkeypatch):  # noqa: F811
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulation")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulation")
    for row in simulated["accounts"]:
        AwsAccount.objects.create(**row | {"jurisdiction": "local", "region_jurisdictions": {}})
    incident, run = rehearse(**PLACE, instance=simulated["instance"], by=by_rin)
    for _ in range(4):  # the simulation's snapshots are pending at first
        work("collect")
    [seen] = rehearsals()
    assert (seen.incident, seen.run, seen.is_success) == (incident.reference, run.pk, True)


def test_collections_of_real_incidents_are_no_rehearsals(collection, walks, work):
    walks.append([])
    work("collect")
    assert Run.objects.get(pk=collection.pk).ended_at
    assert rehearsals() == ()
