"""The queue: the incidents that a person belongs to, each with its four stations and what it waits for."""

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from cases.models import Incident, Phase, Unit
from charts import Svg, mini
from dashboard.decisions import decisions_of
from dashboard.sights import Sight, sights_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from cases.models import User

PAGE = 50
Stations = dict[str, dict[str, int]]


@dataclass(frozen=True, slots=True)
class Line:
    """One incident of the queue; ``waits_for`` is empty when it waits for nobody."""

    incident: Incident
    stations: Svg
    waits_for: str
    is_at_work: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """One page of it; ``before`` is where the next one begins. ``counts`` are of the whole views, by name."""

    lines: list[Line]
    counts: dict[str, int]
    view: str
    q: str
    before: int | None


def queue_of(user: "User | AnonymousUser", view: str, q: str, before: str) -> Queue:
    """At most 50 incidents, newest first, in four queries."""
    seen = Incident.objects.visible_to(user)
    counts = seen.aggregate(
        open=Count("pk", filter=~Q(state="closed")),
        mine=Count("pk", filter=~Q(state="closed") & Q(commander=user.pk)),
        closed=Count("pk", filter=Q(state="closed")),
    )
    view = view if view in counts else "open"
    found = after(matching(in_view(seen.for_lists(), view, user.pk), q), before)
    incidents = list(found[: PAGE + 1])
    stations, sights = stations_of(incidents), sights_of(incidents)
    lines = [line_of(sights[incident.pk], stations[incident.pk]) for incident in incidents[:PAGE]]
    return Queue(lines, counts, view, q, incidents[PAGE - 1].pk if len(incidents) > PAGE else None)


def in_view(seen: "QuerySet[Incident]", view: str, user_id: int | None) -> "QuerySet[Incident]":
    if view == "closed":
        return seen.filter(state=Incident.State.CLOSED)
    still = seen.exclude(state=Incident.State.CLOSED)
    return still.filter(commander=user_id) if view == "mine" else still


def matching(incidents: "QuerySet[Incident]", q: str) -> "QuerySet[Incident]":
    words = Q(reference__icontains=q) | Q(title__icontains=q) | Q(source_ref__iexact=q)
    return incidents.filter(words) if q else incidents


def after(incidents: "QuerySet[Incident]", before: str) -> "QuerySet[Incident]":
    """What comes after the incident with the primary key ``before``, newest first."""
    if not (before.isdecimal() and len(before) < 16):
        return incidents
    opened = Incident.objects.filter(pk=int(before)).values("opened_at")[:1]
    return incidents.filter(Q(opened_at__lt=opened) | Q(opened_at=opened, pk__lt=int(before)))


def stations_of(incidents: list[Incident]) -> dict[int, Stations]:
    """Incident -> phase -> unit state -> how many, of the newest runs; one query."""
    rows = (
        Unit.objects.filter(run__incident__in=incidents, run__is_newest=True)
        .order_by()
        .values_list("run__incident", "run__phase", "state")
        .annotate(Count("pk"))
    )
    stations: dict[int, Stations] = {incident.pk: defaultdict(dict) for incident in incidents}
    for incident, phase, state, many in rows:
        stations[incident][phase][state] = many
    return stations


def line_of(sight: Sight, stations: Stations) -> Line:
    """The most pressing question of the incident's own page is what it waits for."""
    drawn = mini([stations.get(phase, {}) for phase in Phase.values], label=spoken(stations))
    first = next(iter(decisions_of(sight)), None)
    return Line(sight.incident, drawn, first.brief if first else "", sight.is_at_work)


def spoken(stations: Stations) -> str:
    """The four stations in words: "Collection 2 of 3, ..."."""
    parts = [
        _("%(phase)s %(done)s of %(all)s")
        % {"phase": phase.label, "done": units.get("done", 0) + units.get("empty", 0), "all": sum(units.values())}
        for phase in Phase
        if (units := stations.get(phase))
    ]
    return ", ".join(parts) or _("Nothing started")
