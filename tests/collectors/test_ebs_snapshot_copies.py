"""Copies of snapshots in forensics accounts. Leans on the simulation, whose overlay copies, shares and locks."""

import json
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from collectors import CopyTerms, Crossing, Haven, Scope
from collectors.ebs_snapshot_copies import LEFTOVER_AGE, SHARED, SINCE, TEMPORARY, collect
from plugins import Gap, GapKind, NotReady
from tests.simulation.running import session_in

PROD, US, EU = "111122223333", "100000000004", "100000000005"
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
HAVENS = {"us-east-1": US, "eu-central-1": EU}


def resources(facts, folder):
    """What the conformance tests ask for: a disk under a key that cannot be shared, so that every call is made."""
    return [facts["services"]["ebs_snapshot_copies"]["snapshot"]]


class Border:
    """What the phase stands for: sessions into both accounts, and a guard that notes what it was asked."""

    def __init__(self, **terms):
        self.home, self.asked, self.refusal, self.shut = session_in(PROD, role="ForensicsAcquire"), [], None, None
        self.there = {}
        self.crossing = Crossing(self.home, self.enter, self.permit, self.made, CopyTerms(**terms))
        self.copies = set()
        self.ec2 = self.home.client("ec2")

    def enter(self, region, what):
        return self.shut or Haven(self.session_in(region), HAVENS[region], region)

    def session_in(self, region):
        """Made when it is first needed, and kept: what a test does to it stays."""
        if region not in self.there:
            self.there[region] = session_in(HAVENS[region], region, "ForensicsAcquire")
        return self.there[region]

    def permit(self, haven, what):
        self.asked.append((what, haven.account, haven.region))
        return self.refusal

    def made(self, haven, what, copy):
        self.copies.add((what, haven.account, copy))

    def snapshot(self, *, encrypted=False):
        volume = self.ec2.create_volume(AvailabilityZone="us-east-1a", Size=8, Encrypted=encrypted)["VolumeId"]
        return self.ec2.create_snapshot(VolumeId=volume)["SnapshotId"]

    def shares(self, name):
        said = self.ec2.describe_snapshot_attribute(SnapshotId=name, Attribute="createVolumePermission")
        return [one["UserId"] for one in said["CreateVolumePermissions"]]

    def tags(self, name):
        [said] = self.ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"]
        return {tag["Key"]: tag["Value"] for tag in said.get("Tags", [])}

    def tagged(self, region, tag, value, account=None):
        ec2 = (account or self.session_in(region)).client("ec2")
        return ec2.describe_snapshots(Filters=[{"Name": f"tag:{tag}", "Values": [value]}])["Snapshots"]


@pytest.fixture
def border(simulated):
    return Border()


@pytest.fixture
def label(tmp_path):
    return f"test:{tmp_path.name}"


def scope(label, *names):
    return Scope(label, PROD, "us-east-1", MOMENT, MOMENT, names)


def walk(border, wanted):
    """One look: what it brings, and whether AWS was still working."""
    found = []
    try:
        found.extend(collect(wanted, border.crossing))
    except NotReady as wait:
        return found, str(wait)
    return found, ""


def finished(border, wanted):
    for _ in range(12):
        found, wait = walk(border, wanted)
        if not wait:
            return found
    raise AssertionError(wait)


def described(artifact):
    with artifact.open() as stream:
        return json.load(stream)


def test_the_copy_lies_in_the_forensics_account_encrypted_and_locked(border, label):
    [copy] = finished(border, scope(label, border.snapshot()))
    said = described(copy)
    assert (said["copy"]["OwnerId"], said["copy"]["Encrypted"]) == (US, True)
    assert (said["lock"]["LockState"], said["lock"]["LockDuration"]) == ("governance", 365)
    assert copy.notes["place"] == f"{US}/us-east-1"


def test_the_copy_is_told_by_its_id_and_a_refused_one_is_not(border, label):
    name = border.snapshot()
    [copy] = finished(border, scope(label, name))
    assert border.copies == {(name, US, copy.name.removesuffix(".json"))}
    refuse(border.session_in("us-east-1"), "CopySnapshot")
    finished(border, scope(label, border.snapshot()))
    assert len(border.copies) == 1


def test_the_terms_say_how_it_is_locked_and_under_which_key(simulated, label):
    border = Border(lock_mode="compliance", lock_days=30, key="alias/evidence")
    [copy] = finished(border, scope(label, border.snapshot()))
    said = described(copy)
    assert (said["lock"]["LockState"], said["lock"]["LockDuration"]) == ("compliance", 30)
    assert said["copy"]["KmsKeyId"] == "alias/evidence"


def test_it_waits_while_aws_copies_and_the_share_stands_meanwhile(border, label):
    name = border.snapshot()
    while not border.shares(name):
        found, wait = walk(border, scope(label, name))
        assert (found, "AWS is still making snap-" in wait) == ([], True)
    assert border.tags(name)[f"{SHARED}{US}"] == f"{label}:{name}"


def test_nothing_stays_shared_and_no_mark_stays(border, label):
    name = border.snapshot()
    finished(border, scope(label, name))
    assert border.shares(name) == []
    assert border.tags(name) == {}


