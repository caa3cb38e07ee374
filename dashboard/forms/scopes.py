"""What is known of an incident's scope when somebody asks for a collection."""

from typing import Any

from django.utils import timezone

from cases.models import Incident


def scope_initial(incident: Incident) -> dict[str, Any]:
    """The incident's own window, until now while it lasts; accounts and regions of its newest plan."""
    values: dict[str, Any] = {
        "start": incident.actual_start_at or incident.detected_at,
        "end": incident.contained_at or timezone.now().replace(second=0, microsecond=0),
    }
    if before := incident.plans.order_by("-made_at", "-pk").first():
        values |= {"account": before.scope["accounts"], "region": before.scope["regions"]}
    return values
