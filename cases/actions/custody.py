"""The one function that appends to a custody log, and the receipt it gives."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.actor import Actor
from cases.models import PORTAL_LOG, CustodyEntry, CustodyLog
from custody import EMPTY_ROOT, Entry, Frontier, clean, entry_bytes, leaf_hash

Action = CustodyEntry.Action


@dataclass(frozen=True, slots=True)
class Receipt:
    """What an append promises: which log, which entry, and the hash of its leaf (hex)."""

    log: str
    seq: int
    leaf_hash: str


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, to what, and why; ``facts`` are canonical values that belong to the action."""

    action: CustodyEntry.Action
    object: Mapping[str, Any]
    reason: str = ""
    aws: Mapping[str, Any] = field(default_factory=dict)
    tool: Mapping[str, Any] = field(default_factory=dict)
    run: Mapping[str, Any] = field(default_factory=dict)


def append_entry(*, log: str, deed: Deed, by: Actor) -> Receipt:
    """Append to ``log`` inside the caller's transaction, as its last statement. Raises if there is no transaction."""
    transaction.get_connection().validate_no_broken_transaction()
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("a custody entry commits with its act: wrap both in atomic()")
    head = lock_head(log)
    at, seq = timezone.now(), head.size + 1
    data = entry_bytes(entry_of(head, seq, at.isoformat(timespec="microseconds"), deed, by))
    leaf = leaf_hash(data)
    frontier = Frontier.from_text(head.frontier).append(leaf)
    CustodyEntry.objects.create(
        log=head,
        seq=seq,
        data=data,
        leaf_hash=leaf.hex(),
        root=frontier.root().hex(),
        action=deed.action,
        object_type=str(deed.object.get("type", "")),
        object_id=str(deed.object.get("id", "")),
        actor=by.name or by.user.shown_name,
        at=at,
    )
    move_head(head, frontier, data)
    return Receipt(log, seq, leaf.hex())


def entry_of(head: CustodyLog, seq: int, ts: str, deed: Deed, by: Actor) -> Entry:
    values, was_flagged = clean(
        {
            "object": dict(deed.object),
            "reason": deed.reason,
            "aws": dict(deed.aws),
            "tool": dict(deed.tool),
            "run": dict(deed.run),
            "actor": by.as_entry(),
        }
    )
    if was_flagged:
        values["object"]["replaced_characters"] = True
    return Entry(log=head.name, seq=seq, prev=head.last_hash, ts=ts, action=str(deed.action), actor_ip=by.ip, **values)


def lock_head(log: str) -> CustodyLog:
    """The log's head row, locked until the transaction ends; a new log begins empty."""
    CustodyLog.objects.get_or_create(name=log, defaults={"root": EMPTY_ROOT.hex()})
    return CustodyLog.objects.select_for_update().get(name=log)


def move_head(head: CustodyLog, frontier: Frontier, data: bytes) -> None:
    head.size, head.root, head.frontier = frontier.size, frontier.root().hex(), frontier.to_text()
    head.last_hash = hashlib.sha256(data).hexdigest()
    head.save(update_fields=["size", "root", "frontier", "last_hash"])


@transaction.atomic
def record_portal_deed(
    *, action: CustodyEntry.Action, about: Mapping[str, Any], by: Actor, reason: str = ""
) -> Receipt:
    """Append to the portal-wide log: settings, accounts and keys; never for evidence, which has its incident's log."""
    return append_entry(log=PORTAL_LOG, deed=Deed(action, about, reason), by=by)
