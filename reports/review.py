"""People's words on a frozen report: its first page and marking as they stand after review."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from plugins.text import visible
from reports.content import canonical
from reports.phrases import gettext as _
from reports.words import Row, moment, plain, with_reason

STEPS = ("in_review", "approved", "final")


def reviewed(content: Mapping[str, Any], state: str, words: Sequence[Row]) -> dict[str, Any]:
    """Return the content with ``state`` on every page and who decided what on the first. Idempotent.

    Each of ``words`` has status, person (what tells two people apart), by, at (ISO 8601) and reason, oldest first.
    """
    steps = steps_of(words)
    page = content["cover"]
    facts = {label: visible(value) for label, value in told(content, state, steps)}
    return {
        **content,
        "marking": {**content["marking"], "state": visible(plain(_(state)))},
        "cover": {**page, "notice": visible(notice(state, steps)), "facts": placed(page["facts"], facts)},
    }


OF_THE_LOG = ("custody", "verify")  # the second prints the log's root


def substance(content: Mapping[str, Any]) -> bytes:
    """Return what the report says of the incident: without its version, its custody log and people's words."""
    own = {_("Report version"), _("Prepared by"), _("Prepared at"), _("Second person"), *labels().values()}
    facts = [fact for fact in content["cover"]["facts"] if fact[0] not in own]
    sections = [section for section in content["sections"] if section["name"] not in OF_THE_LOG]
    return canonical({"title": content["cover"]["title"], "facts": facts, "sections": sections})


def labels() -> dict[str, str]:
    """Step of the review -> what its fact on the first page is called."""
    return {"in_review": _("Sent to review"), "approved": _("Reviewer"), "final": _("Made final")}


def steps_of(words: Sequence[Row]) -> dict[str, Row]:
    """The last word for each step; a version that was sent back to draft begins anew."""
    steps: dict[str, Row] = {}
    for word in words:
        if word["status"] == "draft":
            steps.clear()
        elif word["status"] in STEPS:
            steps[word["status"]] = word
    return steps


def placed(facts: Sequence[Sequence[str]], told: Mapping[str, str]) -> list[list[str]]:
    """The facts with what is told in their places; what has no place yet comes at the end."""
    known = {label for label, _value in facts}
    kept = [[label, told.get(label, value)] for label, value in facts]
    return [*kept, *([label, value] for label, value in told.items() if label not in known)]


def told(content: Mapping[str, Any], state: str, steps: Mapping[str, Row]) -> Iterator[tuple[str, str]]:
    version = {"version": content["marking"]["version"], "state": plain(_(state))}
    yield _("Report version"), _("%(version)s, %(state)s") % version
    for step, label in labels().items():
        if step in steps:
            yield label, signed(steps[step])
    if is_alone(steps):
        yield _("Second person"), _("none: reviewed and approved by the same person")


def signed(word: Row) -> str:
    """Return "Ida Moreau, 2026-11-24 09:00:00 UTC: checked against the log"."""
    return with_reason(f"{word['by']}, {moment(word['at'])}", word)


def is_alone(steps: Mapping[str, Row]) -> bool:
    """Whether one person alone sent it to review and approved it (and made it final, where it is)."""
    return "approved" in steps and len({step["person"] for step in steps.values()}) == 1


def notice(state: str, steps: Mapping[str, Row]) -> str:
    alone = ""
    if is_alone(steps):
        who = {"who": steps["approved"]["by"]}
        alone = _("Reviewed and approved by the same person, %(who)s: nobody else has checked this report.") % who
    if state == "final":
        return alone
    if state == "superseded":
        return _("This version is superseded: a newer one has taken its place.")
    return f"{_('This report is not final. Its state: %(state)s.') % {'state': plain(_(state))}} {alone}".strip()
