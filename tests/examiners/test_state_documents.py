"""Answers about things as they are, as the portal's collectors write them."""

import json
from datetime import UTC, datetime

import pytest

from examiners.sniffing import choose
from examiners.state_documents import FORM, looks_like_state
from tests.examiners.findings import ACCOUNT, as_lines, read, row_of
from tests.examiners.making import event, member, trail

HERE = f"eu-central-1:{ACCOUNT}"
RECORD = {
    "InstanceId": "i-1",
    "ImageId": "ami-1",
    "LaunchTime": "2026-03-01T08:00:00+00:00",
    "State": {"Code": 16, "Name": "running"},
    "Tags": [{"Key": "Name", "Value": "web"}],
}
KEY = {"AccessKeyId": "AKIAEXAMPLE", "CreateDate": "2026-03-01T09:00:00+00:00", "Status": "Active", "UserName": "rin"}
SESSION = {
    "SessionId": "rin-1",
    "Target": "i-1",
    "Status": "Terminated",
    "StartDate": "2026-03-01T11:00:00+00:00",
    "EndDate": "2026-03-01T11:09:00+00:00",
    "Owner": f"arn:aws:sts::{ACCOUNT}:assumed-role/DataPlatform/rin",
}
VERSION = {
    "Kind": "delete marker",
    "Key": "2026/a b.csv",
    "VersionId": "v1",
    "LastModified": "2026-03-01T10:30:00+00:00",
}
COLLECTED = datetime(2026, 3, 2, 8, tzinfo=UTC)
ABSENT = "An error occurred ({code}) when calling the {operation} operation: there is none"
USER = f"arn:aws:iam::{ACCOUNT}:user/rin"


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return as_lines(RECORD, {**RECORD, "InstanceId": "i-2"}), "i-1/instances.jsonl", {}, 2


def about(answer, file="x.json", origin="", **known):
    data = json.dumps(answer, sort_keys=True).encode()
    assert looks_like_state(data, file) > 0
    outcome = read(FORM, data, file, origin=origin, collected_at=COLLECTED, **known)
    assert outcome.quarantined == []
    return outcome.rows


def one(answer, file="x.json", origin="", **known):
    (row,) = about(answer, file, origin, **known)
    return row


def test_an_instance():
    row = one(RECORD, "i-1/instance.json", f"arn:aws:ec2:{HERE}:instance/i-1")
    assert (row["resource_type"], row["resource_id"], row["status"]) == ("AWS::EC2::Instance", "i-1", "running")
    assert (row["arn"], row["account_id"], row["region"]) == (
        f"arn:aws:ec2:{HERE}:instance/i-1",
        ACCOUNT,
        "eu-central-1",
    )
    assert row["event_time"] == row["created_at"] == datetime(2026, 3, 1, 8)
    assert (json.loads(row["tags"]), json.loads(row["configuration"])) == ({"Name": "web"}, RECORD)


def test_what_surrounds_an_instance_has_not_the_instances_arn():
    volume = {"VolumeId": "vol-1", "VolumeType": "gp3", "State": "in-use", "CreateTime": "2026-03-01T08:00:00+00:00"}
    row = one(volume, "i-1/volumes.jsonl", f"arn:aws:ec2:{HERE}:instance/i-1/volumes")
    assert (row["resource_id"], row["arn"], row["region"]) == ("vol-1", None, "eu-central-1")


def test_user_data_is_told_of_its_instance_at_the_time_of_its_collection():
    answer = {"InstanceId": "i-1", "UserData": {"Value": "ZWNobw=="}, "Decoded": "echo"}
    row = one(answer, "i-1/user-data.json", f"arn:aws:ec2:{HERE}:instance/i-1/user-data")
    assert (row["resource_id"], row["aspect"], row["event_time"]) == ("i-1", "user data", datetime(2026, 3, 2, 8))
    assert row["arn"] == f"arn:aws:ec2:{HERE}:instance/i-1"


