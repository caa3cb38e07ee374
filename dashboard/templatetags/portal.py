"""The words of every template: icons, states, times, sizes and numbers, each written in one way."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.coverage import Cell
from cases.models import Incident
from collectors import sources
from dashboard.entity_kinds import kind_words
from dashboard.navigation import Place, name_of, places_of
from plugins import text

register = template.Library()
TAIL = 8  # characters of a hash or ARN that stay in sight: they tell two apart

# State -> icon. The tone is the stylesheet's (states.css); the word comes from the model or the page.
ICONS = {
    "not_started": "planned",
    "queued": "planned",
    "identified": "planned",
    "proposed": "planned",
    "draft": "planned",
    "in_progress": "running",
    "requested": "running",
    "acquiring": "running",
    "complete": "done",
    "collected": "done",
    "verified": "done",
    "released": "done",
    "valid": "done",
    "confirmed": "done",
    "approved": "done",
    "standing": "done",
    "withdrawn": "cancelled",
    "expired": "out_of_retention",
    "final": "done",
    "closed": "done",
    "ok": "done",
    "dead": "failed",
    "bad": "failed",
    "acquired": "down",
    "in_examination": "findings",
    "disposal_pending": "onhold",
    "on_hold": "onhold",
    "disposed": "cancelled",
    "dismissed": "cancelled",
    "superseded": "cancelled",
    "integrity_failed": "broken",
    "altered": "broken",
    "submitted": "queue",
    "acknowledged": "person",
    "detection_and_analysis": "findings",
    "containment_eradication_recovery": "sealed",
    "post_incident": "notes",
    "ready_to_close": "flag",
    "in_review": "findings",
    "not_found": "empty",
    "missing": "empty",
    "no_digest": "not_requested",
    "truncated": "partial",
    "changed": "retry",
    "timed_out": "clock",
    "unreadable": "blocked",
    "too_large": "blocked",
    "unsupported": "blocked",
    "interrupted": "blocked",
    "quarantined": "blocked",
    "no_examiner": "blocked",
    "unverified": "blocked",
    "unverifiable": "blocked",
    "unlisted": "blocked",
    "warn": "blocked",
}
CELLS = {
    "collected": gettext_lazy("Collected"),
    "empty": gettext_lazy("Empty"),
    "running": gettext_lazy("Running"),
    "planned": gettext_lazy("Planned"),
    "denied": gettext_lazy("Access denied"),
    "not_enabled": gettext_lazy("Not enabled"),
    "out_of_retention": gettext_lazy("Out of retention"),
    "partial": gettext_lazy("Partial"),
    "failed": gettext_lazy("Failed"),
    "cancelled": gettext_lazy("Cancelled"),
    "not_requested": gettext_lazy("Not requested"),
    "done": gettext_lazy("Done"),
}
ALIVE = frozenset({"running", "in_progress", "acquiring"})


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One symbol of the sprite; it says nothing to a screen reader, so a word must stand beside it."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        f" {extra}" if extra else "",
        static("icons.svg"),
        name,
    )


def state_icon(state: str) -> SafeString:
    return icon(ICONS.get(state, state), "spin" if state in ALIVE else "")


@register.simple_tag
def pill(state: str, word: str) -> SafeString:
    """A state on its ground: for the one state that a row or heading is about."""
    return format_html('<span class="pill" data-state="{}">{}{}</span>', state, state_icon(state), word)


@register.simple_tag
def st(state: str, word: str) -> SafeString:
    """A state in running text."""
    return format_html('<span class="st" data-state="{}">{}{}</span>', state, state_icon(state), word)


@register.simple_tag
def verdict(state: str, word: str) -> SafeString:
    """A validator's word on a file."""
    return st(state, word)


@register.simple_tag
def mark(state: str) -> SafeString:
    """Only the icon of a state, where its word stands elsewhere in the row."""
    return state_icon(state)


@register.simple_tag
def severity(level: int) -> SafeString:
    """OCSF severity as bars and a word; levels below Low and above Critical share their neighbours' icon."""
    shown = min(max(level, 2), 5)
    word = Incident.Severity(level).label
    return format_html('<span class="sev sev-{}">{}{}</span>', shown, icon(f"sev-{shown}"), word)


@register.simple_tag
def tlp(label: str) -> SafeString:
    """The Traffic Light Protocol's label in the standard's own colours (FIRST, TLP 2.0)."""
    colour = label.partition("+")[0]
    return format_html('<span class="tlp tlp-{}">{}</span>', colour, Incident.Tlp(label).label)


