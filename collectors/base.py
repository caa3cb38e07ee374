"""The contract that every evidence source keeps."""

import inspect
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from plugins import Gap, Registry

# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/resource-ids.html
INSTANCE = r"i-[0-9a-f]{8}([0-9a-f]{9})?"
SNAPSHOT = r"snap-[0-9a-f]{8}([0-9a-f]{9})?"
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html, buckets from before 2018 too, and with
# or without a prefix of keys
BUCKET = r"[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9](/.*)?"
LASTING = 70  # volatility of what stays where it is: logs, configuration


@dataclass(frozen=True, slots=True)
class Scope:
    """What to collect: one account, one region, the half-open UTC interval [start, end), and named resources.

    ``label`` marks what a source creates in AWS, so that a repeat of the same run finds it again. ``staging`` is the
    bucket through which machines hand evidence over; ``tools`` are programs for them (setting -> address with SHA-256).
    ``workdir`` is a private folder that a repeat of the same run finds as it was left; None where nothing may be kept.
    """

    label: str
    account: str
    region: str
    start: datetime
    end: datetime
    resources: tuple[str, ...] = ()
    staging: str = ""
    tools: Mapping[str, str] = field(default_factory=dict)
    workdir: Path | None = None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One object on its way in. ``open`` is lazy: a source never reads its bytes before it yields it.

    ``origin`` + ``version`` name the object for ever (an S3 URL and its version id); ``size`` is bytes, None unknown.
    ``open`` returns a readable binary stream that the caller closes. ``notes`` go into the part's manifest as they are.
    ``sha256`` (hex) is what the bytes were said to hash to where they came from; empty when nobody said.
    """

    name: str
    origin: str
    open: Callable[[], BinaryIO]
    version: str = ""
    size: int | None = None
    modified: datetime | None = None
    notes: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Haven:
    """Where copies of disks go: a session in the forensics account of a region, and that account's number."""

    session: Any
    account: str
    region: str


@dataclass(frozen=True, slots=True)
class CopyTerms:
    """How copies are kept: the keys (empty: the account's default key for EBS), and the lock, ``lock_days`` long.

    ``share_key`` is the key in the source's account under which a disk can be shared that its own key keeps in.
    """

    key: str = ""
    share_key: str = "alias/forensics-portal-share"
    lock_mode: str = "governance"
    lock_days: int = 365


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a source that copies between accounts gets as ``aws``: ``home`` is the session in the account asked about.

    ``enter(region, what)`` opens the forensics account of a region for ``what``, and ``permit(haven, what)`` must be
    asked just before each copy. A gap in answer of either says why not; nothing may be copied then. What AWS made is
    told to ``made(haven, what, copy)``, as often as the source meets it.
    """

    home: Any
    enter: Callable[[str, str], Haven | Gap]
    permit: Callable[[Haven, str], Gap | None]
    made: Callable[[Haven, str, str], None]
    terms: CopyTerms = CopyTerms()


Collect = Callable[[Scope, Any], Iterator[Artifact | Gap]]


@dataclass(frozen=True, slots=True)
class Source:
    """One evidence source. ``acts``: it changes something in AWS, so it is never iterated for an estimate.

    ``resources`` says in words what ``Scope.resources`` holds for it, ``pattern`` as a regular expression that matches
    each of them whole; with ``takes_all`` none means every one there is.
    ``needs_aws`` is False for local sources; ``is_global`` is True where the answer is the same in every region.
    ``enters`` is whose role is assumed: the scope's own ``account``, or the ``log_archive`` where its logs lie.
    ``narrowed_by`` is "buckets" or "instances" where ``Scope.resources`` name all of these that the source touches:
    its session may then do nothing with any other.
    ``volatility`` orders what is asked of one instance, lower first: what is gone soonest is taken before the rest
    (RFC 3227, section 2.1).
    With ``permissions_there`` it enters a forensics account as well, with these and no others; ``collect`` then gets
    a ``Crossing`` in place of a session.
    """

    name: str
    title: str
    permissions: tuple[str, ...]
    collect: Collect
    acts: bool = False
    needs_aws: bool = True
    resources: str = ""
    kind: str = "logs"
    enters: str = "account"
    module: str = ""
    narrowed_by: str = ""
    volatility: int = LASTING
    permissions_there: tuple[str, ...] = ()
    takes_all: bool = False
    is_global: bool = False
    pattern: str = ""

    @property
    def needs_resources(self) -> bool:
        return bool(self.resources) and not self.takes_all

    def misnamed(self, resources: Iterable[str]) -> list[str]:
        """Those that cannot name anything this source collects."""
        return [name for name in resources if self.pattern and not re.fullmatch(self.pattern, name)]

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.collect) or ""


sources: Registry[Source] = Registry("collectors")


def source(  # noqa: PLR0913 - one keyword for each thing a source declares
    name: str,
    *,
    title: str,
    permissions: tuple[str, ...],
    acts: bool = False,
    needs_aws: bool = True,
    resources: str = "",
    kind: str = "logs",
    enters: str = "account",
    narrowed_by: str = "",
    volatility: int = LASTING,
    permissions_there: tuple[str, ...] = (),
    takes_all: bool = False,
    is_global: bool = False,
    pattern: str = "",
) -> Callable[[Collect], Collect]:
    """Register the decorated generator as evidence source ``name``; permissions are the IAM actions it uses."""

    def register(collect: Collect) -> Collect:
        module = collect.__module__
        sources.add(
            Source(
                *(name, title, permissions, collect, acts, needs_aws, resources, kind, enters, module),
                narrowed_by=narrowed_by,
                volatility=volatility,
                permissions_there=permissions_there,
                takes_all=takes_all,
                is_global=is_global,
                pattern=pattern,
            )
        )
        return collect

    return register