@pytest.mark.parametrize(
    ("answer", "kind", "name"),
    [
        ({"NetworkInterfaceId": "eni-1", "MacAddress": "02:00"}, "AWS::EC2::NetworkInterface", "eni-1"),
        ({"GroupId": "sg-1", "IpPermissions": [], "VpcId": "vpc-1"}, "AWS::EC2::SecurityGroup", "sg-1"),
        ({"SubnetId": "subnet-1", "CidrBlock": "10.0.0.0/24", "VpcId": "vpc-1"}, "AWS::EC2::Subnet", "subnet-1"),
        ({"VpcId": "vpc-1", "DhcpOptionsId": "d", "CidrBlock": "10.0.0.0/16"}, "AWS::EC2::VPC", "vpc-1"),
        ({"RouteTableId": "rtb-1", "Routes": [], "VpcId": "vpc-1"}, "AWS::EC2::RouteTable", "rtb-1"),
        ({"InstanceId": "i-1", "Output": "x", "Timestamp": "2026-03-01T08:00:00Z"}, "AWS::EC2::Instance", "i-1"),
        ({"InstanceId": "i-1", "DisableApiTermination": {"Value": False}}, "AWS::EC2::Instance", "i-1"),
        ({"SnapshotId": "snap-1", "VolumeId": "vol-1"}, "AWS::EC2::Snapshot", "snap-1"),
        ({"DBSnapshotIdentifier": "s", "DBInstanceIdentifier": "d"}, "AWS::RDS::DBSnapshot", "s"),
        ({"serviceArn": "arn:s", "serviceName": "web", "clusterArn": "arn:c"}, "AWS::ECS::Service", "web"),
        ({"taskArn": "arn:t", "lastStatus": "RUNNING", "clusterArn": "arn:c"}, "AWS::ECS::Task", "arn:t"),
        ({"taskDefinition": {"taskDefinitionArn": "arn:d"}, "tags": []}, "AWS::ECS::TaskDefinition", "arn:d"),
        ({"failure": {"arn": "arn:t", "reason": "MISSING"}}, "AWS::ECS::Failure", "arn:t"),
        ({"cluster": {"name": "web", "status": "ACTIVE"}}, "AWS::EKS::Cluster", "web"),
        ({"nodegroup": {"nodegroupName": "workers"}}, "AWS::EKS::Nodegroup", "workers"),
        ({"addon": {"addonName": "vpc-cni"}}, "AWS::EKS::Addon", "vpc-cni"),
        ({"fargateProfile": {"fargateProfileName": "batch"}}, "AWS::EKS::FargateProfile", "batch"),
        ({"accessEntry": {"principalArn": USER}, "associatedAccessPolicies": []}, "AWS::EKS::AccessEntry", USER),
        ({"Configuration": {"FunctionName": "f"}, "Code": {}, "Tags": {}}, "AWS::Lambda::Function", "f"),
        ({"FunctionName": "f", "FunctionArn": "arn:f:1", "CodeSha256": "x", "Version": "1"}, "AWS::Lambda::Function", "f"),
        ({"FunctionUrl": "https://u", "AuthType": "NONE", "FunctionArn": "arn:f"}, "AWS::Lambda::Url", "https://u"),
        ({"UUID": "u", "FunctionArn": "arn:f", "State": "Enabled"}, "AWS::Lambda::EventSourceMapping", "u"),
        ({"RecoveryPointArn": "arn:r", "BackupVaultName": "v", "BackupVaultArn": "arn:v"}, "AWS::Backup::RecoveryPoint", "arn:r"),
        ({"BackupVaultName": "v", "BackupVaultArn": "arn:v", "Locked": True}, "AWS::Backup::BackupVault", "v"),
        ({"BackupVaultName": "v", "BackupVaultArn": "arn:v", "Policy": "{}"}, "AWS::Backup::BackupVault", "v"),
        ({"RestoreJobId": "j"}, "AWS::Backup::RestoreJob", "j"),
        ({"Name": "SSM-SessionManagerRunShell", "DocumentType": "Session", "Content": "{}"}, "AWS::SSM::Document", "SSM-SessionManagerRunShell"),
        ({"HubArn": "arn:h", "SubscribedAt": "2026-01-01T00:00:00Z"}, "AWS::SecurityHub::Hub", "arn:h"),
        ({"arn": "arn:a", "name": "acme", "type": "ACCOUNT", "status": "ACTIVE", "createdAt": "x"}, "AWS::AccessAnalyzer::Analyzer", "acme"),
    ],
)  # fmt: skip
def test_every_kind_of_answer(answer, kind, name):
    row = one(answer)
    assert (row["resource_type"], row["resource_id"]) == (kind, name)


def test_a_task_stands_at_its_start():
    times = {
        "createdAt": "2026-03-01T09:00:00Z",
        "startedAt": "2026-03-01T09:01:00Z",
        "stoppedAt": "2026-03-01T09:09:00Z",
    }
    row = one({"taskArn": "arn:t", "lastStatus": "STOPPED", **times})
    assert (row["event_time"].minute, row["created_at"].minute, row["modified_at"].minute) == (1, 0, 9)


def test_a_session_names_who_opened_it_and_stands_at_its_start():
    row = one(SESSION, "sessions-history.jsonl", f"arn:aws:ssm:{HERE}:session/history")
    assert (row["principal"], row["resource_name"]) == (SESSION["Owner"], "i-1")
    assert (row["event_time"], row["modified_at"]) == (datetime(2026, 3, 1, 11), datetime(2026, 3, 1, 11, 9))


