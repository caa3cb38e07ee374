"""What is missing or in doubt: gaps, quarantined records, and files whose origin could not be proven."""

from collections import Counter
from collections.abc import Iterator
from functools import partial

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.words import Row, listed, moment, number, plain, remainder, short, text_of, with_reason

MOST_GAPS = 1000
MOST_QUARANTINED = 200
MOST_VERDICTS = 200

# Nothing speaks against these files, and nothing for them.
UNPROVEN = frozenset({"no_digest", "unverifiable"})


@section("missing", order=70)
def write(snapshot: CaseSnapshot) -> Section:
    return Section(_("What is missing or in doubt"), (*gaps(snapshot), *quarantine(snapshot), *verdicts(snapshot)))


def gaps(snapshot: CaseSnapshot) -> Iterator[Block]:
    yield Text(_("Gaps"), "heading")
    if not snapshot.gaps:
        yield Text(_("Nothing that was asked for is missing."))
        return
    rows, left = listed(snapshot.gaps, MOST_GAPS, gap_row)
    yield Table((_("Phase"), _("What"), _("Reason"), _("In its own words"), _("Acknowledged by")), rows)
    yield from remainder(left, _("the incident's list of gaps"))


def gap_row(gap: Row) -> tuple[str, ...]:
    return (
        text_of(gap, "phase"),
        text_of(gap, "subject"),
        plain(text_of(gap, "kind")),
        text_of(gap, "detail"),
        acknowledged(gap),
    )


def acknowledged(gap: Row) -> str:
    if not gap.get("acknowledged_by"):
        return _("open")
    said = f"{gap['acknowledged_by']}, {moment(gap.get('acknowledged_at'))}"
    return with_reason(said, gap)


def quarantine(snapshot: CaseSnapshot) -> Iterator[Block]:
    yield Text(_("Quarantined records"), "heading")
    if not snapshot.quarantine:
        yield Text(_("Every record that was read became an event."))
        return
    yield Text(_("No event came of these records. They are stored byte for byte with their exhibit."))
    reference = str(snapshot.incident["reference"])
    rows, left = listed(snapshot.quarantine, MOST_QUARANTINED, partial(quarantine_row, reference=reference))
    columns = (_("Exhibit"), _("File"), _("Row"), _("Reason"))
    yield Table(columns, rows, mono=columns[:3])
    everything = int(snapshot.summary.get("quarantined") or 0) - len(rows)
    yield from remainder(max(left, everything), _("the quarantine of the incident"))


def quarantine_row(record: Row, reference: str) -> tuple[str, ...]:
    row = _("whole file") if record.get("row") is None else str(record["row"])
    return short(text_of(record, "exhibit"), reference), text_of(record, "file"), row, text_of(record, "reason")


def verdicts(snapshot: CaseSnapshot) -> Iterator[Block]:
    """Yield the files in doubt one by one; those that are valid, or that nothing vouches for, as numbers."""
    yield Text(_("Origin of the files"), "heading")
    valid = sum(verdict.get("verdict") == "valid" for verdict in snapshot.verdicts)
    counts = {"valid": number(valid), "all": number(len(snapshot.verdicts))}
    yield Text(_("%(valid)s of %(all)s files checked are valid by the digests that AWS signed.") % counts)
    reference = str(snapshot.incident["reference"])
    yield from unproven(snapshot, reference)
    doubtful = [verdict for verdict in snapshot.verdicts if verdict.get("verdict") not in {"valid", *UNPROVEN}]
    if doubtful:
        rows, left = listed(doubtful, MOST_VERDICTS, partial(verdict_row, reference=reference))
        columns = (_("Exhibit"), _("File"), _("Verdict"), _("Detail"))
        yield Table(columns, rows, mono=columns[:2])
        yield from remainder(left, _("the verdicts of the incident"))


def unproven(snapshot: CaseSnapshot, reference: str) -> Iterator[Block]:
    """Yield how many files of each exhibit no digest speaks of: often all of them, and one line says as much."""
    found = [verdict for verdict in snapshot.verdicts if verdict.get("verdict") in UNPROVEN]
    counts = Counter((text_of(v, "exhibit"), plain(text_of(v, "verdict")), text_of(v, "detail")) for v in found)
    rows = tuple((short(who, reference), word, number(many), why) for (who, word, why), many in counts.items())
    if rows:
        yield Table((_("Exhibit"), _("Verdict"), _("Files"), _("Detail")), rows)


def verdict_row(verdict: Row, reference: str) -> tuple[str, ...]:
    exhibit = short(text_of(verdict, "exhibit"), reference)
    return exhibit, text_of(verdict, "file"), plain(text_of(verdict, "verdict")), text_of(verdict, "detail")
