"""What happened, how sure we are, what is missing: computed from facts, each sentence from numbers in the snapshot."""

from collections import Counter
from collections.abc import Iterator

from reports.base import Block, CaseSnapshot, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.phrases import ngettext
from reports.words import NOTHING, SEVERITIES, Row, by_severity, moment, number, plain, severity_word, text_of


@section("summary", order=10)
def write(snapshot: CaseSnapshot) -> Section:
    """Say in one lead what was found, then people's own words, how sure we are, and how far the phases are."""
    blocks = [
        Text(lead(snapshot), "lead"),
        *attack(snapshot),
        *in_their_words(snapshot),
        Text(_("How sure we are"), "heading"),
        *(Text(sentence) for sentence in certainty(snapshot)),
        Text(_("How far the work is"), "heading"),
        progress(snapshot),
    ]
    return Section(_("What happened"), tuple(blocks))


def standing(snapshot: CaseSnapshot) -> list[Row]:
    """Return the findings that nobody has dismissed, gravest first; people's conclusions are told apart."""
    return by_severity(
        finding
        for finding in snapshot.findings
        if finding.get("status") != "dismissed" and finding.get("rule") != "conclusion"
    )


def lead(snapshot: CaseSnapshot) -> str:
    found = standing(snapshot)
    if found:
        counted = ngettext("%(count)s finding stands", "%(count)s findings stand", len(found))
        gravest = {"counted": counted, "severities": severities(found), "title": found[0]["title"]}
        return _("%(counted)s (%(severities)s). The gravest: %(title)s.") % gravest
    if not snapshot.evidence:
        return _(
            "No evidence has been collected yet, so this report cannot say what happened. Start a collection first."
        )
    if not snapshot.summary.get("events"):
        return _("Evidence is stored, and no event has been read from it yet. Examine it, or see what is missing.")
    return _(
        "No rule and no question found anything in the events. That does not show that nothing happened: "
        "it shows that what was collected holds nothing that this set of rules looks for."
    )


def severities(findings: list[Row]) -> str:
    counts = Counter(str(finding.get("severity", "unknown")) for finding in findings)
    ordered = sorted(counts, key=lambda name: SEVERITIES.index(name) if name in SEVERITIES else len(SEVERITIES))
    return ", ".join(f"{number(counts[name])} {severity_word(name).lower()}" for name in ordered)


def attack(snapshot: CaseSnapshot) -> Iterator[Text]:
    """Yield when and by whom: the first and last event behind any finding, and the principals named most."""
    found = standing(snapshot)
    firsts = sorted(finding["first_at"] for finding in found if finding.get("first_at"))
    lasts = sorted(finding["last_at"] for finding in found if finding.get("last_at"))
    if firsts and lasts:
        span = {"first": moment(firsts[0]), "last": moment(lasts[-1])}
        yield Text(_("The events behind these findings run from %(first)s to %(last)s.") % span)
    named = Counter(name for finding in found for name in finding.get("principals", ()))
    if named:
        most = ", ".join(name for name, _count in sorted(named.items(), key=lambda item: (-item[1], item[0]))[:5])
        yield Text(_("Principals named by them, most often first: %(principals)s.") % {"principals": most})


def in_their_words(snapshot: CaseSnapshot) -> Iterator[Text]:
    """Yield what people wrote: the description, paragraph by paragraph, and their conclusions."""
    lines = str(snapshot.incident.get("description") or "").splitlines()
    paragraphs = [line.strip() for line in lines if line.strip()]
    if paragraphs:
        yield Text(_("As described by those who handle the incident:"), "note")
    yield from map(Text, paragraphs)
    for finding in snapshot.findings:
        if finding.get("rule") == "conclusion" and finding.get("status") != "dismissed":
            said = {"text": finding["title"], "confidence": text_of(finding, "confidence")}
            yield Text(_("Conclusion (confidence: %(confidence)s): %(text)s") % said)


def certainty(snapshot: CaseSnapshot) -> Iterator[str]:
    """Yield the sentences that bound how much can be believed: what was read, what was checked, who looked."""
    yield tally(snapshot.summary)
    if copies := int(snapshot.summary.get("copies") or 0):
        yield ngettext(
            "%(count)s event came twice and is counted once.",
            "%(count)s events came twice and are counted once.",
            copies,
        )
    yield verdicts(snapshot)
    yield gaps(snapshot)
    if snapshot.findings:
        yield judged(snapshot)


def judged(snapshot: CaseSnapshot) -> str:
    counts = Counter(finding.get("status") for finding in snapshot.findings)
    numbers = {name: number(counts[name]) for name in ("confirmed", "dismissed")}
    numbers["all"] = number(len(snapshot.findings))
    if counts["confirmed"] + counts["dismissed"] == len(snapshot.findings):
        return _("Of %(all)s findings people have confirmed %(confirmed)s and dismissed %(dismissed)s.") % numbers
    return (
        _(
            "Of %(all)s findings people have confirmed %(confirmed)s and dismissed %(dismissed)s; the others are "
            "proposed by the analysis."
        )
        % numbers
    )


def tally(summary: Row) -> str:
    read, rows, quarantined = (int(summary.get(key) or 0) for key in ("records_read", "rows", "quarantined"))
    numbers = {"read": number(read), "rows": number(rows), "quarantined": number(quarantined)}
    if read == rows + quarantined:
        return (
            _("Records: %(read)s read = %(rows)s events + %(quarantined)s quarantined. The tally balances.") % numbers
        )
    return _("The tally does not balance: %(read)s read, %(rows)s events, %(quarantined)s quarantined.") % numbers


def verdicts(snapshot: CaseSnapshot) -> str:
    counts = Counter(plain(str(verdict.get("verdict"))) for verdict in snapshot.verdicts)
    if not counts:
        return _("No exhibit came with a check by its origin (such as CloudTrail digests) that could be validated.")
    listed = ", ".join(f"{number(count)} {word}" for word, count in sorted(counts.items()))
    return _("Checked against the digests that AWS signed: %(verdicts)s.") % {"verdicts": listed}


def gaps(snapshot: CaseSnapshot) -> str:
    if not snapshot.gaps:
        return _("Nothing that was asked for is missing.")
    unnamed = sum(not gap.get("acknowledged_by") for gap in snapshot.gaps)
    counted = ngettext("%(count)s gap is listed", "%(count)s gaps are listed", len(snapshot.gaps))
    return _("%(counted)s under what is missing, %(open)s of them not acknowledged by anybody.") % {
        "counted": counted,
        "open": number(unnamed),
    }


def progress(snapshot: CaseSnapshot) -> Block:
    if not snapshot.phases:
        return Text(_("No phase has begun."), "note")
    columns = (_("Phase"), _("Work"), _("Units"), _("Open gaps"), _("Acknowledged gaps"))
    return Table(columns, tuple(phase_row(phase) for phase in snapshot.phases))


def phase_row(phase: Row) -> tuple[str, ...]:
    units = _("%(done)s of %(total)s") % {"done": number(phase.get("done", 0)), "total": number(phase.get("units", 0))}
    return (
        str(phase.get("title") or phase["name"]),
        plain(text_of(phase, "work")),
        units if phase.get("units") else NOTHING,
        number(phase.get("gaps_open", 0)),
        number(phase.get("gaps_acknowledged", 0)),
    )
