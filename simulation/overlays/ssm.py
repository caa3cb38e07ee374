"""Run Command: moto answers at once that all went well on every instance; ours runs the portal's own documents.

"Runs" means: it looks at the parameters as SSM and the document would, fetches plan and program, checks their hashes,
and puts a made-up file to the presigned addresses. Nothing of the script is run, and nothing but ``http`` for
``https`` of the simulation's own address is granted that AWS would not. Every running instance is managed by SSM, on
Linux, unless its tag ``simulation:ssm`` says otherwise (unmanaged, ConnectionLost, Windows). A command is InProgress
for two looks, and other documents end as moto has it.
"""

import hashlib
import io
import json
import re
import tarfile
from typing import Any

import urllib3
from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ec2.models import ec2_backends
from moto.ssm.exceptions import ValidationException
from moto.ssm.models import SimpleSystemManagerBackend
from moto.ssm.responses import SimpleSystemManagerResponse

from simulation.overlays import Ground

OURS = "ForensicsPortal-"
TAG = "simulation:ssm"
LOOKS = 2
PARTS = 3  # of a made-up file, however small it is
ANSWERS = {
    "10-processes": b"  PID  PPID USER COMMAND\n 4711     1 root /tmp/.x/kworkerd --quiet\n",
    "17-kernel-modules": b"ena 151552 0 - Live 0x0000000000000000\n",
}


class Failed(Exception):
    """The document gave up; its words go to standard error."""


def lay(ground: Ground) -> None:
    del ground
    backend: Any = SimpleSystemManagerBackend
    response: Any = SimpleSystemManagerResponse
    sent, looked = backend.send_command, backend.get_command_invocation

    def send_command(self: Any, **given: Any) -> Any:
        if given["document_name"].startswith(OURS):
            refuse_wrong_values(self, given)
        named = tuple(given["instance_ids"])
        command = sent(self, **given)
        command.instance_ids = list(named) or command.instance_ids
        if given["document_name"].startswith(OURS):
            command.outcomes, command.looks = {name: outcome_on(name, given) for name in named}, 0
        return command

    def get_command_invocation(self: Any, command_id: str, instance_id: str, plugin_name: str | None) -> Any:
        answer = looked(self, command_id, instance_id, plugin_name)
        return seen(self.get_command_by_id(command_id), instance_id, answer)

    backend.send_command, backend.get_command_invocation = send_command, get_command_invocation
    response.describe_instance_information = describe_instance_information


def describe_instance_information(response: Any) -> ActionResult:
    """https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeInstanceInformation.html"""
    filters = {one["Key"]: one["Values"] for one in response._get_param("Filters", [])}
    wanted = filters.get("InstanceIds")
    instances = ec2_backends[response.current_account][response.region].all_instances()
    rows = [row_of(instance) for instance in instances if not wanted or instance.id in wanted]
    return ActionResult({"InstanceInformationList": [row for row in rows if row]})


def row_of(instance: Any) -> dict[str, Any] | None:
    state = {tag["key"]: tag["value"] for tag in instance.get_tags()}.get(TAG, "")
    if state == "unmanaged" or instance.state != "running":
        return None
    return {
        "InstanceId": instance.id,
        "PingStatus": state if state == "ConnectionLost" else "Online",
        "PlatformType": state if state == "Windows" else "Linux",
        "LastPingDateTime": utcnow(),
    }


def refuse_wrong_values(backend: Any, given: dict[str, Any]) -> None:
    """What SSM does with the document's parameters before it sends anything."""
    declared = backend._get_documents(given["document_name"]).get_default_version().content_json["parameters"]
    for name, values in given["parameters"].items():
        value = re.sub(r"^http://127\.0\.0\.1:", "https://127.0.0.1:", values[0])
        if name not in declared or not re.fullmatch(declared[name]["allowedPattern"], value):
            raise ValidationException(f"Parameter {name} does not match its allowed pattern.")


def outcome_on(instance: str, given: dict[str, Any]) -> dict[str, str]:
    try:
        values = {name: values[0] for name, values in given["parameters"].items()}
        report = done(made_up(instance, given["document_name"]), values)
    except Failed as problem:
        return {"Status": "Failed", "StatusDetails": "Failed", "StandardErrorContent": str(problem)}
    return {"StandardOutputContent": f"{json.dumps(report)}\n"}


def made_up(instance: str, document: str) -> bytes:
    """What stands for the machine's memory, or for what runs on it."""
    if "live_response" not in document:
        return b"".join(b"%s page %06d of a made-up memory\n" % (instance.encode(), page) for page in range(4000))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as out:
        for name, text in ANSWERS.items():
            entry = tarfile.TarInfo(f"live-response/{name}.txt")
            entry.size = len(text)
            out.addfile(entry, io.BytesIO(text))
    return archive.getvalue()


def done(data: bytes, given: dict[str, str]) -> dict[str, Any]:
    """Fetch, check, and hand the file over; returns what the document would print."""
    plan = fetched(given["PlanUrl"], given["PlanSha256"]).decode().splitlines()
    if "ToolUrl" in given:
        fetched(given["ToolUrl"], given["ToolSha256"])
    parts = min(PARTS, len(plan))
    length = -(-len(data) // parts)
    for number in range(parts):
        part = data[number * length : (number + 1) * length]
        asked("PUT", plan[number], part)
    return {"size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "parts": parts}


def fetched(url: str, sha256: str) -> bytes:
    data = asked("GET", url)
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise Failed(f"{url.partition('?')[0]} has the SHA-256 {found}, not {sha256}; it was not used")
    return data


def asked(method: str, url: str, body: bytes | None = None) -> bytes:
    shown = url.partition("?")[0]
    try:
        answer = urllib3.request(method, url, body=body, retries=False)
    except urllib3.exceptions.HTTPError as problem:
        raise Failed(f"{shown} could not be reached: {type(problem).__name__}") from problem
    if answer.status != 200:
        raise Failed(f"{shown} answered {answer.status}")
    return bytes(answer.data)


def seen(command: Any, instance: str, answer: dict[str, Any]) -> dict[str, Any]:
    """Moto's answer, unless the command is one of ours."""
    if not hasattr(command, "outcomes"):
        return answer
    command.looks += 1
    if command.looks <= LOOKS:
        return {**answer, "Status": "InProgress", "StatusDetails": "InProgress"}
    return {**answer, **command.outcomes[instance]}
