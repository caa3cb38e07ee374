"""The one door to evidence bytes and event rows: always for an incident that came through ``visible_to``."""

from datetime import timedelta

from django.conf import settings

from cases.models import EvidencePart, Incident
from cases.places import Place, WrongPlaces, vault_places
from events import EventFiles, Reader, open_events
from vault import Vault, open_vault


def vault_of(incident: Incident, place: str = "") -> Vault:
    """The vault at ``place``, by default where the incident's own bytes (reports) lie. Raises WrongPlaces."""
    return open_vault(found(place or incident.place).vault)


def vault_holding(part: EvidencePart) -> Vault:
    """The vault in which the part was stored. Raises WrongPlaces."""
    return open_vault(found(part.place).vault)


def found(place: str) -> Place:
    """The place of this name; where there is only one, it is that one, whatever it was called before."""
    places = vault_places()
    if len(places) == 1:
        return next(iter(places.values()))
    if place not in places:
        raise WrongPlaces(f"VAULT_URL names no place {place!r}, but evidence lies there; add it again")
    return places[place]


def sweep_vault(older_than: timedelta) -> int:
    """Remove what crashed writes left behind; returns how many files. No evidence is ever touched."""
    return sum(open_vault(place.vault).sweep(older_than) for place in vault_places().values())


def events_of(incident: Incident) -> EventFiles:
    """Where the incident's event files are written: beside the vault of its own place."""
    return open_events(found(incident.place).events, incident.reference)


def reader_of(incident: Incident) -> Reader | None:
    """The indexed events of the incident as its newest manifest names them; None before the first index."""
    if not incident.events_manifest:
        return None
    return events_of(incident).reader(incident.events_manifest, seconds=settings.EVENTS_SECONDS)