def test_a_version_of_an_object_belongs_to_the_bucket_of_its_file():
    row = one(VERSION, "acme/2026/versions.jsonl", "s3://acme/2026?versions", account=ACCOUNT, region="eu-central-1")
    assert (row["resource_type"], row["resource_id"]) == ("AWS::S3::Object", "acme/2026/a b.csv")
    assert (row["arn"], row["aspect"]) == ("arn:aws:s3:::acme/2026/a b.csv", "delete marker")
    assert (row["event_time"], row["account_id"], row["region"]) == (
        datetime(2026, 3, 1, 10, 30),
        ACCOUNT,
        "eu-central-1",
    )


def test_a_version_in_a_file_that_names_no_bucket_keeps_its_key():
    row = one(VERSION, "versions.jsonl")
    assert (row["resource_id"], row["arn"]) == ("2026/a b.csv", None)


@pytest.mark.parametrize(
    ("file", "bucket"), [("acme/policy.json", "acme"), ("brought/acme/policy.json", None), ("policy.json", None)]
)
def test_a_bucket_is_guessed_only_where_one_folder_names_it(file, bucket):
    outcome = read(FORM, as_lines({"PolicyStatus": {}}), file, account=ACCOUNT)
    (row,) = outcome.rows
    assert (row["resource_id"], row["arn"]) == (bucket, bucket and f"arn:aws:s3:::{bucket}")


@pytest.mark.parametrize(
    ("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov"), ("", "aws")]
)
def test_a_bucket_lies_in_the_partition_of_its_region(region, partition):
    row = one({"PolicyStatus": {}}, "acme/policy-status.json", "s3://acme?policy-status", region=region)
    assert row["arn"] == f"arn:{partition}:s3:::acme"


def test_each_access_key_is_a_row_of_its_user():
    answer = {"UserName": "rin", "AccessKeys": [KEY, {**KEY, "AccessKeyId": "AKIAOTHER"}]}
    rows = about(answer, "access-keys/rin.json", f"{USER}/access-keys")
    assert [row["resource_id"] for row in rows] == ["AKIAEXAMPLE", "AKIAOTHER"]
    assert {(row["resource_type"], row["principal"], row["region"]) for row in rows} == {
        ("AWS::IAM::AccessKey", USER, None)
    }
    assert rows[0]["event_time"] == datetime(2026, 3, 1, 9)


def test_that_a_user_has_no_key_is_a_row_too():
    row = one({"UserName": "rin", "AccessKeys": []}, "access-keys/rin.json", f"{USER}/access-keys")
    assert (row["resource_type"], row["resource_id"], row["aspect"], row["arn"]) == (
        "AWS::IAM::User",
        "rin",
        "access keys",
        USER,
    )


@pytest.mark.parametrize(
    ("answer", "names"),
    [
        ({"clusters": [{"clusterArn": "arn:c", "clusterName": "web"}], "failures": [{"arn": "arn:d", "reason": "MISSING"}]}, ["web", "arn:d"]),
        ({"accounts": [{"accountId": ACCOUNT, "resourceState": {}}], "failedAccounts": []}, [ACCOUNT]),
        ({"LaunchTemplateVersions": [{"LaunchTemplateId": "lt-1", "VersionNumber": number} for number in (1, 2)]}, ["lt-1", "lt-1"]),
    ],
)  # fmt: skip
def test_an_answer_that_holds_several_things_is_as_many_rows(answer, names):
    assert [row["resource_id"] for row in about(answer)] == names


@pytest.mark.parametrize(
    ("setting", "answer"),
    [
        ("location", {"LocationConstraint": None}),
        ("policy", {"Policy": "{}"}),
        ("acl", {"Grants": [], "Owner": {}}),
        ("versioning", {"Status": "Enabled"}),
        ("versioning", {}),
        ("notification", {}),
        ("logging", {}),
        ("logging", {"LoggingEnabled": {"TargetBucket": "x"}}),
        ("lifecycle", {"Rules": []}),
        ("encryption", {"ServerSideEncryptionConfiguration": {"Rules": []}}),
    ],
)
def test_every_setting_of_a_bucket(setting, answer):
    row = one(answer, f"acme/{setting}.json", f"s3://acme?{setting}", account=ACCOUNT, region="eu-central-1")
    assert (row["resource_type"], row["resource_id"], row["aspect"]) == ("AWS::S3::Bucket", "acme", setting)
    assert (row["arn"], row["account_id"], row["region"]) == ("arn:aws:s3:::acme", ACCOUNT, "eu-central-1")


