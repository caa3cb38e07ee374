"""What sources make of SSM Run Command: our documents sent once to each machine, waited for, and their one line read.

No source lives here. https://docs.aws.amazon.com/systems-manager/latest/userguide/run-command.html
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any

import yaml

from collectors.answers import REFUSALS, code_of, gap_of, wait_if_passing
from collectors.base import Artifact, Scope
from collectors.pace import seconds_until_next_look
from collectors.staging import Tray, opened_bucket
from plugins import Gap, GapKind, NotReady

FOLDER = Path(__file__).parent / "documents"
PREFIX = "ForensicsPortal-"  # of the documents' names in AWS
PERMISSIONS = (
    *("ssm:DescribeInstanceInformation", "ssm:GetDocument", "ssm:ListCommands"),
    *("ssm:SendCommand", "ssm:GetCommandInvocation"),
    *("s3:ListBucket", "s3:PutObject", "s3:GetObject"),
)
LATEST = 15  # seconds between two looks: people wait for what a machine says
DELIVERY = 600  # seconds in which the agent must take the command
LONGEST = timedelta(hours=3)  # from the end of delivery: no document of ours may run that long
WORKING = frozenset({"Pending", "InProgress", "Delayed", "Cancelling"})
REPORT = re.compile(r'\{"size": ([1-9][0-9]{0,14}), "sha256": "([0-9a-f]{64})", "parts": ([1-9][0-9]{0,3})\}')
KINDS = {"AccessDenied": GapKind.DENIED, "InvalidPlatform": GapKind.UNSUPPORTED}
SHOWN = 1000  # characters of a machine's own words


class Unmet(Exception):
    """One machine cannot be asked; ``gap`` says why, and the others go on."""

    def __init__(self, gap: Gap) -> None:
        super().__init__(gap.detail)
        self.gap = gap


@dataclass(frozen=True, slots=True)
class AtWork:
    """A machine that has not ended yet what it was asked to do."""

    instance: str
    since: datetime


Tools = Callable[[Scope, str, str, Any], Mapping[str, str]]


def no_tools(scope: Scope, instance: str, platform: str, s3: Any) -> Mapping[str, str]:
    """For documents that bring no program with them."""
    return {}


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to be done on each machine. ``files``: platform -> what the file that comes back is called.

    ``parts`` is how many parts there is room for; ``tools`` gives further parameters, and raises Unmet.
    """

    name: str
    files: Mapping[str, str]
    parts: int
    tools: Tools = no_tools


@dataclass(frozen=True, slots=True)
class Desk:
    """What it takes to run one errand in one account and region."""

    errand: Errand
    scope: Scope
    ssm: Any
    s3: Any

    @property
    def mark(self) -> str:
        """By which a repeat of the run finds its commands; SSM takes 100 characters of comment."""
        return f"forensics-portal:run={self.scope.label}"[:100]

    def tray(self, instance: str) -> Tray:
        return Tray(self.s3, self.scope.staging, f"{self.scope.label}/{self.errand.name}/{instance}")


