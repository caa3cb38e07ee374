"""CloudTrail's event history, as LookupEvents gives it: for accounts without a trail, and for the last minutes.

API: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, gap_of, lines
from collectors.base import Artifact, Scope, source
from collectors.slices import Slice, kept_slices
from plugins import Gap, GapKind

KEPT = timedelta(days=90)
LAG = timedelta(minutes=15)  # AWS: an event is there within about 5 minutes of the call; allow three times that
WORDS = "LookupEvents: management events only, no data events; no digest protects them"


@source(
    "cloudtrail_events",
    title="CloudTrail event history (LookupEvents)",
    permissions=("cloudtrail:LookupEvents",),
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield AWS's events as JSON Lines, newest first, one file per hour; per day where the window is over two days.

    The history goes back 90 days, and what is older is one gap. The newest 15 minutes may not be complete yet: that is
    a gap too. Where the first call is refused nothing else is asked.
    """
    client, subject = aws.client("cloudtrail"), f"CloudTrail event history of {scope.account} in {scope.region}"
    try:
        client.lookup_events(MaxResults=1)
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    for piece in kept_slices(scope, subject, KEPT):
        yield piece if isinstance(piece, Gap) else slice_of(client, scope, piece)
    if scope.end > datetime.now(UTC) - LAG:
        yield Gap(GapKind.TRUNCATED, f"{subject}, the last minutes", "events may come 15 minutes late; ask once more")


def slice_of(client: Any, scope: Scope, piece: Slice) -> Artifact:
    return lines(
        f"{scope.account}_LookupEvents_{scope.region}_{piece}.jsonl",
        f"arn:aws:cloudtrail:{scope.region}:{scope.account}:lookup-events/{piece}",
        partial(events, client, piece),
        integrity=WORDS,
    )


def events(client: Any, piece: Slice) -> Iterator[dict[str, Any]]:
    """AWS's events of the slice, page after page. Its end is excluded: LookupEvents would include it."""
    for page in client.get_paginator("lookup_events").paginate(StartTime=piece.start, EndTime=piece.last):
        yield from page["Events"]
