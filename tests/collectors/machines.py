"""What tests of sources that ask machines have in common: a scope, canned answers of SSM, waiting without the time."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

from botocore.awsrequest import AWSResponse

from collectors import Scope
from plugins import NotReady

NUMBER = "111122223333"
DAY = datetime(2026, 3, 1, tzinfo=UTC)
SUM = "ab" * 32
COMMAND = "11111111-2222-3333-4444-555555555555"


def settings_of(facts):
    """What the organisation has set."""
    made = facts["services"]["ssm"]
    return {"staging": made["bucket"], "tools": {"MEMORY_TOOL_LINUX": made["tool"]}}


def scope_of(facts, *instances, label="FP-2026-000001:7", **changes):
    return Scope(label, NUMBER, "us-east-1", DAY, DAY, instances, **settings_of(facts) | changes)


def ready(collect, scope, session):
    """Everything that it yields in the end, and how often it had to wait."""
    for waits in range(5):
        try:
            return list(collect(scope, session)), waits
        except NotReady:
            continue
    raise AssertionError("it was not ready after five looks")


def heard(session, operation):
    """The parameters of each call of the operation, as they are made."""
    calls = []
    session.events.register(f"provide-client-params.ssm.{operation}", lambda params, **_: calls.append(params))
    return calls


def answer(session, operation, said, service="ssm"):
    """AWS answers the operation with ``said``, or with what ``said`` returns."""
    response = AWSResponse("https://ssm", 200, {}, None)
    say(session, f"{service}.{operation}", lambda: (response, said() if callable(said) else said))


def refuse(session, operation, code, service="ssm"):
    error = SimpleNamespace(status_code=400, headers={}), {"Error": {"Code": code, "Message": "not you"}}
    say(session, f"{service}.{operation}", lambda: error)


def say(session, name, answer):
    """What was set last counts: the hooks themselves would ask the first."""
    answers = session.__dict__.setdefault("answers", {})
    if name not in answers:
        session.events.register(f"before-call.{name}", lambda **_: answers[name]())
    answers[name] = answer


def command(label="FP-2026-000001:7", name="memory_linux", expires=timedelta(minutes=10), **changes):
    """A command as SSM lists it."""
    now = datetime.now(UTC)
    return {
        "CommandId": COMMAND,
        "Comment": f"forensics-portal:run={label}",
        "DocumentName": f"ForensicsPortal-{name}",
        "RequestedDateTime": now,
        "ExpiresAfter": now + expires,
    } | changes


def ended(status="Success", out="", **changes):
    """What became of it on the machine."""
    return {
        "CommandId": COMMAND,
        "DocumentName": "ForensicsPortal-memory_linux",
        "DocumentVersion": "1",
        "Status": status,
        "StatusDetails": status,
        "StandardOutputContent": out,
        "StandardErrorContent": "",
    } | changes


def report(size=4, sha256=SUM, parts=1):
    """The line that our documents print."""
    return f'{{"size": {size}, "sha256": "{sha256}", "parts": {parts}}}\n'
