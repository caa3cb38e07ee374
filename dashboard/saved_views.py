"""The saved views of an incident, as its timeline lists them."""

from typing import TYPE_CHECKING, Any

from cases.models import Incident, SavedView

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from cases.models import User


def context_of(incident: Incident, user: "User | AnonymousUser") -> dict[str, Any]:
    """The views by name, and those of them that the person may remove. One query; there are at most fifty."""
    views = list(incident.saved_views.select_related("incident").order_by("name"))
    return {"views": views, "removable": [view for view in views if may_remove(user, view)]}


def may_remove(user: "User | AnonymousUser", view: SavedView) -> bool:
    return user.pk in (view.made_by_id, view.incident.commander_id)
