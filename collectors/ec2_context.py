"""What surrounds an instance: its description, disks, network, user data, console, and the template it came from.

Instances: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeInstances.html
Console: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/troubleshoot-unreachable-instance.html
"""

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from typing import Any, BinaryIO

from botocore.exceptions import ClientError

from collectors.answers import answered, code_of, document, lines
from collectors.asking import asked, held, in_batches, paged
from collectors.base import INSTANCE, Artifact, Scope, source
from plugins import Gap, GapKind

Instance = dict[str, Any]
AT_ONCE = 100  # instances in one filter; AWS allows 200 values
ATTRIBUTES = ("disableApiTermination", "instanceInitiatedShutdownBehavior")
TEMPLATE = "aws:ec2launchtemplate:"  # AWS tags what it starts from a template


@dataclass(frozen=True, slots=True)
class Related:
    """What is asked about an instance by a filter: file name, operation, key of the answer, filter, its values."""

    name: str
    operation: str
    key: str
    filter: str
    values: Callable[[Instance], set[str]]


def itself(instance: Instance) -> set[str]:
    return {instance["InstanceId"]}


def groups(instance: Instance) -> set[str]:
    cards = instance.get("NetworkInterfaces") or ()
    return {group["GroupId"] for thing in (instance, *cards) for group in groups_named_in(thing)}


def groups_named_in(thing: dict[str, Any]) -> list[dict[str, str]]:
    """An instance names its groups under another key than a network interface."""
    return [*(thing.get("SecurityGroups") or ()), *(thing.get("Groups") or ())]


def named(instance: Instance, key: str) -> set[str]:
    """The subnets or networks of the instance and all its network interfaces."""
    cards = instance.get("NetworkInterfaces") or ()
    return {thing[key] for thing in (instance, *cards) if thing.get(key)}


def subnets(instance: Instance) -> set[str]:
    return named(instance, "SubnetId")


def networks(instance: Instance) -> set[str]:
    return named(instance, "VpcId")


RELATED = (
    Related("volumes", "describe_volumes", "Volumes", "attachment.instance-id", itself),
    Related("network-interfaces", "describe_network_interfaces", "NetworkInterfaces", "attachment.instance-id", itself),
    Related("security-groups", "describe_security_groups", "SecurityGroups", "group-id", groups),
    Related("subnets", "describe_subnets", "Subnets", "subnet-id", subnets),
    Related("vpcs", "describe_vpcs", "Vpcs", "vpc-id", networks),
    Related("route-tables", "describe_route_tables", "RouteTables", "vpc-id", networks),
    Related(
        "instance-profile",
        "describe_iam_instance_profile_associations",
        "IamInstanceProfileAssociations",
        "instance-id",
        itself,
    ),
)


