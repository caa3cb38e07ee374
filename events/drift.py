"""What became different, and by whose call: AWS Config's items, each beside the one before, joined to CloudTrail.

An item may name the calls behind it (``relatedEvents``); where it names none, calls that changed something, named the
resource and came shortly before the item was captured are taken for them.
Source: https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigurationItem.html
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec

from events.columns import column
from events.cursors import key_of
from events.families import PLACE
from events.reader import Reader

FAMILY = "configuration_items"
MOST = 200  # changes
CALLS = 3  # of one change
RELATED_MOST = 100  # calls that one item names
SHOWN = 12  # differences of one change; the others are counted
LONGEST = 200  # characters of a value that are shown; compared is all of it
BEFORE = "INTERVAL 1 HOUR"  # Config captures most things within minutes; it promises no time
MADE, GONE = ("ResourceDiscovered",), ("ResourceDeleted", "ResourceDeletedNotRecorded")
# What a thing is: its configuration, and what Config keeps beside it, such as a bucket's policy.
SUPPLEMENT = column("others.supplementaryConfiguration", FAMILY)
RELATED = column("others.relatedEvents", FAMILY)
THING = "account_id, region, resource_type, resource_id"
OF_IT = f"OVER (PARTITION BY {THING} ORDER BY event_time, evidence, part, member, src_row)"
# The first item of a thing that was there before is what it is compared with; one that was just made is a change.
CHANGES = f"""items AS (
        SELECT evidence, part, member, src_row, event_time, account_id, region, resource_type, resource_id,
            resource_name, status, configuration, tags, {SUPPLEMENT} AS supplement, {RELATED} AS related
        FROM {FAMILY} WHERE told_by = 'AWS Config' AND event_time IS NOT NULL),
    followed AS (
        SELECT *, lag(configuration) {OF_IT} AS configuration_before, lag(supplement) {OF_IT} AS supplement_before,
            lag(tags) {OF_IT} AS tags_before, lag(status) {OF_IT} AS status_before,
            lag(event_time) {OF_IT} AS seen_before FROM items),
    changes AS (
        SELECT *, greatest(coalesce(seen_before, event_time - {BEFORE}), event_time - {BEFORE}) AS since
        FROM followed WHERE CASE WHEN seen_before IS NULL THEN status IN {MADE + GONE}
            ELSE configuration IS DISTINCT FROM configuration_before OR supplement IS DISTINCT FROM supplement_before
                OR tags IS DISTINCT FROM tags_before OR status IS DISTINCT FROM status_before END
        ORDER BY event_time DESC, evidence, part, member, src_row LIMIT {MOST})"""  # noqa: S608
ITEM = "evidence AS at_evidence, part AS at_part, member AS at_member, src_row AS at_row"
CALL = (
    "call.evidence, call.part, call.member, call.src_row, call.event_time, call.event_name, call.principal, "
    "call.source_ip_address"
)
NEWEST_FIRST = "event_time DESC, evidence, part, member, src_row"
# A resource is named by what a caller wrote, by what AWS answered, or in the event's own list.
NAMED = "concat_ws(' ', call.request_parameters, call.response_elements, call.resources)"


@dataclass(frozen=True, slots=True)
class Difference:
    """One place of a configuration, such as ``ipPermissions[0].fromPort``; empty text where there is nothing."""

    path: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call behind a change; ``is_told`` when AWS Config itself names it."""

    key: str
    at: datetime
    name: str
    principal: str
    address: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class Change:
    """One item that differs from the one before; ``key`` is its own event, ``more`` differences are not listed."""

    key: str
    at: datetime
    account: str
    region: str
    resource_type: str
    resource: str
    name: str
    status: str
    differences: tuple[Difference, ...]
    more: int
    calls: list[Call] = field(default_factory=list)

    @property
    def is_made(self) -> bool:
        return self.status in MADE

    @property
    def is_gone(self) -> bool:
        return self.status in GONE


def has_items(reader: Reader) -> bool:
    return any(segment.family == FAMILY for segment in reader.manifest.files)


def changes(reader: Reader) -> list[Change]:
    """The newest 200, newest first, each with at most three calls behind it. Raises TooSlow."""
    if not has_items(reader):
        return []
    rows = reader.dicts(
        f"""WITH {CHANGES} SELECT evidence, part, member, src_row, event_time, account_id, region, resource_type,
        resource_id, resource_name, status, status_before, seen_before, configuration, supplement, tags,
        related, configuration_before, supplement_before, tags_before FROM changes
        ORDER BY event_time DESC, evidence, part, member, src_row""",  # noqa: S608  our own names
        (),
    )
    found = {row["key"]: change_of(row) for row in rows}
    for item, call in (*told(reader, rows), *taken(reader)):
        found[item].calls.append(call)
    rewritten = {row["key"] for row in rows if row["seen_before"] and row["status"] == row["status_before"]}
    # The same said in another order is other text, and no change.
    return [change for key, change in found.items() if change.differences or key not in rewritten]


