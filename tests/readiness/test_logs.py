"""Checks of the logs: the archive and who may change it, the trail, data events, recorders, flow logs, retention."""

import json

import pytest

from readiness import Outcome
from tests.readiness.organisations import ARCHIVE, PROD, looked, outcomes

OWNER = {"ID": "owner"}
SHUT = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
LOCK = {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Days": 365}}}}
OUTSIDER = f"arn:aws:iam::{PROD.number}:role/cleaner"


def archive(principal, *actions, grants=(), effect="Allow"):
    statement = {"Effect": effect, "Principal": principal, "Action": list(actions), "Resource": "*"}
    grant = {"Grantee": OWNER, "Permission": "FULL_CONTROL"}
    return {
        "s3.GetBucketPolicy": {"Policy": json.dumps({"Statement": [statement]})},
        "s3.GetBucketAcl": {"Owner": OWNER, "Grants": [grant, *grants]},
        "s3.GetPublicAccessBlock": {"PublicAccessBlockConfiguration": SHUT},
    }


def failures(answers):
    return outcomes(looked("log_archive_access", answers)).get("failed", [])


def test_aws_may_deliver_and_nobody_else():
    assert failures(archive({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject")) == []


@pytest.mark.parametrize(
    "action", ["s3:DeleteObject", "s3:putbucketpolicy", "s3:Put*", "*", "s3:PutLifecycleConfiguration"]
)
def test_an_outsider_who_may_change_the_archive_is_named(action):
    [words] = failures(archive({"AWS": OUTSIDER}, action))
    assert OUTSIDER in words


def test_an_outsider_may_read():
    assert failures(archive({"AWS": OUTSIDER}, "s3:GetObject", "s3:List*")) == []


def test_everybody_is_an_outsider():
    assert failures(archive("*", "s3:DeleteObjectVersion")) == ["In trail-bucket, * may s3:DeleteObjectVersion."]


def test_roles_of_the_archive_itself_are_not_judged():
    assert failures(archive({"AWS": f"arn:aws:iam::{ARCHIVE.number}:role/admin"}, "s3:*")) == []


def test_a_deny_lets_nobody_do_anything():
    assert failures(archive("*", "s3:DeleteObject", effect="Deny")) == []


def test_an_acl_that_lets_others_write_is_seen():
    everybody = {"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "WRITE"}
    answers = archive({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject", grants=[everybody])
    assert failures(answers) == ["The ACL of trail-bucket lets others write."]


def test_an_open_public_access_block_is_seen():
    answers = archive({"Service": "cloudtrail.amazonaws.com"}, "s3:PutObject")
    answers["s3.GetPublicAccessBlock"] = "NoSuchPublicAccessBlockConfiguration"
    assert failures(answers) == ["Public access to trail-bucket is not wholly blocked."]


def locks(lock, **versioning):
    return looked("log_archive_lock", {"s3.GetObjectLockConfiguration": lock, "s3.GetBucketVersioning": versioning})


def test_a_lock_makes_mfa_delete_needless():
    assert locks(LOCK, Status="Enabled").outcome is Outcome.PASSED


def test_without_a_lock_versions_need_mfa():
    verdict = locks("ObjectLockConfigurationNotFoundError", Status="Enabled", MFADelete="Enabled")
    assert outcomes(verdict)["failed"] == ["trail-bucket has no Object Lock."]


def test_an_archive_with_nothing_has_failed():
    assert locks("ObjectLockConfigurationNotFoundError").outcome is Outcome.FAILED


TRAIL = {
    "Name": "all",
    "TrailARN": "arn:aws:cloudtrail:us-east-1:100000000001:trail/all",
    "S3BucketName": "trail-bucket",
    "IsOrganizationTrail": True,
    "IsMultiRegionTrail": True,
    "LogFileValidationEnabled": True,
}


def trail(status=None, **changes):
    answers = {
        "cloudtrail.DescribeTrails": {"trailList": [TRAIL | changes]},
        "cloudtrail.GetTrailStatus": {"IsLogging": True} | (status or {}),
    }
    return outcomes(looked("organisation_trail", answers))


def test_a_trail_as_it_should_be_passes():
    assert set(trail()) == {"passed"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"LogFileValidationEnabled": False}, "no log file validation"),
        ({"IsMultiRegionTrail": False}, "records one region"),
        ({"S3BucketName": "elsewhere"}, "not registered for the log archive"),
        ({"IsOrganizationTrail": False}, "no organisation trail"),
        ({"status": {"IsLogging": False}}, "switched off"),
        ({"status": {"LatestDeliveryError": "AccessDenied"}}, "does not deliver"),
    ],
)
def test_what_is_wrong_with_a_trail_is_said(changes, words):
    [says] = trail(**changes)["failed"]
    assert words in says


def selectors(**answer):
    answers = {"cloudtrail.DescribeTrails": {"trailList": [TRAIL]}, "cloudtrail.GetEventSelectors": answer}
    return looked("data_events", answers).outcome


def test_data_events_are_found_in_both_kinds_of_selectors():
    field = {"Field": "resources.type", "Equals": ["AWS::S3::Object"]}
    basic = {"DataResources": [{"Type": "AWS::S3::Object", "Values": ["arn:aws:s3"]}]}
    assert selectors(AdvancedEventSelectors=[{"FieldSelectors": [field]}]) is Outcome.PASSED
    assert selectors(EventSelectors=[basic]) is Outcome.PASSED


def test_data_events_of_functions_alone_count_in_part():
    basic = {"DataResources": [{"Type": "AWS::Lambda::Function", "Values": ["arn:aws:lambda"]}]}
    assert selectors(EventSelectors=[basic]) is Outcome.PARTLY


def test_management_events_alone_fail():
    assert selectors(EventSelectors=[{"ReadWriteType": "All", "DataResources": []}]) is Outcome.FAILED


@pytest.mark.parametrize(
    ("recorders", "outcome"),
    [
        ([{"name": "default", "recording": True, "lastStatus": "SUCCESS"}], Outcome.PASSED),
        ([{"name": "default", "recording": True, "lastStatus": "FAILURE"}], Outcome.FAILED),
        ([{"name": "default", "recording": False}], Outcome.FAILED),
        ([], Outcome.FAILED),
    ],
)
def test_a_recorder_must_be_on_and_succeed(recorders, outcome):
    answers = {"config.DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus": recorders}}
    assert looked("config_recorders", answers).outcome is outcome


@pytest.mark.parametrize(
    ("log", "outcome"),
    [
        ({"FlowLogStatus": "ACTIVE", "TrafficType": "ALL"}, Outcome.PASSED),
        ({"FlowLogStatus": "ACTIVE", "TrafficType": "REJECT"}, Outcome.PARTLY),
        ({"FlowLogStatus": "DELETING"}, Outcome.FAILED),
    ],
)
def test_a_vpc_needs_a_flow_log_of_all_traffic(log, outcome):
    flow_logs = {"FlowLogs": [{"ResourceId": "vpc-1", "FlowLogId": "fl-1"} | log]}
    answers = {"ec2.DescribeVpcs": {"Vpcs": [{"VpcId": "vpc-1"}]}, "ec2.DescribeFlowLogs": flow_logs}
    assert looked("flow_logs", answers).outcome is outcome


@pytest.mark.parametrize(
    ("days", "outcome"), [(365, Outcome.PASSED), (364, Outcome.FAILED), (None, Outcome.PARTLY), (3653, Outcome.PASSED)]
)
def test_a_log_group_must_keep_its_logs_by_decision(days, outcome):
    group = {"logGroupName": "/app"} | ({"retentionInDays": days} if days else {})
    assert looked("log_retention", {"logs.DescribeLogGroups": {"logGroups": [group]}}).outcome is outcome
