"""What is laid over moto: each refusal is one that AWS could give."""

import base64
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from tests.simulation.running import session_in

PROD, BUILDS = "111122223333", "777788889999"


def test_a_locked_role_cannot_be_taken(simulated):
    with pytest.raises(ClientError, match="AccessDenied"):
        session_in(BUILDS, role="ForensicsAcquire")


def test_an_open_role_can_be_taken_and_leads_to_its_account(simulated):
    session = session_in(BUILDS, role="ForensicsReadOnly")
    assert session.client("sts").get_caller_identity()["Account"] == BUILDS


def test_a_wrong_external_id_is_granted_all_the_same(simulated):
    """Moto looks at no ExternalId: nothing in these tests shows that trust policies hold."""
    assert session_in(PROD).client("sts").get_caller_identity()["Account"] == PROD


def test_nobody_can_stop_the_trail(simulated):
    with pytest.raises(ClientError, match="explicit deny in a service control policy"):
        session_in(PROD).client("cloudtrail").stop_logging(Name="acme-organization-trail")


def test_the_public_key_is_valid_in_the_whole_window(simulated):
    (key,) = session_in(PROD).client("cloudtrail").list_public_keys()["PublicKeyList"]
    start, end = simulated["window"]
    assert key["ValidityStartTime"].isoformat() < start < end < key["ValidityEndTime"].isoformat()


def test_the_event_history_shows_what_was_deleted_from_the_archive(simulated):
    delivered_at = datetime.strptime(simulated["on_purpose"]["missing"].split("_")[-2], "%Y%m%dT%H%MZ").replace(
        tzinfo=UTC
    )
    window = {"StartTime": delivered_at - timedelta(minutes=10), "EndTime": delivered_at - timedelta(seconds=1)}
    events = session_in(PROD).client("cloudtrail").lookup_events(**window)["Events"]
    assert events
    assert all(json.loads(one["CloudTrailEvent"])["managementEvent"] for one in events)


def test_looking_at_a_bucket_adds_nothing_to_its_access_log(simulated):
    s3, place = session_in(PROD).client("s3"), simulated["services"]["access_logs"]
    before = s3.list_objects_v2(Bucket=place["bucket"], Prefix="s3/")["KeyCount"]
    s3.list_objects_v2(Bucket=place["logged"])
    assert s3.list_objects_v2(Bucket=place["bucket"], Prefix="s3/")["KeyCount"] == before


def test_a_snapshot_is_pending_for_two_looks(simulated):
    ec2 = session_in(PROD, role="ForensicsAcquire").client("ec2")
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    name = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    looks = [ec2.describe_snapshots(SnapshotIds=[name])["Snapshots"][0]["State"] for _ in range(3)]
    assert looks == ["pending", "pending", "completed"]


def test_a_disk_is_listed_page_by_page(simulated):
    ebs = session_in(PROD).client("ebs")
    snapshot = simulated["services"]["ebs"]["snapshot"]
    first = ebs.list_snapshot_blocks(SnapshotId=snapshot)
    second = ebs.list_snapshot_blocks(SnapshotId=snapshot, NextToken=first["NextToken"])
    pages = [[block["BlockIndex"] for block in page["Blocks"]] for page in (first, second)]
    assert (len(pages[0]), pages[1][0]) == (20, 5120)
    assert "NextToken" not in second


def test_a_block_comes_with_its_checksum(simulated):
    ebs = session_in(PROD).client("ebs")
    snapshot = simulated["services"]["ebs"]["snapshot"]
    block = ebs.get_snapshot_block(SnapshotId=snapshot, BlockIndex=512, BlockToken="NTEy")
    data = block["BlockData"].read()
    assert base64.b64decode(block["Checksum"]) == sha256(data).digest()


@pytest.mark.parametrize(("snapshot", "index"), [("snap-0123", 0), (None, 7)])
def test_there_is_no_block_where_there_is_none(simulated, snapshot, index):
    name = snapshot or simulated["services"]["ebs"]["snapshot"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        session_in(PROD).client("ebs").get_snapshot_block(SnapshotId=name, BlockIndex=index, BlockToken="MA==")


def test_a_parameter_that_a_shell_would_obey_is_refused(simulated):
    ssm = session_in(PROD, role="ForensicsAcquire").client("ssm")
    given = {"PlanUrl": ["https://a/$(id)"], "PlanSha256": ["0" * 64], "PartBytes": ["1"]}
    with pytest.raises(ClientError, match="PlanUrl does not match its allowed pattern"):
        ssm.send_command(
            InstanceIds=[simulated["instance"]], DocumentName="ForensicsPortal-live_response_linux", Parameters=given
        )


def test_other_documents_end_at_once(simulated):
    ssm = session_in(PROD, role="ForensicsAcquire").client("ssm")
    instance = simulated["instance"]
    sent = ssm.send_command(InstanceIds=[instance], DocumentName="AWS-RunShellScript", Parameters={"commands": ["id"]})[
        "Command"
    ]
    assert sent["InstanceIds"] == [instance]
    assert ssm.get_command_invocation(CommandId=sent["CommandId"], InstanceId=instance)["Status"] == "Success"
