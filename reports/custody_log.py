"""The custody log as of one entry: who handled which evidence, when and why."""

from collections.abc import Iterator
from functools import partial

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import NOTHING, Row, clock, facts, in_a_line, listed, number, plain, remainder, text_of

MOST = 2000


@section("custody", order=75)
def write(snapshot: CaseSnapshot) -> Section:
    """Write the log's head (RFC 6962 tree size and root) and its entries."""
    return Section(_("Custody log"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if not snapshot.custody:
        yield Text(_("The custody log has no entry: nothing has been done with evidence of this incident."))
        return
    head = snapshot.custody_head
    seq = number(head.get("size", len(snapshot.custody)))
    yield Text(
        _("This is the log as of entry %(seq)s. Later entries record this report's own hash and what people decided.")
        % {"seq": seq}
    )
    yield facts(((_("Tree size"), seq), (_("Root"), text_of(head, "root")), *verified(head)), mono=True)
    yield Text(proves(head), "note")
    rows, left = listed(snapshot.custody, MOST, partial(entry_row, reference=str(snapshot.incident["reference"])))
    columns = (_("No."), _("Time (UTC)"), _("Action"), _("Object"), _("By"), _("Reason"), _("Leaf SHA-256"))
    yield Table(columns, rows, mono=(columns[3], columns[6]))
    yield from remainder(left, _("the custody log of the incident"))


def verified(head: Row) -> tuple[tuple[str, str], ...]:
    return ((_("Verified"), plain(str(head["verified"]))),) if head.get("verified") else ()


def proves(head: Row) -> str:
    if head.get("checkpoints"):
        return _("Signed checkpoints kept outside the database cover these entries: %(count)s.") % {
            "count": number(head["checkpoints"])
        }
    return _(
        "The root shows that the log is whole and in order as stored. Without checkpoints kept outside the database "
        "it does not protect against the administrator of that database."
    )


def entry_row(entry: Row, reference: str) -> tuple[str, ...]:
    return (
        text_of(entry, "seq"),
        clock(entry.get("at")),
        plain(text_of(entry, "action")),
        text_of(entry, "object").replace(f"{reference}-", ""),
        text_of(entry, "actor"),
        in_a_line(text_of(entry, "reason")),
        str(entry.get("leaf_hash") or NOTHING),
    )
