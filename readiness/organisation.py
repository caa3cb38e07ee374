"""The organisation as checks see it: its registered accounts, and a door to ask AWS in each of them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from readiness.verdicts import Observation, Outcome, quoted

# All that one call can end in: an error, no connection, or an answer that is none: a page of HTML instead of it,
# in which botocore misses a key where it expects XML.
REFUSALS = (ClientError, BotoCoreError, ResponseParserError, KeyError)
REGISTER = "the portal's register of accounts"


class Kind(StrEnum):
    """What an account is for; the words are those of the portal's register."""

    MANAGEMENT = "management"
    LOG_ARCHIVE = "log_archive"
    SECURITY_TOOLING = "security_tooling"
    FORENSICS = "forensics"
    WORKLOAD = "workload"


class Role(StrEnum):
    """Which of an account's two roles is taken: one looks, one may also make things."""

    READ = "read"
    ACQUIRE = "acquire"


@dataclass(frozen=True, slots=True)
class Account:
    """One registered account; ``regions`` are those in use, ``buckets`` where its trails deliver."""

    number: str
    name: str
    kind: str
    regions: tuple[str, ...]
    read_role: str = ""
    acquire_role: str = ""
    external_id: str = ""
    buckets: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    def role(self, role: Role) -> str:
        """The ARN of the role; empty where none is registered."""
        return self.acquire_role if role is Role.ACQUIRE else self.read_role


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A collection that was asked for as an exercise, and how it ended."""

    incident: str
    run: int
    source: str
    ended_at: datetime
    objects: int
    gaps: int
    is_complete: bool

    @property
    def is_success(self) -> bool:
        """Something was stored, and nothing is missing."""
        return self.is_complete and not self.gaps and bool(self.objects)


class NoEntry(Exception):
    """An account's role does not let the portal in; the message is AWS's own, or says what is not registered."""


class NotAnswered(Exception):
    """AWS did not answer a question: refused, unreachable, or with something that is no answer."""

    def __init__(self, asked: str, words: str) -> None:
        super().__init__(words)
        self.observation = Observation(Outcome.NOT_KNOWN, "Could not be seen.", asked, quoted(words))


class NotEntered(NotAnswered):
    """The question was never put: the account's role does not let the portal in."""


class Said(dict[str, Any]):
    """An answer's parts. One without what was asked for is no answer: reading it raises NotAnswered."""

    def __init__(self, asked: str, parts: Mapping[str, Any]) -> None:
        super().__init__(parts)
        self.asked = asked

    def __missing__(self, name: str) -> Any:
        raise NotAnswered(self.asked, f"the answer has no {name}: {quoted(dict(self))}")


@dataclass(frozen=True, slots=True)
class Answer:
    """What AWS said to one question. ``code`` and ``words`` are set where the answer is an error that was expected."""

    asked: str
    data: Mapping[str, Any]
    code: str = ""
    words: str = ""

    def passed(self, says: str, shown: Any = None) -> Observation:
        return self.seen(Outcome.PASSED, says, shown)

    def partly(self, says: str, shown: Any = None) -> Observation:
        return self.seen(Outcome.PARTLY, says, shown)

    def failed(self, says: str, shown: Any = None) -> Observation:
        return self.seen(Outcome.FAILED, says, shown)

    def seen(self, outcome: Outcome, says: str, shown: Any = None) -> Observation:
        """An observation over this answer; ``shown`` is the part of it that decides (default: all of it)."""
        return Observation(outcome, says, self.asked, self.words or quoted(self.data if shown is None else shown))


Enter = Callable[[Account, Role], Any]


@dataclass(frozen=True, slots=True)
class Place:
    """One account and region, seen through one of the account's roles."""

    account: Account
    region: str
    role: Role
    client: Callable[[str], Any]

    def __str__(self) -> str:
        return f"{self.account}, {self.region}"

    def ask(
        self, service: str, operation: str, params: Mapping[str, Any] | None = None, expected: tuple[str, ...] = ()
    ) -> Answer:
        """All pages of AWS's answer. Error codes that are ``expected`` are answers too. Raises NotAnswered."""
        asked = f"{service}:{camel(operation)}{f' {quoted(params)}' if params else ''} in {self}"
        try:
            return Answer(asked, Said(asked, whole_answer(self.client(service), operation, dict(params or {}))))
        except NoEntry as problem:
            raise NotEntered(f"sts:AssumeRole, {self.role} role of {self.account}", str(problem)) from problem
        except REFUSALS as problem:
            if (code := code_of(problem)) in expected:
                return Answer(asked, {}, code, quoted(str(problem)))
            raise NotAnswered(asked, str(problem) or type(problem).__name__) from problem


