"""Session Manager: who opened a session to which machine, and where, if anywhere, what was typed was kept.

History: https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_DescribeSessions.html
Preferences: https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-preferences-cli.html
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, gap_of, lines
from collectors.asking import asked_or_absent, held, out_of_retention, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind

PREFERENCES = "SSM-SessionManagerRunShell"  # AWS's own name of the document
LONGEST = timedelta(hours=24)  # AWS ends every session by then
KEPT = timedelta(days=30)
PLACES = {"s3BucketName": "bucket", "cloudWatchLogGroupName": "log group"}


@source(
    "ssm_sessions",
    title="Session Manager sessions",
    permissions=("ssm:DescribeSessions", "ssm:GetDocument"),
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield sessions that were open in the window as JSON Lines, those still open too, and the session preferences.

    What was typed is not in AWS's list: the preferences name the bucket or log group where it is kept, and are told in
    the notes. That it is kept nowhere is a gap.
    """
    ssm, arn = aws.client("ssm"), f"arn:aws:ssm:{scope.region}:{scope.account}"
    yield from preferences(ssm, f"{arn}:document/{PREFERENCES}")
    for state in ("History", "Active"):
        ask = partial(sessions, ssm, scope, state)
        yield lines(f"sessions-{state.lower()}.jsonl", f"{arn}:session/{state.lower()}", ask)
    yield from out_of_retention(f"{arn}:session/*", scope.start, KEPT)


def sessions(ssm: Any, scope: Scope, state: str) -> Iterator[dict[str, Any]]:
    """Sessions begun before the scope's end and so late that they can have reached into it."""
    bounds = {"InvokedAfter": scope.start - LONGEST, "InvokedBefore": scope.end}
    filters = [{"key": key, "value": f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} for key, moment in bounds.items()]
    for session in paged(ssm, "describe_sessions", "Sessions", State=state, Filters=filters):
        if ended(session) >= scope.start:
            yield session


def ended(session: dict[str, Any]) -> datetime:
    """When it ended; what is open, or does not say, may go on for ever."""
    end: datetime = session.get("EndDate") or datetime.max.replace(tzinfo=UTC)
    return end


def preferences(ssm: Any, origin: str) -> Iterator[Artifact | Gap]:
    try:
        found = asked_or_absent(ssm, "get_document", "InvalidDocument", Name=PREFERENCES, DocumentFormat="JSON")
    except REFUSALS as problem:
        yield gap_of(problem, origin)
        return
    places = places_of(found.get("Content", "{}"))
    yield held("session-preferences.json", origin, found, **places)
    if not places:
        words = "the preferences name neither a bucket nor a log group: what was typed in sessions is not kept"
        yield Gap(GapKind.NOT_ENABLED, origin, words)


def places_of(content: str) -> dict[str, str]:
    """Where what is typed is kept, by kind of place; nothing where the document, which anybody may write, says none."""
    try:
        document = json.loads(content)
    except ValueError:
        return {}
    inputs = document.get("inputs") if isinstance(document, dict) else None
    if not isinstance(inputs, dict):
        return {}
    return {word: str(inputs[key]) for key, word in PLACES.items() if inputs.get(key)}