@pytest.mark.parametrize(
    ("operation", "file", "kind", "name"),
    [
        ("GetBucketPolicy", "acme/policy.json", "AWS::S3::Bucket", "acme"),
        ("GetPolicy", "invoices/policy.json", "AWS::Lambda::Function", "invoices"),
        ("GetBackupVaultAccessPolicy", "nightly/access-policy.json", "AWS::Backup::BackupVault", "nightly"),
        ("GetAccountPasswordPolicy", "password-policy.json", "AWS::::Account", ACCOUNT),
    ],
)
def test_that_there_is_none_is_a_fact(operation, file, kind, name):
    row = one({"absent": ABSENT.format(code="X", operation=operation)}, file, account=ACCOUNT)
    assert (row["resource_type"], row["resource_id"], row["status"]) == (kind, name, "absent")


def test_an_absence_of_something_unknown_is_quarantined():
    data = as_lines({"absent": ABSENT.format(code="X", operation="GetWeather")})
    assert "what is absent is not known" in read(FORM, data, "x.json").reasons[0]


@pytest.mark.parametrize(
    ("answer", "file", "kind"),
    [
        ({"SummaryMap": {"Users": 4}}, "account-summary.json", "AWS::::Account"),
        ({"PasswordPolicy": {}}, "password-policy.json", "AWS::::Account"),
        (
            {"findingPublishingFrequency": "x", "serviceRole": "y", "status": "ENABLED"},
            "session.json",
            "AWS::Macie::Session",
        ),
    ],
)
def test_what_an_account_has_one_of_is_named_by_the_account(answer, file, kind):
    row = one(answer, file, account=ACCOUNT)
    assert (row["resource_type"], row["resource_id"]) == (kind, ACCOUNT)


def test_a_detector_is_named_by_its_folder():
    answer = {"FindingPublishingFrequency": "SIX_HOURS", "ServiceRole": "arn:r", "Status": "ENABLED"}
    row = one(answer, "d1/detector.json", f"arn:aws:guardduty:{HERE}:detector/d1")
    assert (row["resource_id"], row["arn"], row["status"]) == ("d1", f"arn:aws:guardduty:{HERE}:detector/d1", "ENABLED")


def test_the_aliases_of_an_account_are_lines_of_text():
    data = b'"acme-prod"\n'
    assert looks_like_state(data, "aliases.jsonl") == 60
    (row,) = read(FORM, data, "aliases.jsonl", account=ACCOUNT).rows
    assert (row["resource_id"], row["aspect"], row["resource_name"]) == (ACCOUNT, "alias", "acme-prod")
    assert read(FORM, data + b'"<UPPER>"\n', "aliases.jsonl").reasons == ["not the alias of an account"]


def test_the_same_thing_told_twice_has_one_id():
    again = {key: RECORD[key] for key in reversed(RECORD)}
    assert row_of(FORM, RECORD)["event_id"] == row_of(FORM, again)["event_id"]
    assert row_of(FORM, RECORD)["event_id"] != row_of(FORM, {**RECORD, "State": {"Name": "stopped"}})["event_id"]


def test_lines_of_another_kind_are_quarantined_and_their_neighbours_stay():
    outcome = read(FORM, as_lines(RECORD, {"a": 1}, RECORD), "i-1/instances.jsonl")
    assert (len(outcome.rows), outcome.reasons) == (2, ["of no kind that is known: a"])


def test_a_thing_in_a_bundle_is_found_again():
    data = json.dumps({"UserName": "rin", "AccessKeys": [KEY, {**KEY, "AccessKeyId": "AKIAOTHER"}]}).encode()
    assert json.loads(FORM.raw(member(data, "rin.json"), 1))["AccessKeyId"] == "AKIAOTHER"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "acme/versioning.json"),
        (b"{}", "x.json"),
        (b"{}", "versioning.json"),
        (b'{"a":1}', "acme/versioning.json"),
        (b'{"cluster":"x","level":"info"}', "log.json"),
        (b'{"absent":"hello"}', "x.json"),
        (b"[1,2]", "aliases.jsonl"),
        (b'"UPPER"', "aliases.jsonl"),
        (b"\xff\xd8\xff\xe0", "i-1/console.jpg"),
        (b"PK\x03\x04", "f/code.zip"),
    ],
)
def test_it_claims_nothing_else(data, name):
    assert looks_like_state(data, name) == 0


def test_a_trail_stays_a_trail():
    assert choose(trail(event("DescribeInstances", responseElements=RECORD)), "i-1/instance.json").name == "cloudtrail"