@register.simple_tag
def mid(value: str) -> SafeString:
    """A long value shortened in its middle by the stylesheet; copying yields the whole."""
    shown = text.visible(value)
    return format_html(
        '<span class="mid" title="{}"><span>{}</span><span>{}</span></span>', shown, shown[:-TAIL], shown[-TAIL:]
    )


@register.filter
def utc(moment: datetime | None) -> SafeString | str:
    """A moment with its zone, to the second; nothing for None."""
    return timed(moment, "%Y-%m-%d %H:%M:%S") if moment else ""


@register.filter
def utc_minute(moment: datetime | None) -> SafeString | str:
    """A moment with its zone, to the minute: for clocks and lists."""
    return timed(moment, "%Y-%m-%d %H:%M") if moment else ""


def timed(moment: datetime, form: str) -> SafeString:
    exact = moment.astimezone(UTC)
    return format_html(
        '<time datetime="{}">{}<small> UTC</small></time>', f"{exact:%Y-%m-%dT%H:%M:%SZ}", exact.strftime(form)
    )


@register.filter
def utc_clock(moment: datetime) -> SafeString:
    """The time of day of a moment whose day stands above it; the day is in its datetime."""
    return timed(moment, "%H:%M:%S")


@register.filter
def day_clock(moment: datetime) -> SafeString:
    """A moment of a story: month, day and minute; the year and the seconds are in its datetime."""
    return timed(moment, "%m-%d %H:%M")


@register.filter
def since(end: datetime | None, start: datetime | None) -> str:
    """How long from ``start`` to ``end`` in the two largest units: 5 h 04 m."""
    return lasting((end - start).total_seconds()) if end and start else ""


@register.filter
def lasts(time: timedelta) -> str:
    """A length of time in its two largest units."""
    return lasting(time.total_seconds())


@register.filter
def dollars(amount: float) -> str:
    """An amount that was estimated: to the cent, for less would say more than is known."""
    return f"USD {amount:,.2f}" if amount >= 0.01 else _("less than USD 0.01")


STEPS = (("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1))


def lasting(seconds: float) -> str:
    total = max(int(seconds), 0)
    for (name, step), (less, part) in pairwise(STEPS):
        if total >= step:
            return f"{total // step} {name} {total % step // part:02d} {less}"
    return f"{total} s"


@register.filter
def count(number: int | None) -> str:
    """A number with its thousands apart."""
    return f"{number or 0:,}"


@register.filter
def size(number: int | None) -> str:
    """Bytes in decimal units: 1.2 GB."""
    value = float(number or 0)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


@register.filter
def visible(value: object) -> str:
    """Text of strangers with every hidden character as a mark; escaping stays the template's."""
    return text.visible(str(value))


@register.filter
def visible_lines(value: object) -> str:
    """The same for text of several lines."""
    return text.visible(str(value), lines=True)


@register.filter
def has(values: Collection[object] | None, value: object) -> bool:
    """Whether a form's raw values hold ``value``, as text."""
    return str(value) in {str(one) for one in values or ()}


@register.filter
def source_title(name: str) -> str:
    """The title of an evidence source; of one that is not installed its name, what people brought in has none."""
    if name in sources.all():
        return sources.get(name).title
    return _("Upload") if name == "upload" else name.replace("_", " ")


@register.filter
def entity_kind(kind: str) -> str:
    return kind_words(kind)


@register.filter
def cell_word(state: str) -> str:
    """A cell of the coverage matrix in a word, beside its icon."""
    return str(CELLS.get(state, state))


@register.filter
def cell_doubt(cell: Cell) -> str:
    """What speaks against taking a cell for the whole: files that are not right, time that nobody asked for."""
    left = [f"{one.start:%Y-%m-%d %H:%M} - {one.end:%Y-%m-%d %H:%M} UTC" for one in cell.uncovered]
    words = [_("not asked for: %(windows)s") % {"windows": ", ".join(left)}] if left else []
    return "; ".join([*([cell.doubt] if cell.doubt else []), *words])


@register.filter
def tone(level: str) -> str:
    """The state whose tone a message takes."""
    return {"success": "ok", "warning": "warn", "error": "bad"}.get(level, "info")


@register.filter
def places(incident: Incident, request: HttpRequest) -> list[Place]:
    """The navigation of an incident that was loaded through ``incident_or_404``."""
    return places_of(incident, name_of(request))
