"""The places of an incident, as its navigation lists them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Evidence, Finding, GapRecord, Incident, Note, Run

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

# (URL name, icon, word, the annotation that is shown beside it, its state, further URL names inside it)
PLACES: tuple[tuple[str, str, "StrPromise", str, str, tuple[str, ...]], ...] = (
    ("incident", "overview", _("Overview"), "", "", ()),
    ("timeline", "timeline", _("Timeline"), "", "", ("event", "save_view")),
    ("story", "activity", _("Case timeline"), "", "", ("add_event_to_story", "add_finding_to_story")),
    ("evidence", "evidence", _("Evidence"), "evidence_count", "", ("exhibit",)),
    ("coverage", "tasks", _("Coverage"), "", "", ()),
    ("runs", "runs", _("Runs"), "active_runs", "running", ("run", "collect", "plan", "plan_shown")),
    ("leads", "flag", _("Leads"), "", "", ("entity",)),
    ("findings", "findings", _("Findings"), "finding_count", "", ("finding", "decide_finding")),
    ("objects", "down", _("Objects"), "", "", ()),
    ("network", "graph", _("Network"), "", "", ()),
    ("changes", "gear", _("Changes"), "", "", ()),
    ("indicators", "indicator", _("Indicators"), "", "", ()),
    ("gaps", "blocked", _("Gaps"), "open_gaps", "warn", ()),
    ("notes", "notes", _("Notes"), "note_count", "", ("revise_note", "note_event", "note_finding")),
    ("report", "report", _("Report"), "", "", ("report_version", "decide_report")),
    ("custody", "sealed", _("Custody log"), "", "", ("custody_entry",)),
    ("places", "link", _("Places"), "", "", ()),
    ("members", "person", _("Members"), "", "", ()),
)


@dataclass(frozen=True, slots=True)
class Place:
    """One line of the navigation. ``counter`` names what is counted beside it, if anything; None shows no number."""

    url: str
    icon: str
    word: str
    counter: str
    count: int | None
    state: str
    is_here: bool


def counted(incidents: QuerySet[Incident]) -> QuerySet[Incident]:
    """Annotate what the navigation counts, inside the query that loads the incident."""
    return incidents.annotate(
        evidence_count=number_of(Evidence.objects.all()),
        active_runs=number_of(Run.objects.active()),
        finding_count=number_of(Finding.objects.detections().standing()),
        open_gaps=number_of(GapRecord.objects.open()),
        note_count=number_of(Note.objects.all()),
    )


def number_of(
    rows: "QuerySet[Evidence] | QuerySet[Run] | QuerySet[Finding] | QuerySet[GapRecord] | QuerySet[Note]",
) -> Coalesce:
    own = rows.filter(incident=OuterRef("pk")).order_by().values("incident").annotate(n=Count("pk"))
    return Coalesce(Subquery(own.values("n")), 0)


def places_of(incident: Incident, here: str) -> list[Place]:
    """Where one can go from here; a count of nothing that needs a person is not shown."""
    return [
        Place(
            url=reverse(name, args=[incident.reference]),
            icon=icon,
            word=str(word),
            counter=counter,
            count=number if (number := getattr(incident, counter, None)) or not state else None,
            state=state,
            is_here=here == name or here in inside,
        )
        for name, icon, word, counter, state, inside in PLACES
    ]


def name_of(request: HttpRequest) -> str:
    return (request.resolver_match.url_name or "") if request.resolver_match else ""
