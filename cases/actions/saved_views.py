"""Questions to the events that members keep for each other under a name."""

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, Deed, append_entry
from cases.actions.incidents import IncidentClosed
from cases.actor import Actor
from cases.models import Incident, SavedView
from cases.texts import kept
from plugins import Refused

MOST_VIEWS = 50


class NameTaken(Refused):
    """Another question has this name in the incident; take another one."""


class TooManyViews(Refused):
    """The incident has as many saved views as a page can list; remove one first."""


@transaction.atomic
def save_view(*, incident: Incident, name: str, query: str, by: Actor) -> tuple[SavedView, bool]:
    """Return the view and whether it is new; the same question under the same name is that one.

    Raises NameTaken, TooManyViews, IncidentClosed. Entry: view_saved, when new.
    """
    incident = Incident.objects.select_for_update().get(pk=incident.pk)
    name = kept(name, 80)
    if not incident.is_open:
        raise IncidentClosed(f"{incident} is closed; reopen it before saving a view")
    if known := incident.saved_views.filter(name=name).first():
        if known.query == query:
            return known, False
        raise NameTaken(f"another view of {incident} is called {name!r}; take another name, or remove that one first")
    if incident.saved_views.count() >= MOST_VIEWS:
        raise TooManyViews(f"{incident} has {MOST_VIEWS} saved views; remove one first")
    view = SavedView.objects.create(incident=incident, name=name, query=query, made_by=by.user, made_at=timezone.now())
    append_entry(log=incident.reference, deed=Deed(Action.VIEW_SAVED, about(view)), by=by)
    return view, True


@transaction.atomic
def remove_view(*, view: SavedView, by: Actor) -> bool:
    """Forget a view; False if somebody did already. Entry: view_removed, once."""
    if not SavedView.objects.filter(pk=view.pk).delete()[0]:
        return False
    append_entry(log=view.incident.reference, deed=Deed(Action.VIEW_REMOVED, about(view)), by=by)
    return True


def about(view: SavedView) -> dict[str, str]:
    """The object of a custody entry that speaks of a saved view."""
    return {"type": "saved_view", "id": str(view.pk), "name": view.name, "query": view.query}
