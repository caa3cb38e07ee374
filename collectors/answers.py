"""What sources make of AWS's answers: documents, lines, and gaps in AWS's own words. No source lives here.

Error codes: https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
"""

import io
import json
from collections.abc import Callable, Generator, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from collectors.base import Artifact
from plugins import Gap, GapKind, NotReady

T = TypeVar("T")
# All that one call can end in: an error, no connection, or an answer that is none (500 with a page of HTML).
REFUSALS = (ClientError, BotoCoreError, ResponseParserError)
DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "403", "Forbidden"})
GONE = frozenset({"NoSuchKey", "NoSuchBucket", "NoSuchVersion", "NoSuchEntity", "ResourceNotFoundException", "404"})
GONE_ENDINGS = (
    "NotFound",
    ".Malformed",
    "NotFoundFault",
    "NotFoundException",
    "NotDiscoveredException",
    "DoesNotExist",
)
THROTTLED = frozenset(
    {
        *("Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException"),
        *("RequestLimitExceeded", "TooManyRequestsException", "SlowDown"),
    }
)
LATER = 60  # seconds until AWS is asked again
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
NOT_ENABLED = frozenset({"OptInRequired", "SubscriptionRequiredException", "AWSOrganizationsNotInUseException"})


def document(name: str, origin: str, ask: Callable[[], Any], *, version: str = "", **notes: Any) -> Artifact:
    """One answer as JSON; ``ask`` is called when the artifact is opened, and its answer may be held in memory."""
    return Artifact(name, origin, partial(opened_document, ask), version=version, notes=notes)


def lines(name: str, origin: str, ask: Callable[[], Iterable[Any]], *, version: str = "", **notes: Any) -> Artifact:
    """Many answers as JSON Lines; ``ask`` is called when the artifact is opened, and one item at a time is held."""
    return Artifact(name, origin, partial(opened_lines, ask), version=version, notes=notes)


def opened_document(ask: Callable[[], Any]) -> BinaryIO:
    return io.BytesIO(as_json(ask()))


def opened_lines(ask: Callable[[], Iterable[Any]]) -> BinaryIO:
    return streamed(as_json(item) + b"\n" for item in ask())


def as_json(value: Any) -> bytes:
    """The same answer gives the same bytes; times are ISO 8601 in UTC, bytes are text where they are any."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=plain).encode("utf-8", "surrogatepass")


def plain(value: Any) -> Any:
    """What JSON has no word for. Raises TypeError for anything that AWS does not answer with."""
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    raise TypeError(f"{type(value).__name__} is no part of an answer of AWS")


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer without what is true of this one call only."""
    return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


class Streamed(io.RawIOBase):
    """Chunks as a readable stream; holds one chunk."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self.chunks, self.rest = chunks, memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self.rest:
            try:
                self.rest = memoryview(next(self.chunks))
            except StopIteration:
                return 0
        taken = self.rest[: len(buffer)]
        buffer[: len(taken)] = taken
        self.rest = self.rest[len(taken) :]
        return len(taken)

    def close(self) -> None:
        """End the chunks as well, so that what they hold (threads, files) is let go now."""
        if isinstance(self.chunks, Generator):
            self.chunks.close()
        super().close()


def streamed(chunks: Iterable[bytes]) -> BinaryIO:
    """Chunks (bytes) as a binary stream, made as they are read; what the chunks raise, ``read`` raises."""
    return io.BufferedReader(Streamed(iter(chunks)), 2**16)


def answered(subject: str, ask: Callable[[], Iterable[T]]) -> Iterator[T | Gap]:
    """Yield what ``ask`` gives; where AWS refuses, yield the gap and end. What was yielded before stays."""
    try:
        yield from ask()
    except REFUSALS as problem:
        yield gap_of(problem, subject)


def gap_of(problem: Exception, subject: str) -> Gap:
    """What AWS refused, in its own words."""
    return Gap(kind_of(problem), subject, str(problem) or type(problem).__name__)


def kind_of(problem: Exception) -> GapKind:
    """Which gap an AWS error is."""
    code = code_of(problem)
    if code in DENIED:
        return GapKind.DENIED
    if code in NOT_ENABLED:
        return GapKind.NOT_ENABLED
    return GapKind.NOT_FOUND if code in GONE or code.endswith(GONE_ENDINGS) else GapKind.UNREADABLE


def code_of(problem: Exception) -> str:
    """AWS's code of the error; empty where there is none."""
    return str(problem.response.get("Error", {}).get("Code", "")) if isinstance(problem, ClientError) else ""


def is_throttled(problem: Exception) -> bool:
    """AWS answers too many calls, also after botocore has tried again: worth a later look, no gap yet."""
    return code_of(problem) in THROTTLED


def wait_if_passing(problem: Exception, subject: str) -> None:
    """Raises NotReady for too many calls and for credentials that have run out: the run goes on when it comes back."""
    if is_throttled(problem) or code_of(problem) in EXPIRED:
        raise NotReady(LATER, f"{subject}: {problem}") from problem