def whole_answer(client: Any, operation: str, params: dict[str, Any]) -> dict[str, Any]:
    """Every page as one answer, without what is true of this one call only."""
    if client.can_paginate(operation):
        found = client.get_paginator(operation).paginate(**params).build_full_result()
    else:
        found = getattr(client, operation)(**params)
    return {name: value for name, value in found.items() if name != "ResponseMetadata"}


def camel(operation: str) -> str:
    """``describe_vpcs`` as AWS writes it in its policies: ``DescribeVpcs``."""
    return "".join(word.capitalize() for word in operation.split("_"))


def code_of(problem: Exception) -> str:
    """AWS's code of the error; empty where there is none."""
    return str(problem.response.get("Error", {}).get("Code", "")) if isinstance(problem, ClientError) else ""


@dataclass
class Organisation:
    """What a check may know: registered accounts, rehearsals, the time, and answers of AWS.

    ``enter`` gives a session in an account's role and raises NoEntry; it is called once per account and role.
    """

    accounts: tuple[Account, ...]
    enter: Enter
    now: datetime
    rehearsals: tuple[Rehearsal, ...] = ()
    _sessions: dict[tuple[str, Role], Any] = field(default_factory=dict)
    _clients: dict[tuple[str, Role, str, str], Any] = field(default_factory=dict)

    def of(self, *kinds: Kind) -> tuple[Account, ...]:
        """The registered accounts of these kinds; of all kinds where none is given."""
        return tuple(account for account in self.accounts if not kinds or account.kind in kinds)

    def place(self, account: Account, region: str = "", role: Role = Role.READ) -> Place:
        """A place in ``account``; without a region, the first of those that it uses."""
        where = region or next(iter(account.regions), "us-east-1")
        return Place(account, where, role, lambda service: self._client(account, role, service, where))

    def places(self, *kinds: Kind, role: Role = Role.READ) -> Iterator[Place]:
        """Every region in use of every account of these kinds."""
        for account in self.of(*kinds):
            for region in account.regions:
                yield self.place(account, region, role)

    def homes(self, *kinds: Kind) -> Iterator[Place]:
        """One place per account, for what AWS answers alike in every region."""
        for account in self.of(*kinds):
            yield self.place(account)

    def regions_in_use(self) -> list[str]:
        """Where workloads run, by the register."""
        return sorted({region for account in self.of(Kind.WORKLOAD) for region in account.regions})

    def forensics_for(self, region: str) -> Account | None:
        """The forensic account that takes evidence of ``region``."""
        return next((account for account in self.of(Kind.FORENSICS) if region in account.regions), None)

    def is_older(self, moment: datetime, age: timedelta) -> bool:
        return self.now - moment > age

    def _client(self, account: Account, role: Role, service: str, region: str) -> Any:
        key = account.number, role, service, region
        if key not in self._clients:
            self._clients[key] = self._session(account, role).client(NAMES.get(service, service), region_name=region)
        return self._clients[key]

    def _session(self, account: Account, role: Role) -> Any:
        if (account.number, role) not in self._sessions:
            self._sessions[account.number, role] = self.enter(account, role)
        return self._sessions[account.number, role]


NAMES = {"servicequotas": "service-quotas"}  # where boto3 spells a service unlike its IAM actions


def each(places: Iterable[Place], look: Callable[[Place], Iterator[Observation]]) -> Iterator[Observation]:
    """What ``look`` sees in each place; where AWS does not answer, that is what is seen."""
    for place in places:
        try:
            yield from look(place)
        except NotAnswered as refusal:
            yield refusal.observation


def by_register(outcome: Outcome, says: str, shown: Any) -> Observation:
    """An observation over what people registered, where AWS has nothing to say."""
    return Observation(outcome, says, REGISTER, quoted(shown))
