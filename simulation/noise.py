"""An ordinary day: deployments, back-ups, people at consoles, services describing themselves. Seeded, so it repeats."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulation.organisation import CI_BUILD, HOME_REGION, PROD_WEB, SECOND_REGION
from simulation.records import Call, Caller

SEED = 20261124


@dataclass(frozen=True, slots=True)
class Routine:
    """What one principal does all day: calls with weights, from one place, with one tool."""

    caller: Caller
    address: str
    agent: str
    calls: tuple[tuple[str, str], ...]
    per_hour: int
    regions: tuple[str, ...] = (HOME_REGION,)
    hours: tuple[int, int] = (0, 24)


BOTO = "Boto3/1.44.5 md/Botocore#1.44.5 ua/2.1 os/linux#6.8.0 lang/python#3.12.7"
CONSOLE = "AWS Internal"
TERRAFORM = "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 terraform-provider-aws/6.20.0"
ROUTINES = (
    Routine(
        Caller(PROD_WEB, "WebService", "ASIAWEBSERVICE00001", "i-0abc1234"),
        "10.20.4.17",
        BOTO,
        (("sts", "GetCallerIdentity"), ("ssm", "GetParameter"), ("dynamodb", "DescribeTable"), ("kms", "Decrypt")),
        per_hour=120,
        regions=(HOME_REGION, SECOND_REGION),
    ),
    Routine(
        Caller(PROD_WEB, "AWSServiceRoleForAutoScaling", "ASIAAUTOSCALING0001", "AutoScaling"),
        "autoscaling.amazonaws.com",
        "autoscaling.amazonaws.com",
        (
            ("ec2", "DescribeInstances"),
            ("ec2", "DescribeInstanceStatus"),
            ("elasticloadbalancing", "DescribeTargetHealth"),
        ),
        per_hour=90,
        regions=(HOME_REGION, SECOND_REGION),
    ),
    Routine(
        Caller(PROD_WEB, "svc-backup", "AKIASVCBACKUP000001"),
        "10.20.9.3",
        BOTO,
        (("s3", "ListBuckets"), ("ec2", "DescribeVolumes"), ("ec2", "DescribeSnapshots"), ("backup", "ListBackupJobs")),
        per_hour=30,
    ),
    Routine(
        Caller(PROD_WEB, "ci-deploy", "AKIACIDEPLOY0000001"),
        "198.51.100.80",
        TERRAFORM,
        (("ec2", "DescribeVpcs"), ("iam", "GetRole"), ("ecs", "DescribeServices"), ("ecs", "UpdateService")),
        per_hour=40,
        hours=(7, 19),
    ),
    Routine(
        Caller(PROD_WEB, "Developer", "ASIADEVELOPER000001", "lena.hartmann"),
        "192.0.2.61",
        CONSOLE,
        (("cloudwatch", "DescribeAlarms"), ("logs", "DescribeLogGroups"), ("ec2", "DescribeInstances")),
        per_hour=25,
        hours=(8, 18),
    ),
    Routine(
        Caller(CI_BUILD, "BuildRunner", "ASIABUILDRUNNER0001", "build-4711"),
        "10.30.1.8",
        BOTO,
        (("ecr", "GetAuthorizationToken"), ("ecr", "BatchGetImage"), ("codebuild", "BatchGetBuilds")),
        per_hour=100,
    ),
)


def ordinary(start: datetime, end: datetime) -> Iterator[Call]:
    """Every call of an ordinary day in [start, end), routine by routine."""
    chance = random.Random(SEED)  # noqa: S311 - repeatable, not secret
    hour = start
    while hour < end:
        for routine in ROUTINES:
            if routine.hours[0] <= hour.hour < routine.hours[1]:
                yield from one_hour(routine, hour, chance)
        hour += timedelta(hours=1)


def one_hour(routine: Routine, hour: datetime, chance: random.Random) -> Iterator[Call]:
    for _ in range(chance.randint(routine.per_hour * 3 // 4, routine.per_hour)):
        service, name = chance.choice(routine.calls)
        yield Call(
            service=service,
            name=name,
            at=hour + timedelta(seconds=chance.randrange(3600)),
            caller=routine.caller,
            address=routine.address,
            agent=routine.agent,
            region=chance.choice(routine.regions),
        )
