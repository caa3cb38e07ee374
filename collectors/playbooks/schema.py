"""What a playbook's file may say."""

import re
from datetime import timedelta
from typing import Annotated, Literal, get_args

from msgspec import Meta, Struct

Kind = Literal[
    "instances",
    "buckets",
    "access_keys",
    "users",
    "functions",
    "databases",
    "log_groups",
    "event_data_stores",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
Name = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Words = Annotated[str, Meta(min_length=10, max_length=500)]
Form = Annotated[str, Meta(pattern=r"^[^{}]*[{][}][^{}]*$")]
Length = Annotated[str, Meta(pattern=r"^[0-9]{1,3}[mhd]$")]
UNITS = {"m": "minutes", "h": "hours", "d": "days"}


class Step(Struct, frozen=True, forbid_unknown_fields=True):
    """One source to ask. ``needs``: one of these kinds must be named; ``takes``: handed over where they are named.

    ``written`` says how the source writes a kind, with {} for the name: AWS::S3::Bucket/{}.
    ``accounts`` says of which kind of account it is asked, ``regions`` whether in each region or once an account.
    ``follows`` names the step whose snapshots this one needs: it is asked when that one is complete.
    ``before`` and ``after`` widen the window, such as 90m, 6h or 14d.
    """

    source: Name
    why: Words
    accounts: Literal["workload", "all", "log_archive"] = "workload"
    regions: Literal["each", "once"] = "each"
    needs: tuple[Kind, ...] = ()
    takes: tuple[Kind, ...] = ()
    written: dict[Kind, Form] = {}
    follows: Name | Literal[""] = ""
    before: Length = "0m"
    after: Length = "0m"
    required: bool = False


class Playbook(Struct, frozen=True, forbid_unknown_fields=True):
    """What to collect for one kind of incident, the most volatile first. The file's name is its name."""

    title: Annotated[str, Meta(min_length=3, max_length=100)]
    summary: Words
    steps: Annotated[tuple[Step, ...], Meta(min_length=1, max_length=100)]
    name: str = ""

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of resource that its steps speak of, in the order of KINDS."""
        named = {kind for step in self.steps for kind in (*step.needs, *step.takes)}
        return tuple(kind for kind in KINDS if kind in named)


def length(text: str) -> timedelta:
    """90m, 6h or 14d as a duration."""
    found = re.fullmatch(r"([0-9]{1,3})([mhd])", text)
    if found is None:
        raise ValueError(f"{text!r} is no length of time; write 90m, 6h or 14d")
    return timedelta(**{UNITS[found[2]]: int(found[1])})
