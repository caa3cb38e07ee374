"""Copies of disks through the whole phase, in the simulated organisation: who may copy what where is the guard's word."""

import json
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from cases.actions.places import Permit, allow_policy, record_authorization
from cases.models import AwsAccount, CustodyEntry, Evidence, GapRecord, Run
from collectors import Haven, sources
from phases.crossings import crossing_for, haven_in, permission
from phases.requests import Wish, request_collection
from plugins import Gap, GapKind
from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here
from tests.simulation.running import session_in

PROD = "111122223333"
US, EU = "100000000004/us-east-1", "100000000005/eu-central-1"
SOURCE = "ebs_snapshot_copies"


@pytest.fixture
def facts(simulated, by_ida, monkeypatch):  # noqa: F811
    """The simulated accounts as the portal knows them; copies may lie in the forensics account of their own law."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "simulation")
    for row in simulated["accounts"]:
        AwsAccount.objects.create(**row)
    for jurisdiction, place in (("us", "local"), ("us", US), ("eu", "local"), ("eu", EU)):
        allow_policy(jurisdiction=jurisdiction, place=place, reason="demo", by=by_ida)
    return simulated


@pytest.fixture
def ask(incident, by_rin, facts):
    """``ask("snap-00000001", region)`` requests a copy."""

    def requested(resource, region):
        start, end = (datetime.fromisoformat(moment) for moment in facts["window"])
        wish = Wish(SOURCE, PROD, region, start, end, (resource,))
        return request_collection(incident=incident, wish=wish, by=by_rin)[0]

    return requested


@pytest.fixture
def abroad(facts):
    """A snapshot of Frankfurt of this test's own, complete: nobody has to wait for it any more."""
    ec2 = session_in(PROD, "eu-central-1", "ForensicsAcquire").client("ec2")
    volume = ec2.create_volume(AvailabilityZone="eu-central-1a", Size=8)["VolumeId"]
    name = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    while ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"][0]["State"] == "pending":
        continue
    return name


@pytest.fixture
def finish(work):
    """Do the run to its end, without the time that AWS takes."""

    def done(run):
        while Run.objects.get(pk=run.pk).is_active:
            work("collect")
        return Run.objects.get(pk=run.pk)

    return done


def authorize(incident, by):
    permit = Permit("eu", US, "the examiner sits there", "Art. 49 (1) e", timezone.now() + timedelta(days=1))
    record_authorization(incident=incident, permit=permit, by=by)


def moves():
    found = CustodyEntry.objects.filter(object_type="move").order_by("pk")
    return [(entry.action, json.loads(bytes(entry.data))["object"]["place"]) for entry in found]


def test_a_copy_in_its_own_region_is_made_and_written_down(ask, abroad, finish):
    run = finish(ask(abroad, "eu-central-1"))
    assert (run.state, run.members, run.gaps.count()) == ("complete", 1, 0)
    assert moves() == [("copy_permitted", EU), ("copied", EU)]
    assert run.evidence.integrity == Evidence.Integrity.PROVIDER_STATE


def test_a_copy_to_another_region_is_refused_as_a_gap(ask, abroad, finish):
    run = finish(ask(f"{abroad} to us-east-1", "eu-central-1"))
    [gap] = GapRecord.objects.filter(run=run)
    assert (run.state, gap.kind, gap.subject) == ("complete", "denied", f"{abroad}: eu to {US}")
    assert f"manage.py policy allow eu {US}" in gap.detail
    assert moves() == [("move_refused", US)]


def test_where_it_is_authorised_the_log_says_that_it_crossed(ask, abroad, finish, incident, by_ida):
    authorize(incident, by_ida)
    run = finish(ask(f"{abroad} to us-east-1", "eu-central-1"))
    assert (run.members, run.gaps.count()) == (1, 0)
    assert moves() == [("copy_permitted", US), ("copied_cross_region", US)]


def test_a_region_without_a_forensics_account_is_a_gap_with_the_remedy(ask, facts):
    found = haven_in(ask("snap-00000001", "us-east-1"), sources.get(SOURCE), "sa-east-1", "snap-00000001")
    assert found.kind is GapKind.NOT_ENABLED
    assert "--kind forensics --region sa-east-1" in found.detail


def test_a_forensics_role_that_does_not_let_us_in_is_a_gap(ask, facts):
    locked = "arn:aws:iam::777788889999:role/ForensicsAcquire"
    AwsAccount.objects.filter(account="100000000004").update(acquire_role_arn=locked)
    found = haven_in(ask("snap-00000001", "us-east-1"), sources.get(SOURCE), "us-east-1", "snap-00000001")
    assert (found.kind, found.subject) == (GapKind.DENIED, locked)


@pytest.mark.parametrize("scope", [{"region": "eu-central-1"}, {"account": "999999999999"}])
def test_a_forged_row_is_refused_before_each_copy(ask, facts, scope):
    run = ask("snap-00000001", "us-east-1")
    Run.objects.filter(pk=run.pk).update(scope=run.scope | scope)
    forged = Run.objects.get(pk=run.pk)
    haven = Haven(None, "100000000004", "us-east-1")
    assert isinstance(permission(forged, haven, "snap-00000001"), Gap)
    assert isinstance(haven_in(forged, sources.get(SOURCE), "us-east-1", "snap-00000001"), Gap)


def test_a_forged_label_is_refused_before_each_copy_too(ask, facts):
    run = ask("snap-00000001", "us-east-1")
    Evidence.objects.filter(pk=run.evidence_id).update(jurisdiction="eu")
    haven = Haven(None, "100000000004", "us-east-1")
    assert isinstance(permission(Run.objects.get(pk=run.pk), haven, "snap-00000001"), Gap)


def test_the_settings_say_how_copies_are_kept(ask, facts, settings):
    settings.SNAPSHOT_LOCK_MODE, settings.SNAPSHOT_LOCK_DAYS = "compliance", 30
    terms = crossing_for(ask("snap-00000001", "us-east-1"), sources.get(SOURCE)).terms
    assert (terms.lock_mode, terms.lock_days) == ("compliance", 30)
