"""The first page: marking, title, and the facts that a reader checks before reading on."""

from dataclasses import dataclass

from reports.base import CaseSnapshot
from reports.phrases import gettext as _
from reports.words import Row, moment, plain, severity_word, text_of

DRAFT = "draft, not reviewed"


@dataclass(frozen=True, slots=True)
class Cover:
    """What page one says; ``notice`` is the caution above the facts, empty once a report is final."""

    title: str
    notice: str
    facts: tuple[tuple[str, str], ...]


def cover(snapshot: CaseSnapshot) -> Cover:
    """Return the first page; without a title the incident's reference stands there."""
    incident = snapshot.incident
    return Cover(
        title=str(incident.get("title") or incident["reference"]),
        notice=notice(state_of(incident)),
        facts=(*about(incident), *made(incident)),
    )


def state_of(incident: Row) -> str:
    return str(incident.get("report_state") or DRAFT)


def notice(state: str) -> str:
    if state == DRAFT:
        return _(
            "This report is a draft, not reviewed: it was computed from the evidence and nobody has checked it yet."
        )
    if state == "final":
        return ""
    return _("This report is not final. Its state: %(state)s.") % {"state": plain(state)}


def about(incident: Row) -> tuple[tuple[str, str], ...]:
    return (
        (_("Incident"), str(incident["reference"])),
        (_("Severity"), severity_word(str(incident.get("severity") or "unknown"))),
        (_("State"), plain(text_of(incident, "status"))),
        (_("Verdict"), plain(text_of(incident, "verdict"))),
        (_("Began"), moment(incident.get("actual_start_at"))),
        (_("Detected"), moment(incident.get("detected_at"))),
        (_("Opened"), moment(incident.get("opened_at"))),
        (_("Commander"), text_of(incident, "commander")),
        (_("Reviewer"), text_of(incident, "reviewer")),
        (_("Accounts"), text_of(incident, "accounts")),
        (_("Regions"), text_of(incident, "regions")),
    )


def made(incident: Row) -> tuple[tuple[str, str], ...]:
    version = _("%(version)s, %(state)s") % {"version": incident.get("version", 1), "state": plain(state_of(incident))}
    return (
        (_("Report version"), version),
        (_("Prepared by"), text_of(incident, "prepared_by")),
        (_("Prepared at"), moment(incident.get("made_at"))),
    )
