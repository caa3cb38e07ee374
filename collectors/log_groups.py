"""Events of CloudWatch Logs groups, slice by slice. No source lives here.

API: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, gap_of, lines
from collectors.base import Artifact, Scope
from collectors.slices import Slice, kept_slices
from plugins import Gap, GapKind


def named(logs: Any, name: str) -> Iterator[dict[str, Any]]:
    """AWS's descriptions of the group ``name``, or of all that begin with it where it ends in ``*``."""
    prefix = name.removesuffix("*")
    pages = logs.get_paginator("describe_log_groups").paginate(**({"logGroupNamePrefix": prefix} if prefix else {}))
    groups = (group for page in pages for group in page["logGroups"])
    return groups if name.endswith("*") else (group for group in groups if group["logGroupName"] == name)


def collected(logs: Any, scope: Scope, name: str, **notes: Any) -> Iterator[Artifact | Gap]:
    """The slices of every group that ``name`` means; a group that is not there, or not to be read, is a gap."""
    subject, is_there = f"log group {name}", False
    try:
        for group in named(logs, name):
            is_there = True
            yield from slices_of(logs, scope, group, **notes)
    except REFUSALS as problem:
        yield gap_of(problem, subject)
        return
    if not is_there:
        words = f"there is none in {scope.account}, {scope.region}; it may have been deleted"
        yield Gap(GapKind.NOT_FOUND, subject, words)


def slices_of(logs: Any, scope: Scope, group: dict[str, Any], **notes: Any) -> Iterator[Artifact | Gap]:
    """One JSON Lines file of AWS's events per slice; what is older than the group's retention is a gap."""
    name = group["logGroupName"]
    retention = timedelta(days=group["retentionInDays"]) if "retentionInDays" in group else None
    for piece in kept_slices(scope, f"log group {name}", retention):
        yield piece if isinstance(piece, Gap) else slice_of(logs, scope, name, piece, **notes)


def slice_of(logs: Any, scope: Scope, group: str, piece: Slice, **notes: Any) -> Artifact:
    arn = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{group}"
    file = f"{group.strip('/').replace('/', '.')}_{scope.region}_{piece}.jsonl"
    return lines(file, f"{arn}:{piece}", partial(events, logs, group, piece), log_group=group, **notes)


def events(logs: Any, group: str, piece: Slice) -> Iterator[dict[str, Any]]:
    """AWS's events of the slice, page after page; empty pages are normal. AWS counts both ends in."""
    first, last = piece.milliseconds
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=first, endTime=last)
    for page in pages:
        yield from page.get("events", ())