def test_somebody_elses_share_stays(border, label):
    name = border.snapshot()
    border.ec2.modify_snapshot_attribute(SnapshotId=name, OperationType="add", UserIds=["999999999999"])
    finished(border, scope(label, name))
    assert border.shares(name) == ["999999999999"]


def test_a_disk_whose_key_cannot_be_shared_is_copied_by_a_stand_in_that_goes_again(border, label):
    name = border.snapshot(encrypted=True)
    [copy] = finished(border, scope(label, name))
    assert described(copy)["original"]["SnapshotId"] == name
    assert border.tagged("us-east-1", TEMPORARY, f"{label}:{name}", border.home) == []


def test_a_worker_that_dies_begins_no_second_copy(border, label):
    wanted = scope(label, border.snapshot(encrypted=True))
    for _ in range(8):  # each walk forgets everything, as after a crash
        walk(border, wanted)
    assert len(border.tagged("us-east-1", "forensics-portal:run", f"{label}:{wanted.resources[0]}")) == 1


def test_the_guard_is_asked_before_the_copy_and_never_after(border, label):
    name = border.snapshot()
    finished(border, scope(label, name))
    asked = len(border.asked)
    finished(border, scope(label, name))
    assert set(border.asked) == {(name, US, "us-east-1")}
    assert len(border.asked) == asked


def test_what_the_guard_refuses_is_neither_shared_nor_copied(border, label):
    name = border.snapshot()
    border.refusal = Gap(GapKind.DENIED, name, "no authorisation")
    assert finished(border, scope(label, name)) == [border.refusal]
    assert border.shares(name) == []
    assert border.tagged("us-east-1", "forensics-portal:run", f"{label}:{name}") == []


def test_where_nobody_may_enter_is_a_gap_and_the_others_go_on(border, label):
    border.shut = Gap(GapKind.DENIED, "role", "not you")
    assert walk(border, scope(label, border.snapshot())) == ([border.shut], "")


def test_another_region_is_named_behind_the_snapshot(border, label):
    name = border.snapshot()
    [copy] = finished(border, scope(label, f"{name} to eu-central-1"))
    assert set(border.asked) == {(name, EU, "eu-central-1")}
    assert described(copy)["copy"]["OwnerId"] == EU


def test_a_snapshot_that_is_not_there_is_a_gap_and_the_others_go_on(border, label):
    found = finished(border, scope(label, "snap-00000000000000000", border.snapshot()))
    assert [one.kind for one in found if isinstance(one, Gap)] == [GapKind.NOT_FOUND]
    assert len(found) == 2


def refuse(session, operation, code="UnauthorizedOperation"):
    answer = SimpleNamespace(status_code=403), {"Error": {"Code": code, "Message": "no"}}
    session.events.register(f"before-call.ec2.{operation}", lambda **_: answer)


def test_a_copy_that_aws_refuses_is_a_gap_and_takes_the_share_back(border, label):
    name = border.snapshot()
    refuse(border.session_in("us-east-1"), "CopySnapshot")
    [gap] = finished(border, scope(label, name))
    assert gap.kind is GapKind.DENIED
    assert (border.shares(name), border.tags(name)) == ([], {})


def test_a_share_that_cannot_be_taken_back_is_said(border, label):
    name = border.snapshot()
    wanted = scope(label, name)
    while not border.shares(name):
        walk(border, wanted)
    refuse(border.home, "ModifySnapshotAttribute")
    found = finished(border, wanted)
    assert [one.kind for one in found if isinstance(one, Gap)] == [GapKind.DENIED]
    assert "should go" in found[-1].subject


def test_too_many_calls_are_made_later(border, label):
    name = border.snapshot()
    refuse(border.session_in("us-east-1"), "CopySnapshot", "RequestLimitExceeded")
    for _ in range(4):
        found, wait = walk(border, scope(label, name))
    assert (found, "too many calls" in wait) == ([], True)


class TestLeftoversOfRunsThatDied:
    def left_behind(self, border, age):
        """A stand-in and a share that nobody came back for."""
        name, since = border.snapshot(), (datetime.now(UTC) - age).isoformat()
        border.ec2.modify_snapshot_attribute(SnapshotId=name, OperationType="add", UserIds=[US])
        stand_in = border.snapshot()
        for one, key in ((name, f"{SHARED}{US}"), (stand_in, TEMPORARY)):
            tags = [{"Key": key, "Value": "FP-2026-000009:1:x"}, {"Key": SINCE, "Value": since}]
            border.ec2.create_tags(Resources=[one], Tags=tags)
        return name, stand_in

    def standing(self, border):
        return {one["SnapshotId"] for one in border.ec2.describe_snapshots(OwnerIds=["self"])["Snapshots"]}

    def test_the_next_run_there_tidies_up(self, border, label):
        name, stand_in = self.left_behind(border, LEFTOVER_AGE + timedelta(minutes=1))
        walk(border, scope(label, border.snapshot()))
        assert (border.shares(name), border.tags(name)) == ([], {})
        assert stand_in not in self.standing(border)

    def test_what_a_run_may_still_need_is_left(self, border, label):
        name, stand_in = self.left_behind(border, LEFTOVER_AGE / 2)
        walk(border, scope(label, border.snapshot()))
        assert border.shares(name) == [US]
        assert stand_in in self.standing(border)