def told(reader: Reader, rows: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Call]]:
    """Item and call: those that Config names, at most three of each item, the last first."""
    named = {row["key"]: related(row["related"]) for row in rows}
    wanted = sorted(set().union(*named.values()))
    calls = by_id(reader, wanted) if wanted else {}
    for item, names in named.items():
        known = [call for name, call in calls.items() if name in names]
        yield from ((item, call) for call in known[:CALLS])


def by_id(reader: Reader, wanted: list[str]) -> dict[str, Call]:
    """Event id -> call, the last first."""
    rows = reader.dicts(
        f"SELECT {CALL}, call.event_id FROM cloudtrail call WHERE event_id IN (SELECT unnest(?::VARCHAR[])) "  # noqa: S608
        f"ORDER BY {NEWEST_FIRST}",
        [wanted],
    )
    return {row["event_id"]: call_of(row, is_told=True) for row in rows}


def related(text: str | None) -> frozenset[str]:
    """The ids in an item's ``relatedEvents``; AWS writes a list of texts, whatever else stands there names no call."""
    try:
        return frozenset(msgspec.json.decode(text or "[]", type=list[str])[:RELATED_MOST])
    except msgspec.MsgspecError:
        return frozenset()


def taken(reader: Reader) -> Iterator[tuple[str, Call]]:
    """Item and call: where Config names none, the last calls before the item that changed what it is about."""
    rows = reader.dicts(
        f"""WITH {CHANGES},
        calls AS (
            SELECT at_evidence, at_part, at_member, at_row, {CALL}
            FROM (SELECT {ITEM}, since, event_time AS until, resource_id,
                coalesce(nullif(resource_name, ''), resource_id) AS name FROM changes
                WHERE NOT coalesce(starts_with(related, '["'), false)) item
            JOIN cloudtrail call ON call.event_time >= item.since AND call.event_time <= item.until
            WHERE NOT coalesce(call.read_only, false) AND coalesce(call.error_code, '') = ''
                AND (contains({NAMED}, item.resource_id) OR contains({NAMED}, item.name)))
        SELECT * FROM calls
        QUALIFY row_number() OVER (PARTITION BY at_evidence, at_part, at_member, at_row ORDER BY {NEWEST_FIRST})
            <= {CALLS}
        ORDER BY {NEWEST_FIRST}""",  # noqa: S608  our own names
        (),
    )
    return ((item_of(row), call_of(row, is_told=False)) for row in rows)


def item_of(row: Mapping[str, Any]) -> str:
    """The key of the item that a call stands behind."""
    return key_of({name: row[f"at_{name.removeprefix('src_')}"] for name in PLACE})


def change_of(row: Mapping[str, Any]) -> Change:
    differences = differences_of(whole(row, "_before"), whole(row)) if row["seen_before"] else []
    return Change(
        key=row["key"],
        at=row["event_time"],
        account=row["account_id"] or "",
        region=row["region"] or "",
        resource_type=row["resource_type"],
        resource=row["resource_id"],
        name=row["resource_name"] or "",
        status=row["status"] or "",
        differences=tuple(differences[:SHOWN]),
        more=max(0, len(differences) - SHOWN),
    )


def call_of(row: Mapping[str, Any], *, is_told: bool) -> Call:
    return Call(
        key=row["key"],
        at=row["event_time"],
        name=row["event_name"] or "",
        principal=row["principal"] or "",
        address=row["source_ip_address"] or "",
        is_told=is_told,
    )


def whole(row: Mapping[str, Any], when: str = "") -> dict[str, str]:
    """Path -> value of each leaf of what a thing is, or was ``_before``."""
    beside = {"supplementaryConfiguration": row[f"supplement{when}"], "tags": row[f"tags{when}"]}
    found = flat(row[f"configuration{when}"])
    for name, text in beside.items():
        found |= flat(text, name)
    return found


def differences_of(old: Mapping[str, str], new: Mapping[str, str]) -> list[Difference]:
    """What two configurations say differently, in the order of their paths."""
    return [
        Difference(path, old.get(path, "")[:LONGEST], new.get(path, "")[:LONGEST])
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def flat(text: str | None, name: str = "") -> dict[str, str]:
    """Path -> value of each leaf of a JSON text below ``name``; text that is no JSON is one leaf."""
    if not text:
        return {}
    try:
        return dict(leaves(msgspec.json.decode(text), name))
    except (msgspec.DecodeError, RecursionError):
        return {name: text}


def leaves(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list) and value:
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{path}[{number}]")
    else:
        yield path, value if isinstance(value, str) else msgspec.json.encode(value).decode()
