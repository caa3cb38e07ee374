"""The evidence: every exhibit with where it came from, who took it and its SHA-256 in full."""

from collections.abc import Iterator
from functools import partial

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.phrases import ngettext
from reports.words import NOTHING, Row, clock, listed, plain, remainder, short, size, text_of

MOST = 2000


@section("evidence", order=50)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("Evidence"), tuple(blocks(snapshot)))


def blocks(snapshot: CaseSnapshot) -> Iterator[Block]:
    if not snapshot.evidence:
        yield Text(_("No evidence is stored for this incident."))
        return
    reference = str(snapshot.incident["reference"])
    yield Text(counted(snapshot, reference))
    broken = [item for item in snapshot.evidence if item.get("state") == "integrity_failed"]
    if broken:
        names = ", ".join(short(text_of(item, "exhibit"), reference) for item in broken)
        yield Text(
            _("Integrity failed: the bytes of %(names)s no longer match their hash.") % {"names": names}, "warning"
        )
    rows, left = listed(snapshot.evidence, MOST, partial(exhibit_row, reference=reference))
    columns = (_("Exhibit"), _("What"), _("From"), _("Files, size"), _("State, acquired (UTC)"), _("SHA-256"))
    yield Table(columns, rows, mono=(columns[0], columns[5]))
    yield from remainder(left, _("the evidence list of the incident"))


def counted(snapshot: CaseSnapshot, reference: str) -> str:
    total = sum(int(item.get("size") or 0) for item in snapshot.evidence)
    exhibits = ngettext("%(count)s exhibit", "%(count)s exhibits", len(snapshot.evidence))
    words = {"exhibits": exhibits, "size": size(total), "reference": reference}
    return (
        _(
            "%(exhibits)s, %(size)s. E0001 stands for %(reference)s-E0001. The SHA-256 is of the exhibit's manifest, "
            "which lists every part and file in it with its own SHA-256."
        )
        % words
    )


def exhibit_row(item: Row, reference: str) -> tuple[str, ...]:
    return (
        short(text_of(item, "exhibit"), reference),
        text_of(item, "title"),
        origin(item),
        files(item),
        acquired(item),
        text_of(item, "sha256"),
    )


def origin(item: Row) -> str:
    """Source, account and region; then whose law it is under and the places where its bytes lie."""
    whence = ", ".join(str(item[key]) for key in ("source", "account", "region") if item.get(key)) or NOTHING
    if not item.get("jurisdiction"):
        return whence
    words = {"law": item["jurisdiction"], "places": ", ".join(item.get("places") or ()) or NOTHING}
    return whence + _("; law: %(law)s, lies in: %(places)s") % words


def files(item: Row) -> str:
    if item.get("files") is None:
        return size(item.get("size"))
    return ngettext("%(count)s file", "%(count)s files", int(item["files"])) + f", {size(item.get('size'))}"


def acquired(item: Row) -> str:
    who = _(" by %(who)s") % {"who": item["acquired_by"]} if item.get("acquired_by") else ""
    state = ", ".join(plain(str(item[key])) for key in ("state", "integrity") if item.get(key)) or NOTHING
    return f"{state}, {clock(item.get('acquired_at'))}{who}"
