"""Incidents for the tests of leads: a month of ordinary work in one account, and an attacker with 37 calls in it.

Everything hangs on a seed: who works when and from where, what fails, and when the attacker comes.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache, partial

from .building import ACCOUNT, START, record

ORDINARY, ATTACKS = 30_000, 37
OFFICE, NAT = "198.51.100.20", "192.0.2.10"
CONSOLE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"
CLI = "aws-cli/2.15.0 Python/3.11.6 Linux/6.5.0 exe/x86_64"
IAM, EC2, S3, STS = (f"{name}.amazonaws.com" for name in ("iam", "ec2", "s3", "sts"))
SECRETS, TRAIL, SSM, LOGS = (f"{name}.amazonaws.com" for name in ("secretsmanager", "cloudtrail", "ssm", "logs"))
READS = [
    *((EC2, name) for name in ("DescribeInstances", "DescribeVolumes", "DescribeSecurityGroups", "DescribeVpcs")),
    *((S3, name) for name in ("ListBuckets", "GetBucketLocation", "ListObjects", "GetBucketPolicy")),
    *((IAM, name) for name in ("ListUsers", "GetUser", "ListRoles", "GetRole")),
    *((LOGS, name) for name in ("DescribeLogGroups", "FilterLogEvents", "GetLogEvents")),
]
# What the attacker looks at, in the order in which people do who have found a key.
LOOKS = [
    *((STS, name) for name in ("GetCallerIdentity",)),
    *((IAM, name) for name in ("ListUsers", "ListRoles", "ListAttachedUserPolicies", "GetAccountSummary")),
    *((IAM, name) for name in ("ListAccessKeys", "ListGroups", "GetAccountAuthorizationDetails")),
    *((S3, name) for name in ("ListBuckets", "GetBucketAcl", "GetBucketPolicy", "ListObjects")),
    *((EC2, name) for name in ("DescribeInstances", "DescribeSnapshots", "DescribeRegions", "DescribeKeyPairs")),
    *((SECRETS, name) for name in ("ListSecrets",)),
]


def person(name, key):
    return {
        "type": "IAMUser",
        "principalId": f"AIDA{name.upper():0<16}",
        "arn": f"arn:aws:iam::{ACCOUNT}:user/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": name,
    }


def session(role, name, key):
    issuer = {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/{role}", "userName": role}
    return {
        "type": "AssumedRole",
        "principalId": f"AROA{role.upper():0<16}:{name}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{name}",
        "accountId": ACCOUNT,
        "accessKeyId": key,
        "userName": None,
        "sessionContext": {"sessionIssuer": issuer, "attributes": {"mfaAuthenticated": "false"}},
    }


class Chance(random.Random):
    """What a seed decides, and how many days it has."""

    def __init__(self, seed, days):
        super().__init__(seed)
        self.days = days


@dataclass
class Incident:
    """The records, and who is behind the attack: principals, keys and addresses."""

    records: list
    principals: set = field(default_factory=set)
    keys: set = field(default_factory=set)
    addresses: set = field(default_factory=set)


def incident(attack, seed, ordinary=ORDINARY, days=14):
    """30,000 ordinary calls and 37 of the attack (a function of this module), shuffled as log files are."""
    chance = Chance(f"{attack.__name__} {seed}", days)
    made = attack(chance)
    records = [*background(seed, ordinary, days), *(told(ordinary + n, *call) for n, call in enumerate(made.records))]
    chance.shuffle(records)
    return Incident(records, made.principals, made.keys, made.addresses)


@lru_cache(maxsize=4)
def background(seed, wanted, days):
    """The ordinary calls of a seed; the attacks of the same seed share them, so nobody may change them."""
    calls = ordinary_calls(Chance(f"nobody {seed}", days), wanted)
    return tuple(told(number, *call) for number, call in enumerate(calls))


def told(number, who, at, source, name, address, agent, more):
    reads = name.startswith(("List", "Describe", "Get", "Filter", "Lookup"))
    fields = {
        "eventSource": source,
        "eventName": name,
        "sourceIPAddress": address,
        "userAgent": agent,
        "readOnly": reads,
    }
    one = record(number, actor="nobody", at=at, **fields | more)
    return one | {"userIdentity": who}


REFUSED = {"errorCode": "AccessDenied", "errorMessage": "User is not authorized to perform this"}


def ordinary_calls(chance, wanted):
    """A month of a small company: automation makes most of the calls, people the odd ones."""
    calls = [*administration(chance), *night_jobs(chance), *newcomers(chance), *travels(chance), *inventory(chance)]
    people = [(person(name, f"AKIA{name.upper():X<16}"), chance.choice([CONSOLE, CLI])) for name in PEOPLE]
    while len(calls) < wanted:
        calls.append(chance.choices((automation, partial(at_work, people=people)), (4, 1))[0](chance))
    return calls[:wanted]


PEOPLE = ("ana", "bo", "chen", "dora", "emil", "fay")


def automation(chance):
    """The pipeline, the web servers' role and a monitor: always the same calls, some of them always failing."""
    at = chance.uniform(0, chance.days * 86_400)
    kind = chance.choices(("ci", "web", "monitor", "broken"), (5, 5, 4, 1))[0]
    if kind == "ci":
        name = chance.choice(("GetObject", "PutObject", "UpdateFunctionCode20150331v2", "DescribeStacks", "PassRole"))
        return (
            CI,
            at,
            S3 if "Object" in name else "lambda.amazonaws.com",
            name,
            NAT,
            "Boto3/1.34.0",
            bucket("artifacts"),
        )
    if kind == "web":
        number = chance.randrange(4)
        who = session("web", f"i-0{number:016x}", f"ASIAWEB{int(at // 21_600):03d}{number:06d}")
        return (
            who,
            at,
            S3,
            chance.choice(("GetObject", "PutObject")),
            f"10.0.1.{number + 10}",
            "aws-sdk-java/2.20",
            bucket("shop"),
        )
    if kind == "monitor":
        source, name = chance.choice(READS[:4])
        return (
            session("monitor", f"run{int(at // 3_600)}", f"ASIAMON{int(at // 3_600):09d}"),
            at,
            source,
            name,
            "192.0.2.30",
            "Boto3/1.34.0",
            {},
        )
    return (
        session("reports", "nightly", "ASIAREPORTS000001"),
        at,
        S3,
        "GetObject",
        "10.0.2.5",
        "Boto3/1.30.0",
        bucket("old") | REFUSED,
    )


