from dataclasses import replace
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import retry_safe
from api.serializers import timeline_entries as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404
from api.views.findings import finding_of
from cases.actions.timeline_entries import add_to_timeline, withdraw_from_timeline
from cases.models import Incident, TimelineEntry
from cases.permissions import Verb
from cases.stores import reader_of
from cases.tellings import Telling, telling_of_event, telling_of_finding


class TimelineEntries(PortalView):
    @extend_schema(
        operation_id="list_timeline_entries",
        parameters=[forms.TimelineEntryQuery],
        responses=page_of(forms.TimelineEntryShown),
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the case timeline, withdrawn entries too, in the order in which they were added."""
        entries = self.incident().timeline_entries.for_lists()
        return self.page(entries, forms.ENTRIES, forms.TimelineEntryQuery, forms.TimelineEntryShown)

    @extend_schema(
        operation_id="add_timeline_entry",
        request=forms.TimelineEntryInput,
        responses={201: forms.TimelineEntryShown, 200: forms.TimelineEntryShown},
    )
    @retry_safe
    def post(self, request: Request, reference: str) -> Response:
        """Add an event, a finding or a sentence of your own: 201; what stands already is shown as it is with 200."""
        incident = self.incident(Verb.NOTE)
        telling = telling_of(incident, self.body(forms.TimelineEntryInput))
        entry, is_new = add_to_timeline(incident=incident, telling=telling, by=self.actor)
        where = self.address("api:timeline_entry", reference=reference, entry=entry.pk)
        return self.show(entry, forms.TimelineEntryShown, 201 if is_new else 200, Location=where)


class OneTimelineEntry(PortalView):
    @extend_schema(operation_id="get_timeline_entry", responses=forms.TimelineEntryShown)
    def get(self, request: Request, reference: str, entry: int) -> Response:
        """Show one entry of the case timeline."""
        return self.show(entry_of(self.incident(), entry), forms.TimelineEntryShown)


class Withdrawal(PortalView):
    @extend_schema(
        operation_id="withdraw_timeline_entry", request=forms.WithdrawalInput, responses=forms.TimelineEntryShown
    )
    @retry_safe
    def post(self, request: Request, reference: str, entry: int) -> Response:
        """Take an entry back; withdrawn before, it is shown as it is."""
        incident = self.incident(Verb.NOTE)
        reason = self.body(forms.WithdrawalInput)["reason"]
        withdraw_from_timeline(entry=entry_of(incident, entry), reason=reason, by=self.actor)
        return self.show(entry_of(incident, entry), forms.TimelineEntryShown)


def entry_of(incident: Incident, number: int) -> TimelineEntry:
    found: TimelineEntry = or_404(incident.timeline_entries.for_lists().filter(pk=number).first(), f"entry {number}")
    return found


def telling_of(incident: Incident, values: dict[str, Any]) -> Telling:
    """What the body says. Raises Http404 for an event or finding that is not there, Untimed for one without a time."""
    telling = subject_of(incident, values)
    given = values.get("techniques", telling.techniques)
    return replace(telling, text=values["text"], techniques=tuple(dict.fromkeys(given)))


def subject_of(incident: Incident, values: dict[str, Any]) -> Telling:
    if key := values.get("event"):
        reader = reader_of(incident)
        return telling_of_event(or_404(reader.event(key) if reader else None, f"event {key}"))
    if number := values.get("finding"):
        return telling_of_finding(finding_of(incident, number))
    return Telling(values["at"], values["title"])
