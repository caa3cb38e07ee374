"""Load, check, act: what every view does first."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from cases.actor import Actor
from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard.navigation import counted


def incident_or_404(request: HttpRequest, reference: str) -> Incident:
    """The incident if the person is a member of it; for everyone else it does not exist."""
    visible = Incident.objects.visible_to(request.user).select_related("commander")
    incident = counted(visible).filter(reference=reference).first()
    if incident is None:
        raise Http404("no such incident")
    return incident


def require(request: HttpRequest, verb: Verb, incident: Incident) -> None:
    """Raises PermissionDenied when the member's role does not include ``verb``."""
    if verb not in verbs_of(request.user, incident):
        raise PermissionDenied(f"your role in {incident} does not let you {verb}; ask the commander")


def administrators_only(request: HttpRequest) -> None:
    """Raises PermissionDenied for whoever does not run this portal."""
    if not (request.user.is_active and request.user.is_staff):
        raise PermissionDenied("this page is for the administrators of the portal; ask one of them")


def actor(request: HttpRequest) -> Actor:
    """Who acts, for the custody entry."""
    if not request.user.is_authenticated:
        raise PermissionDenied("sign in first")
    return Actor(request.user, "user", request.user.shown_name, request.META.get("REMOTE_ADDR", ""))
