"""What the pages say of places: where evidence lies, what allows that, what was refused."""

from typing import Any

from django.db.models import Count, Sum

from cases.models import CustodyEntry, EvidencePart, Incident, Policy
from cases.models.custody import CustodyEntryQuerySet
from dashboard import custody_lines

SHOWN = 20
FEW = 4
COPIES = (CustodyEntry.Action.COPIED, CustodyEntry.Action.COPIED_CROSS_REGION)


def refusals_of(incident: Incident) -> CustodyEntryQuerySet:
    return custody_lines.entries_of(incident).filter(action=CustodyEntry.Action.MOVE_REFUSED).order_by("-seq")


def panel_of(incident: Incident) -> dict[str, Any]:
    """What the incident's own page shows of it, in two queries; empty where nothing was out of the ordinary."""
    return {
        "authorizations": list(incident.authorizations.for_lists()[:FEW]),
        "refusals": [custody_lines.Line.of(entry) for entry in refusals_of(incident)[:FEW]],
    }


def context_of(incident: Incident) -> dict[str, Any]:
    """Everything on the page of places."""
    copies = custody_lines.entries_of(incident).filter(action__in=COPIES).order_by("-seq")
    parts = EvidencePart.objects.filter(evidence__incident=incident).order_by()
    lying = parts.values("evidence__jurisdiction", "place").annotate(n=Count("pk"), bytes=Sum("size"))
    return {
        "authorizations": list(incident.authorizations.for_lists()[:200]),
        "refusals": [custody_lines.Line.of(entry) for entry in refusals_of(incident)[:SHOWN]],
        "copies": [custody_lines.Line.of(entry) for entry in copies[:SHOWN]],
        "lying": list(lying.order_by("evidence__jurisdiction", "place")),
        "policies": list(Policy.objects.for_lists()),
    }
