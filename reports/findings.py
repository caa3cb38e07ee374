"""The findings: each with its rule, when, who, and the very rows of evidence behind it."""

from collections.abc import Iterator, Sequence

from reports.base import Block, CaseSnapshot, Events, Section, Table, Text, section
from reports.phrases import gettext as _
from reports.phrases import ngettext
from reports.words import (
    Row,
    by_severity,
    event_row,
    facts,
    listed,
    moment,
    number,
    plain,
    remainder,
    severity_word,
    text_of,
    with_reason,
)

MOST_EVENTS = 10
MOST_TARGETS = 12


@section("findings", order=30)
def write(snapshot: CaseSnapshot) -> Section:
    """Write an overview, then each finding with up to 10 events; dismissed ones stay, with who and why."""
    found = by_severity(snapshot.findings)
    if not found:
        words = _(
            "There are no findings. The rules and questions that were asked are listed under method and versions."
        )
        return Section(_("Findings"), (Text(words),))
    reference = str(snapshot.incident["reference"])
    details = [block for finding in found for block in detail(finding, reference)]
    return Section(_("Findings"), (overview(found), *details))


def overview(found: list[Row]) -> Table:
    columns = (_("No."), _("Finding"), _("Severity"), _("Techniques"), _("Events"), _("Status"))
    return Table(columns, tuple(overview_row(finding) for finding in found), mono=(columns[0], columns[3]))


def overview_row(finding: Row) -> tuple[str, ...]:
    return (
        text_of(finding, "number"),
        text_of(finding, "title"),
        severity_word(text_of(finding, "severity")),
        text_of(finding, "techniques"),
        number(finding.get("count")),
        plain(text_of(finding, "status")),
    )


def detail(finding: Row, reference: str) -> Iterator[Block]:
    yield Text(f"{text_of(finding, 'number')} {text_of(finding, 'title')}", "heading")
    if finding.get("inputs_changed"):
        yield Text(_("New evidence came after this finding was made: analyse again before relying on it."), "warning")
    yield from paragraphs(finding.get("description"))
    yield facts(finding_facts(finding))
    if finding.get("next_steps"):
        yield Text(_("Next"), "note")
        yield from paragraphs(finding["next_steps"])
    rows, left = listed(finding.get("events", ()), MOST_EVENTS, lambda event: event_row(event, reference))
    if rows:
        yield Events(rows, _("The events behind it, with exhibit, file and row"))
    yield from remainder(max(left, int(finding.get("count") or 0) - len(rows)), _("the events of this finding"))


def finding_facts(finding: Row) -> Iterator[tuple[str, str]]:
    yield _("Severity"), severity_word(text_of(finding, "severity"))
    yield _("Status"), decided(finding)
    yield _("Rule"), " ".join(str(finding[key]) for key in ("rule", "rule_version") if finding.get(key))
    if finding.get("author") or finding.get("licence"):
        yield _("Author, licence"), ", ".join(str(finding[key]) for key in ("author", "licence") if finding.get(key))
    yield _("Techniques (ATT&CK)"), text_of(finding, "techniques")
    yield _("Concerns"), text_of(finding, "entity")
    if finding.get("targets"):
        yield _("Targets"), targets(finding["targets"])
    yield _("Events"), number(finding.get("count"))
    yield _("First, last"), f"{moment(finding.get('first_at'))}, {moment(finding.get('last_at'))}"
    yield _("Principals"), text_of(finding, "principals")
    if finding.get("query"):
        yield _("Query for all"), str(finding["query"])


def paragraphs(text: str | None) -> Iterator[Text]:
    """Yield each line as a paragraph of its own: a line feed is no character that hides anything."""
    yield from (Text(line.strip()) for line in (text or "").splitlines() if line.strip())


def targets(touched: Sequence[Row]) -> str:
    """Return what the events listed were done to, with their number where it is more than one; the rest is counted."""
    named = [f"{one['name']} ({number(one['count'])})" if one["count"] > 1 else one["name"] for one in touched]
    more = len(named) - MOST_TARGETS
    left = [ngettext("%(count)s more", "%(count)s more", more)] if more > 0 else []
    return "; ".join([*named[:MOST_TARGETS], *left])


def decided(finding: Row) -> str:
    """Return the status with who decided it, when and why: a verdict is a person's."""
    if not finding.get("decided_by"):
        return _("%(status)s by the analysis") % {"status": plain(text_of(finding, "status"))}
    words = {"status": plain(text_of(finding, "status")), "by": finding["decided_by"]}
    said = _("%(status)s by %(by)s, %(at)s") % {**words, "at": moment(finding.get("decided_at"))}
    return with_reason(said, finding)
