from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import retry_safe
from api.problems import Conflict
from api.serializers import runs as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404
from cases.actions.runs import cancel_run
from cases.models import Incident, Phase, Run
from cases.permissions import Verb, require
from cases.words import said_since
from phases.next_steps import advance
from phases.requests import Wish, request_collection, request_report

VERBS = {
    Phase.COLLECTION: Verb.COLLECT,
    Phase.EXAMINATION: Verb.EXAMINE,
    Phase.ANALYSIS: Verb.ANALYZE,
    Phase.REPORTING: Verb.ANALYZE,
}


class Runs(PortalView):
    @extend_schema(operation_id="list_runs", parameters=[forms.RunQuery], responses=page_of(forms.RunRow))
    def get(self, request: Request, reference: str) -> Response:
        """List the runs of an incident."""
        runs = self.incident().runs.select_related("requested_by", "evidence")
        return self.page(runs, forms.ORDER, forms.RunQuery, forms.RunRow)

    @extend_schema(operation_id="start_run", request=forms.RunInput, responses={202: forms.RunShown})
    @retry_safe
    def post(self, request: Request, reference: str) -> Response:
        """Start a collection, or a later phase now: 202 and where to look. Asked again, an active one is found."""
        incident = self.incident()
        values = self.body(forms.RunInput)
        phase = Phase(values.pop("phase", Phase.COLLECTION))
        require(self.user, VERBS[phase], incident)
        run = self.collect(incident, values) if phase == Phase.COLLECTION else self.advance(incident, phase)
        where = self.address("api:run", reference=reference, run=run.pk)
        return self.show(run, forms.RunShown, 202, Location=where)

    def collect(self, incident: Incident, values: dict[str, Any]) -> Run:
        wish = Wish(**values | {"resources": tuple(values["resources"])})
        run, _ = request_collection(incident=incident, wish=wish, by=self.actor)
        return run

    def advance(self, incident: Incident, phase: Phase) -> Run:
        """The first run that is due in the phase, or the one at work. Raises Conflict when nothing is to be done."""
        made = advance(incident, by=self.actor, only=phase)
        run = made[0] if made else incident.runs.of(phase).active().order_by("pk").first()
        if run is None and phase == Phase.REPORTING and has_more_to_say(incident):
            run, _ = request_report(incident=incident, by=self.actor)
        if run is None:
            raise Conflict(
                f"no {phase} is due in {incident}: what there is has been through it, or work before it goes on"
            )
        return run


def has_more_to_say(incident: Incident) -> bool:
    """Whether people said something that the newest version of the report does not hold."""
    newest = incident.reports.order_by("-version").first()
    return newest is not None and bool(said_since(newest))


class OneRun(PortalView):
    @extend_schema(operation_id="get_run", responses=forms.RunShown)
    def get(self, request: Request, reference: str, run: int) -> Response:
        """Show how far a run is."""
        return self.show(run_of(self.incident(), run), forms.RunShown)


class Cancellation(PortalView):
    @extend_schema(operation_id="cancel_run", request=forms.CancelInput, responses=forms.RunShown)
    @retry_safe
    def post(self, request: Request, reference: str, run: int) -> Response:
        """Cancel a run; one that has ended stays as it ended."""
        incident = self.incident()
        found = run_of(incident, run)
        require(self.user, VERBS[Phase(found.phase)], incident)
        cancel_run(run=found, by=self.actor, reason=self.body(forms.CancelInput)["reason"])
        return self.show(run_of(incident, run), forms.RunShown)


def run_of(incident: Incident, number: int) -> Run:
    run: Run = or_404(incident.runs.select_related("requested_by", "evidence").filter(pk=number).first(), "such run")
    return run