CI = person("ci-deploy", "AKIACIDEPLOY00000001")


def bucket(name):
    return {"requestParameters": {"bucketName": name, "key": "a/b"}}


def at_work(chance, people):
    """One call of somebody in the office or at home, one in twelve refused."""
    who, agent = chance.choice(people)
    at = office_hour(chance)
    source, name = chance.choice(READS)
    home = f"203.0.113.{100 + PEOPLE.index(who['userName'])}"
    address = home if chance.random() < 0.3 else OFFICE
    return (who, at, source, name, address, agent, REFUSED if chance.random() < 0.08 else {})


def office_hour(chance, day=None):
    day = chance.randrange(chance.days) if day is None else day
    return day * 86_400 + chance.uniform(0, 9 * 3_600)  # START is 10:00


def administration(chance):
    """An administrator who makes users, keys, roles and rules now and then."""
    admin = person("ana", f"AKIA{'ANA':X<16}")
    changes = ("CreateUser", "AttachUserPolicy", "CreateAccessKey", "CreateRole", "AttachRolePolicy", "AddUserToGroup")
    for day in chance.sample(range(chance.days), min(6, chance.days)):
        for name in chance.sample(changes, 3):
            wanted = {"userName": f"new{day}", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"}
            yield (admin, office_hour(chance, day), IAM, name, OFFICE, CONSOLE, {"requestParameters": wanted})


def night_jobs(chance):
    """Backups at two in the night: snapshots made and old ones deleted, under a new session each time."""
    for day in range(chance.days):
        who = session("backup", f"night-{day}", f"ASIABACKUP{day:06d}")
        for number in range(20):
            at = day * 86_400 + 16 * 3_600 + number * 20
            name = ("CreateSnapshot", "DeleteSnapshot", "DescribeVolumes", "CopySnapshot")[number % 4]
            yield (
                who,
                at,
                EC2,
                name,
                "10.0.3.9",
                "Boto3/1.34.0",
                {"requestParameters": {"snapshotId": f"snap-{number}"}},
            )


def inventory(chance):
    """A scanner that looks at everything each Monday."""
    for day in range(0, chance.days, 7):
        for number, (source, name) in enumerate([*READS, *LOOKS]):
            who = session("inventory", f"scan-{day}", f"ASIAINVENTORY{day:03d}")
            yield (
                who,
                day * 86_400 + number * 3,
                source,
                name,
                NAT,
                "Boto3/1.34.0",
                REFUSED if number % 9 == 8 else {},
            )


def newcomers(chance):
    """Two people who begin in the second week: they look around and are refused often."""
    for name in ("gus", "hal"):
        first = chance.randrange(chance.days // 2, max(chance.days - 1, 1))
        who = person(name, f"AKIA{name.upper():X<16}")
        for _ in range(80):
            source, call = chance.choice([*READS, *LOOKS[:9]])
            at = office_hour(chance, min(chance.choice((first, first + 1)), chance.days - 1))
            yield (who, at, source, call, OFFICE, CONSOLE, REFUSED if chance.random() < 0.2 else {})


def travels(chance):
    """Somebody works a day from a hotel."""
    who = person("bo", f"AKIA{'BO':X<16}")
    day = chance.randrange(min(3, chance.days - 1), chance.days)
    for _ in range(25):
        source, name = chance.choice(READS)
        yield (who, office_hour(chance, day), source, name, "203.0.113.250", CLI, {})


def leaked_key(chance):
    """The pipeline's key is used from afar: a look around, a second key, secrets read, objects taken."""
    call = caller(
        chance, CI, f"45.83.{chance.randrange(256)}.{chance.randrange(1, 255)}", "aws-cli/1.22.34 Python/3.10"
    )
    rest = [
        *[(IAM, "CreateUser", {"requestParameters": {"userName": "svc-support"}})] * 1,
        (IAM, "CreateAccessKey", {"requestParameters": {"userName": "svc-support"}}),
        (
            IAM,
            "AttachUserPolicy",
            {
                "requestParameters": {
                    "userName": "svc-support",
                    "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
                }
            },
        ),
        *[(SECRETS, "GetSecretValue", {"requestParameters": {"secretId": f"prod/db{n}"}}) for n in range(4)],
        *[(S3, "GetObject", bucket("customer-exports"))] * 40,
    ]
    return attacked(call, looks(chance, 0.35) + rest, {CI["arn"]}, {CI["accessKeyId"]})


def role_session(chance):
    """The temporary key of a web server is used from a foreign address: no new identity, data taken."""
    number = chance.randrange(4)
    moment = chance.randrange(chance.days * 3, chance.days * 4)
    who = session("web", f"i-0{number:016x}", f"ASIAWEB{moment:03d}{number:06d}")
    call = caller(
        chance,
        who,
        f"185.220.{chance.randrange(256)}.{chance.randrange(1, 255)}",
        "python-requests/2.31",
        moment * 21_600,
    )
    rest = [
        *[
            (SSM, "GetParameter", {"requestParameters": {"name": f"/prod/{n}", "withDecryption": True}})
            for n in range(3)
        ],
        *[(S3, "GetObject", bucket("customer-exports"))] * 40,
    ]
    return attacked(call, looks(chance, 0.5) + rest, {who["arn"]}, {who["accessKeyId"]})


def console_takeover(chance):
    """Somebody signs in as a person, without a second factor, makes a way back and darkens the logs."""
    name = chance.choice(PEOPLE[1:])
    who = person(name, f"ASIA{name.upper():Q<16}")
    signed_in = {
        "eventType": "AwsConsoleSignIn",
        "additionalEventData": {"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com"},
        "responseElements": {"ConsoleLogin": "Success"},
    }
    call = caller(
        chance, who, f"91.240.{chance.randrange(256)}.{chance.randrange(1, 255)}", "Mozilla/5.0 (X11; Linux x86_64)"
    )
    first = [("signin.amazonaws.com", "ConsoleLogin", signed_in)]
    rest = [
        (IAM, "CreateLoginProfile", {"requestParameters": {"userName": "backup-admin"}}),
        (IAM, "UpdateAssumeRolePolicy", {"requestParameters": {"roleName": "deploy", "policyDocument": "{}"}}),
        (TRAIL, "StopLogging", {"requestParameters": {"name": "org-trail"}}),
        *[(S3, "DeleteObject", bucket("customer-exports"))] * 40,
    ]
    return attacked(call, first + looks(chance, 0.2) + rest, {who["arn"]}, {who["accessKeyId"]})


def only_looking(chance):
    """A person's key is tried out: nothing but looking around, much of it refused; no rule need fire."""
    who = person("dora", f"AKIA{'DORA':X<16}")
    call = caller(chance, who, f"89.187.{chance.randrange(256)}.{chance.randrange(1, 255)}", "Boto3/1.26.0")
    return attacked(call, looks(chance, 0.5) * 3, {who["arn"]}, {who["accessKeyId"]})


def nobody(chance):
    """A month without an attacker."""
    return Incident([])


def played(trail, day=9):
    """A recorded attack, moved into the month."""
    records = trail["Records"] if isinstance(trail, dict) else trail
    times = [datetime.fromisoformat(one["eventTime"]) for one in records]
    moved = START + timedelta(days=day, hours=7) - min(times)
    return [one | {"eventTime": f"{at + moved:%Y-%m-%dT%H:%M:%SZ}"} for one, at in zip(records, times, strict=True)]


def looks(chance, refused):
    return [(source, name, REFUSED if chance.random() < refused else {}) for source, name in LOOKS]


def caller(chance, who, address, agent, start=None):
    """Make calls of one identity from one address, some seconds apart."""
    begun = chance.uniform(0.4, 0.95) * chance.days * 86_400 if start is None else start + 60

    def call(number, source, name, more):
        return (who, begun + number * chance.uniform(8, 12), source, name, address, agent, more)

    call.address = address
    return call


def attacked(call, deeds, principals, keys):
    calls = [call(number, *deed) for number, deed in enumerate(deeds[:ATTACKS])]
    return Incident(calls, principals, keys, {call.address})


ATTACKS_KNOWN = (leaked_key, role_session, console_takeover, only_looking)
__all__ = ["ATTACKS_KNOWN", "START", "incident"]
