"""How sources ask AWS: one answer, all pages, many at a time. No source lives here.

Operations are named as boto3 names them, so that a table of questions can be written; botocore checks what is given.
Paging: https://docs.aws.amazon.com/boto3/latest/guide/paginators.html
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any, TypeVar

from botocore.exceptions import ClientError

from collectors.answers import answered, code_of, document, lines, without_metadata
from collectors.base import Artifact
from plugins import Gap, GapKind

T = TypeVar("T")


def asked(client: Any, operation: str, **given: Any) -> dict[str, Any]:
    """The answer to one question."""
    return without_metadata(getattr(client, operation)(**given))


def asked_or_absent(client: Any, operation: str, absent: str, **given: Any) -> dict[str, Any]:
    """The answer, or that there is none, in AWS's words: ``absent`` is the code that says so. It is a fact, no gap."""
    try:
        return asked(client, operation, **given)
    except ClientError as problem:
        if code_of(problem) != absent:
            raise
        return {"absent": str(problem)}


def paged(client: Any, operation: str, key: str, **given: Any) -> Iterator[Any]:
    """Every item under ``key`` of every page, one page at a time."""
    for page in client.get_paginator(operation).paginate(**given):
        yield from page.get(key) or ()


def in_batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of at most ``size`` items, in order."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def finding_lines(
    folder: str, arn: str, list_ids: Callable[[], Iterable[str]], read: Callable[[list[str]], Iterable[Any]], most: int
) -> Iterator[Artifact | Gap]:
    """Findings that are listed by id and read ``most`` at a time: a file of JSON Lines for each such batch.

    A batch is named for its first id, so that one that is the same the next time is not read again.
    """
    for batch in in_batches(answered(f"findings of {arn}", list_ids), most):
        ids = [found for found in batch if isinstance(found, str)]
        if ids:
            name, origin = f"{folder}/findings-{ids[0]}.jsonl", f"{arn}/finding/{ids[0]}"
            yield lines(name, origin, partial(read, ids), findings=ids)
        yield from (found for found in batch if isinstance(found, Gap))


def milliseconds(moment: datetime) -> int:
    """Since 1970, as several of AWS's filters want a time."""
    return round(moment.timestamp() * 1000)


def held(name: str, origin: str, answer: dict[str, Any], **notes: Any) -> Artifact:
    """An answer that was needed to know what else there is, as evidence itself."""
    return document(name, origin, partial(dict, answer), **notes)


def out_of_retention(subject: str, start: datetime, kept: timedelta) -> Iterator[Gap]:
    """The gap for the time before AWS's memory of such things begins; none where the window lies within it."""
    oldest = datetime.now(UTC) - kept
    if start < oldest:
        words = f"AWS keeps them for {kept.days} days, nothing before {oldest:%Y-%m-%dT%H:%MZ} can be there"
        yield Gap(GapKind.OUT_OF_RETENTION, subject, words)