def run(errand: Errand, scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield what each machine of ``scope.resources`` hands over; all are asked before any is waited for.

    A repeat finds its commands by their comment and sends none twice. Raises NotReady while any machine is at work,
    Refused where the organisation must set something first.
    """
    try:
        desk = Desk(errand, scope, aws.client("ssm"), opened_bucket(scope, aws))
    except REFUSALS as problem:
        yield gap_of(problem, f"s3://{scope.staging}")
        return
    working: list[AtWork] = []
    for instance in scope.resources:
        found = asked(desk, instance)
        if isinstance(found, AtWork):
            working.append(found)
        else:
            yield found
    if working:
        wait = seconds_until_next_look(min(one.since for one in working), LATEST)
        raise NotReady(wait, f"{', '.join(one.instance for one in working)}: {errand.name} is still at work")


def asked(desk: Desk, instance: str) -> Artifact | Gap | AtWork:
    """What one machine hands over, why it does not, or that it is at work. Raises NotReady on too many calls."""
    try:
        return outcome(desk, instance, earlier(desk, instance) or sent(desk, instance))
    except Unmet as unmet:
        return unmet.gap
    except REFUSALS as problem:
        wait_if_passing(problem, instance)
        return gap_of(problem, instance)


def earlier(desk: Desk, instance: str) -> dict[str, Any] | None:
    """The command that this run sent to the machine before."""
    pages = desk.ssm.get_paginator("list_commands").paginate(InstanceId=instance)
    found = [command for page in pages for command in page["Commands"] if is_ours(desk, command)]
    return min(found, key=lambda command: command["RequestedDateTime"], default=None)


def is_ours(desk: Desk, command: dict[str, Any]) -> bool:
    return command.get("Comment") == desk.mark and command["DocumentName"].startswith(f"{PREFIX}{desk.errand.name}_")


def sent(desk: Desk, instance: str) -> dict[str, Any]:
    """Send our document to the machine, marked. Raises Unmet if it cannot take it."""
    platform = platform_of(desk.ssm, instance)
    if platform not in desk.errand.files:
        raise Unmet(Gap(GapKind.UNSUPPORTED, instance, f"no document of ours runs on {platform}"))
    name = f"{desk.errand.name}_{platform.lower()}"
    version = version_of(desk.ssm, name, instance)
    tools = desk.errand.tools(desk.scope, instance, platform, desk.s3)
    given = {**desk.tray(instance).planned(desk.errand.parts), **tools}
    answer: dict[str, Any] = desk.ssm.send_command(
        InstanceIds=[instance],
        DocumentName=PREFIX + name,
        DocumentVersion=version,
        Comment=desk.mark,
        TimeoutSeconds=DELIVERY,
        Parameters={key: [value] for key, value in given.items()},
    )["Command"]
    return answer


def platform_of(ssm: Any, instance: str) -> str:
    """Linux, Windows or MacOS. Raises Unmet for a machine that SSM does not manage, or has lost."""
    filters = [{"Key": "InstanceIds", "Values": [instance]}]
    pages = ssm.get_paginator("describe_instance_information").paginate(Filters=filters)
    found = [one for page in pages for one in page["InstanceInformationList"] if one["InstanceId"] == instance]
    if not found:
        words = "SSM does not manage it: it needs a running agent, a role that lets the agent in, and a way to SSM"
        raise Unmet(Gap(GapKind.NOT_ENABLED, instance, words))
    if found[0]["PingStatus"] != "Online":
        words = f"SSM calls it {found[0]['PingStatus']} and last heard of it at {found[0].get('LastPingDateTime')}"
        raise Unmet(Gap(GapKind.UNREADABLE, instance, f"{words}; nothing can be asked of it until it answers"))
    return str(found[0]["PlatformType"])


def version_of(ssm: Any, name: str, instance: str) -> str:
    """The version of our document in the account. Raises Unmet if it is missing, or holds anything but what is ours."""
    try:
        found = ssm.get_document(Name=PREFIX + name, DocumentFormat="JSON")
    except ssm.exceptions.InvalidDocument as problem:
        words = f"{PREFIX}{name}: {problem}; bring our documents into the account, see docs/machines.md"
        raise Unmet(Gap(GapKind.NOT_ENABLED, instance, words)) from problem
    if parsed(found["Content"]) != document(name):
        words = f"the document {PREFIX}{name} in the account is not the one that came with the portal; it was not run"
        raise Unmet(Gap(GapKind.CHANGED, instance, f"{words}. Update it, see docs/machines.md"))
    return str(found["DocumentVersion"])


def parsed(content: str) -> Any:
    """None for what is no JSON: no document of ours."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


@cache
def document(name: str) -> Any:
    """One of our documents, as SSM keeps it."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def outcome(desk: Desk, instance: str, command: dict[str, Any]) -> Artifact | Gap | AtWork:
    """What became of the command."""
    answer = invocation(desk.ssm, instance, command)
    if answer["Status"] not in WORKING:
        return handed_over(desk, instance, answer) if answer["Status"] == "Success" else failure(instance, answer)
    limit = command["ExpiresAfter"] + LONGEST
    if datetime.now(UTC) < limit:
        return AtWork(instance, command["RequestedDateTime"])
    words = f"SSM knows no end of command {command['CommandId']}: {answer['Status']} at {limit.isoformat()}"
    return Gap(GapKind.TIMED_OUT, instance, words)


def invocation(ssm: Any, instance: str, command: dict[str, Any]) -> dict[str, Any]:
    """The command on this machine; SSM may take a moment until it knows of it."""
    try:
        answer: dict[str, Any] = ssm.get_command_invocation(CommandId=command["CommandId"], InstanceId=instance)
    except REFUSALS as problem:
        if code_of(problem) != "InvocationDoesNotExist":
            raise
        return {"Status": "Pending"}
    return answer


def failure(instance: str, answer: dict[str, Any]) -> Gap:
    """SSM's words and the end of the machine's own."""
    details = answer.get("StatusDetails") or answer["Status"]
    said = (answer.get("StandardErrorContent") or answer.get("StandardOutputContent") or "").strip()[-SHOWN:]
    kind = GapKind.TIMED_OUT if answer["Status"] == "TimedOut" else KINDS.get(details, GapKind.UNREADABLE)
    return Gap(kind, instance, f"SSM: {details}; the machine says: {said or 'nothing'}")


def handed_over(desk: Desk, instance: str, answer: dict[str, Any]) -> Artifact | Gap:
    """The file that the last line of output tells of; whoever holds the machine can write there what they like."""
    lines = answer.get("StandardOutputContent", "").strip().splitlines() or [""]
    found = REPORT.fullmatch(lines[-1])
    if not found or int(found[3]) > desk.errand.parts:
        words = f"what it says of the file is not what our document prints: {lines[-1][-SHOWN:] or 'nothing'}"
        return Gap(GapKind.UNREADABLE, instance, words)
    size, sha256, parts = int(found[1]), found[2], int(found[3])
    tray, scope = desk.tray(instance), desk.scope
    platform = answer["DocumentName"].rsplit("_", 1)[-1].capitalize()
    notes = {
        "command": answer["CommandId"],
        "document": answer["DocumentName"],
        "document_version": answer.get("DocumentVersion", ""),
        "started_at": answer.get("ExecutionStartDateTime", ""),
        "ended_at": answer.get("ExecutionEndDateTime", ""),
        "handed_over_by": f"s3://{tray.bucket}/{tray.prefix}",
        "parts": parts,
        "host_sha256": sha256,
    }
    return Artifact(
        name=f"{instance}-{desk.errand.files.get(platform, desk.errand.name)}",
        origin=f"arn:aws:ec2:{scope.region}:{scope.account}:instance/{instance}#{desk.errand.name}",
        open=partial(tray.opened, parts, size),
        version=answer["CommandId"],
        size=size,
        notes=notes,
        sha256=sha256,
    )
