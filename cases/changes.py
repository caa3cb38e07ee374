"""Tell whoever listens that an incident changed, after the change is committed."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

Listener = Callable[[int], None]
listeners: list[Listener] = []  # filled at start by phases, which knows the broker


def tell_on_commit(incident_id: int) -> None:
    transaction.on_commit(partial(tell, incident_id))


def tell(incident_id: int) -> None:
    for listener in listeners:
        listener(incident_id)
