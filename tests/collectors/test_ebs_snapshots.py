"""Snapshots of an instance's volumes: taken once, waited for, described."""

import json
from datetime import UTC, datetime
from types import SimpleNamespace

import boto3
import pytest
from moto import mock_aws

from collectors import Scope
from collectors.ebs_snapshots import collect
from plugins import Gap, GapKind, NotReady
from tests.simulation.running import session_in

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["instance"]]


@pytest.fixture
def aws(monkeypatch):
    """An account in which snapshots are complete at once: that is moto's own way."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.Session("test", "test", region_name="us-east-1")


@pytest.fixture
def instance(aws):
    """An instance with two volumes."""
    disks = [{"DeviceName": f"/dev/sd{letter}", "Ebs": {"VolumeSize": 8}} for letter in "ab"]
    ec2 = aws.client("ec2")
    run = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, BlockDeviceMappings=disks)
    return run["Instances"][0]["InstanceId"]


def scope(*instances, label="FP-2026-000001:7"):
    return Scope(label, NUMBER, "us-east-1", NOW, NOW, instances)


def own(aws):
    return aws.client("ec2").describe_snapshots(OwnerIds=["self"])["Snapshots"]


def test_every_volume_gets_a_snapshot(aws, instance):
    volumes = {json.loads(one.open().read())["VolumeId"] for one in collect(scope(instance), aws)}
    attached = aws.client("ec2").describe_volumes()["Volumes"]
    assert volumes == {volume["VolumeId"] for volume in attached}


def test_a_repeat_of_the_run_takes_no_more(aws, instance):
    first = [one.origin for one in collect(scope(instance), aws)]
    count = len(own(aws))
    assert [one.origin for one in collect(scope(instance), aws)] == first
    assert len(own(aws)) == count


def test_another_run_takes_its_own(aws, instance):
    first = {one.origin for one in collect(scope(instance), aws)}
    second = {one.origin for one in collect(scope(instance, label="FP-2026-000001:8"), aws)}
    assert not first & second


def test_an_instance_that_is_not_there_is_a_gap_and_the_others_go_on(aws, instance):
    found = list(collect(scope("i-00000000000000000", instance), aws))
    assert [one.kind for one in found if isinstance(one, Gap)] == [GapKind.NOT_FOUND]
    assert len(found) == 3


def refuse(aws, code):
    answer = SimpleNamespace(status_code=400), {"Error": {"Code": code, "Message": "no"}}
    aws.events.register("before-call.ec2.CreateSnapshots", lambda **_: answer)


def test_a_refusal_is_a_gap(aws, instance):
    refuse(aws, "UnauthorizedOperation")
    assert [one.kind for one in collect(scope(instance), aws)] == [GapKind.DENIED]


def test_too_many_calls_are_made_later(aws, instance):
    refuse(aws, "RequestLimitExceeded")
    with pytest.raises(NotReady, match="too many calls"):
        list(collect(scope(instance), aws))


class TestWhileAwsIsStillWorking:
    @pytest.fixture
    def session(self, simulated):
        return session_in(NUMBER, role="ForensicsAcquire")

    def test_it_says_so_twice_and_then_brings_them(self, simulated, session):
        wanted = scope(simulated["instance"], label="test:waiting")
        waits = 0
        while not (found := attempt(wanted, session)):
            waits += 1
        assert waits >= 2
        assert json.loads(found[0].open().read())["State"] == "completed"

    def test_all_instances_begin_before_any_is_waited_for(self, simulated, session):
        ec2 = session.client("ec2")
        run = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1)
        wanted = scope(simulated["instance"], run["Instances"][0]["InstanceId"], label="test:two")
        assert attempt(wanted, session) == []
        tagged = ec2.describe_snapshots(Filters=[{"Name": "tag:forensics-portal:run", "Values": ["test:two:*"]}])
        assert len(tagged["Snapshots"]) == 2


def attempt(wanted, session):
    """What one look brings; nothing while AWS is not ready."""
    try:
        return list(collect(wanted, session))
    except NotReady:
        return []
