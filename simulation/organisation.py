"""The simulated organisation: its accounts, roles and regions, and what stands in them before the attack."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends

TRAIL_BUCKET = "acme-log-archive-trail"
TRAIL_NAME = "acme-organization-trail"
ORGANISATION = "o-a1b2c3d4e5"
HOME_REGION, SECOND_REGION = "us-east-1", "eu-central-1"
LAWS = {HOME_REGION: "us", SECOND_REGION: "eu"}  # the jurisdiction of each region
EXPORTS = "acme-customer-exports"
EXPORT_FILES = 220
SECRETS = 12
GUESSED_ROLES = ("Admin", "Administrator", "OrgAdmin", "PowerUser", "DevOps", "NetworkAdmin")
LOADER = create_loader()  # reads the descriptions of AWS's services once for all sessions


@dataclass(frozen=True, slots=True)
class Account:
    """One account; kinds are those of the portal's registry."""

    name: str
    number: str
    kind: str
    regions: tuple[str, ...] = (HOME_REGION,)
    is_locked: bool = False

    @property
    def external_id(self) -> str:
        return f"fp-external-{self.number[-4:]}"

    def role(self, name: str) -> str:
        return f"arn:aws:iam::{self.number}:role/{name}"

    def as_row(self) -> dict[str, Any]:
        return {
            "account": self.number,
            "name": self.name,
            "kind": self.kind,
            "regions": list(self.regions),
            "jurisdiction": LAWS[self.regions[0]],
            "region_jurisdictions": {region: LAWS[region] for region in self.regions[1:]},
            "read_role_arn": self.role("ForensicsReadOnly"),
            "acquire_role_arn": self.role("ForensicsAcquire"),
            "external_id": self.external_id,
            "trail_buckets": [TRAIL_BUCKET] if self.kind == "log_archive" else [],
        }


MANAGEMENT = Account("management", "100000000001", "management")
LOG_ARCHIVE = Account("log-archive", "100000000002", "log_archive")
TOOLING = Account("security-tooling", "100000000003", "security_tooling")
FORENSICS_US = Account("forensics-us-east-1", "100000000004", "forensics")
FORENSICS_EU = Account("forensics-eu-central-1", "100000000005", "forensics", (SECOND_REGION,))
PROD_WEB = Account("prod-web", "111122223333", "workload", (HOME_REGION, SECOND_REGION))
CI_BUILD = Account("ci-build", "777788889999", "workload", is_locked=True)
ACCOUNTS = (MANAGEMENT, LOG_ARCHIVE, TOOLING, FORENSICS_US, FORENSICS_EU, PROD_WEB, CI_BUILD)
LOCKED_ROLES = {
    account.role(role) for account in ACCOUNTS if account.is_locked for role in ("ForensicsAcquire", *GUESSED_ROLES)
}


@dataclass
class Cloud:
    """Clients of the simulated AWS by account and region."""

    endpoint: str
    _sessions: dict[str, boto3.Session] = field(default_factory=dict)
    _clients: dict[tuple[boto3.Session, str, str], Any] = field(default_factory=dict)

    def client(self, service: str, account: Account, region: str = HOME_REGION) -> Any:
        if account.number not in self._sessions:
            self._sessions[account.number] = self.entered(account.role("Administrator"))
        return self.client_of(self._sessions[account.number], service, region)

    def client_of(self, session: boto3.Session, service: str, region: str = HOME_REGION) -> Any:
        """The session's client, made once: making one takes longer than most calls."""
        place = session, service, region
        if place not in self._clients:
            self._clients[place] = session.client(service, region_name=region, endpoint_url=self.endpoint)  # type: ignore[call-overload]
        return self._clients[place]

    def entered(self, role: str, session: boto3.Session | None = None) -> boto3.Session:
        """A session in ``role``, taken on by ``session`` (default: by nobody in particular)."""
        sts = self.client_of(session or self.outside, "sts")
        given = sts.assume_role(RoleArn=role, RoleSessionName="setup")["Credentials"]
        return session_of(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])

    @cached_property
    def outside(self) -> boto3.Session:
        return session_of("simulation", "simulation")


def session_of(key: str, secret: str, token: str | None = None, region: str | None = None) -> boto3.Session:
    core = botocore.session.Session()
    core.register_component("data_loader", LOADER)
    return boto3.Session(
        aws_access_key_id=key,
        aws_secret_access_key=secret,
        aws_session_token=token,
        region_name=region,
        botocore_session=core,
    )


@dataclass(frozen=True, slots=True)
class Estate:
    """What the attack finds: the two instances of prod-web, and the leaked key of ci-deploy."""

    instance: str
    neighbour: str
    leaked_key: tuple[str, str]


def build(cloud: Cloud) -> Estate:
    """Set up log archive, users, roles, an instance, secrets and the customers' exports."""
    cloud.client("s3", LOG_ARCHIVE).create_bucket(Bucket=TRAIL_BUCKET)
    iam = cloud.client("iam", PROD_WEB)
    for user in ("ci-deploy", "svc-backup", "lena.hartmann", "tomas.silva"):
        iam.create_user(UserName=user)
    iam.create_role(RoleName="DataPlatform", AssumeRolePolicyDocument="{}")
    key = iam.create_access_key(UserName="ci-deploy")["AccessKey"]
    fill_buckets(cloud)
    for number in range(SECRETS):
        cloud.client("secretsmanager", PROD_WEB).create_secret(Name=f"prod/service-{number:02d}", SecretString="x")
    return Estate(launch(cloud), launch(cloud), (key["AccessKeyId"], key["SecretAccessKey"]))


def fill_buckets(cloud: Cloud) -> None:
    cloud.client("s3", PROD_WEB).create_bucket(Bucket=EXPORTS)
    for number in range(EXPORT_FILES):
        deposit(PROD_WEB, EXPORTS, f"2026/export-{number:03d}.parquet", b"customers")


def deposit(account: Account, bucket: str, key: str, body: bytes) -> Any:
    """Put an object straight into moto, which is in this process: a tenth of the time of a call."""
    return s3_backends[account.number]["aws"].put_object(bucket, key, body)


def fetched(account: Account, bucket: str, key: str) -> Any:
    """Read an object straight from moto. Raises KeyError where there is none."""
    found = s3_backends[account.number]["aws"].get_object(bucket, key)
    if found is None:
        raise KeyError(f"there is no {key} in {bucket}")
    return found


def write_log(account: Account, group: str, stream: str, lines: Iterable[tuple[datetime, str]]) -> None:
    """Put lines with their times straight into a CloudWatch Logs group, which is made if it is not there yet."""
    logs = logs_backends[account.number][HOME_REGION]
    if group not in logs.groups:
        logs.create_log_group(group, {})
    logs.create_log_stream(group, stream)
    events = [{"timestamp": round(at.timestamp() * 1000), "message": line} for at, line in lines]
    logs.put_log_events(group, stream, events)


def launch(cloud: Cloud) -> str:
    """One instance with its volume; the image is one that moto always has."""
    ec2 = cloud.client("ec2", PROD_WEB)
    made = ec2.run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="t3.medium")
    instance: str = made["Instances"][0]["InstanceId"]
    return instance