@source(
    "ec2_context",
    title="EC2 instances and what surrounds them",
    permissions=(
        "ec2:DescribeInstances",
        "ec2:DescribeVolumes",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcs",
        "ec2:DescribeRouteTables",
        "ec2:DescribeIamInstanceProfileAssociations",
        "ec2:DescribeInstanceAttribute",
        "ec2:DescribeLaunchTemplateVersions",
        "ec2:GetConsoleOutput",
        "ec2:GetConsoleScreenshot",
    ),
    resources="instance ids (none: every instance of the region)",
    pattern=INSTANCE,
    takes_all=True,
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield, per instance, its description as AWS lists it now, and a file for each further question about it.

    Each question is asked when its file is opened: one that AWS refuses is one gap, and the others go on. The
    screenshot is a picture (JPEG) and does not wake the instance. An instance that is named and not there is a gap.
    """
    ec2 = aws.client("ec2")
    for found in listed(ec2, scope):
        if isinstance(found, Gap):
            yield found
            continue
        yield from about(ec2, found, f"arn:aws:ec2:{scope.region}:{scope.account}:instance/{found['InstanceId']}")


def listed(ec2: Any, scope: Scope) -> Iterator[Instance | Gap]:
    """The instances named, or all; a filter passes over names that do not exist, where a list of ids would fail."""
    if not scope.resources:
        yield from answered(f"instances in {scope.region}", partial(instances, ec2, []))
    for batch in in_batches(scope.resources, AT_ONCE):
        found = list(answered(", ".join(batch), partial(instances, ec2, [filtered("instance-id", set(batch))])))
        yield from found
        if not any(isinstance(one, Gap) for one in found):
            missing = set(batch) - {one["InstanceId"] for one in found if not isinstance(one, Gap)}
            yield from (Gap(GapKind.NOT_FOUND, name, f"no such instance in {scope.region}") for name in sorted(missing))


def instances(ec2: Any, filters: list[dict[str, Any]]) -> Iterator[Instance]:
    for reservation in paged(ec2, "describe_instances", "Reservations", Filters=filters):
        yield from ({**one, "OwnerId": reservation.get("OwnerId")} for one in reservation["Instances"])


def filtered(name: str, values: set[str]) -> dict[str, Any]:
    return {"Name": name, "Values": sorted(values)}


def about(ec2: Any, instance: Instance, arn: str) -> Iterator[Artifact]:
    """The description that was needed to find the instance, and everything that is asked about it later."""
    name = instance["InstanceId"]
    yield held(f"{name}/instance.json", arn, instance)
    for related in RELATED:
        if values := related.values(instance):
            ask = partial(paged, ec2, related.operation, related.key, Filters=[filtered(related.filter, values)])
            yield lines(f"{name}/{related.name}.jsonl", f"{arn}/{related.name}", ask)
    yield document(f"{name}/user-data.json", f"{arn}/user-data", partial(user_data, ec2, name))
    for attribute in ATTRIBUTES:
        ask_one = partial(asked, ec2, "describe_instance_attribute", InstanceId=name, Attribute=attribute)
        yield document(f"{name}/{attribute}.json", f"{arn}/{attribute}", ask_one)
    yield document(f"{name}/console-output.json", f"{arn}/console-output", partial(console_output, ec2, name))
    yield Artifact(f"{name}/console.jpg", f"{arn}/console-screenshot", partial(screenshot, ec2, name))
    yield from template(ec2, instance, arn)


def user_data(ec2: Any, name: str) -> dict[str, Any]:
    """The script that the instance runs at its start, as AWS gives it (base64) and as it reads."""
    answer = asked(ec2, "describe_instance_attribute", InstanceId=name, Attribute="userData")
    value = (answer.get("UserData") or {}).get("Value") or ""
    return {**answer, "Decoded": base64.b64decode(value)}


def console_output(ec2: Any, name: str) -> dict[str, Any]:
    """What the instance wrote to its console lately; older kinds only know what they wrote at their start."""
    try:
        return asked(ec2, "get_console_output", InstanceId=name, Latest=True)
    except ClientError as problem:
        if code_of(problem) != "UnsupportedOperation":
            raise
        return asked(ec2, "get_console_output", InstanceId=name)


def screenshot(ec2: Any, name: str) -> BinaryIO:
    return BytesIO(base64.b64decode(asked(ec2, "get_console_screenshot", InstanceId=name)["ImageData"]))


def template(ec2: Any, instance: Instance, arn: str) -> Iterator[Artifact]:
    """The version of the launch template that AWS started the instance from, where its tags name one."""
    tags = {tag["Key"]: tag["Value"] for tag in instance.get("Tags") or ()}
    wanted = tags.get(f"{TEMPLATE}id")
    if wanted:
        version = tags.get(f"{TEMPLATE}version", "$Default")
        given = {"LaunchTemplateId": wanted, "Versions": [version]}
        ask = partial(asked, ec2, "describe_launch_template_versions", **given)
        yield document(f"{instance['InstanceId']}/launch-template.json", f"{arn}/launch-template", ask)
