from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import retry_safe
from api.serializers import plans as forms
from api.serializers.base import page_of
from api.views.base import PortalView, or_404, valid
from cases.models import CollectionPlan, Incident
from cases.permissions import Verb
from phases.estimates import request_estimate
from phases.plan_runs import make_plan, start
from phases.plans import Plan, plan_of, playbook_named, shelf


class Playbooks(PortalView):
    @extend_schema(operation_id="list_playbooks", responses=page_of(forms.PlaybookShown))
    def get(self, request: Request) -> Response:
        """List the playbooks there are, all of them at once."""
        valid(forms.NoQuery, request.query_params.dict())
        return Response({"next": None, "results": forms.PlaybookShown(shelf().playbooks, many=True).data})


class Plans(PortalView):
    @extend_schema(operation_id="list_plans", parameters=[forms.PlanQuery], responses=page_of(forms.PlanRow))
    def get(self, request: Request, reference: str) -> Response:
        """List the plans of an incident, drafts too."""
        plans = self.incident().plans.select_related("made_by", "started_by")
        return self.page(plans, forms.ORDER, forms.PlanQuery, forms.PlanRow)

    @extend_schema(
        operation_id="start_plan",
        request=forms.PlanInput,
        responses={202: forms.PlanShown, 200: forms.PlanShown},
    )
    @retry_safe
    def post(self, request: Request, reference: str) -> Response:
        """Start everything that a playbook asks for: 202 and where to look; with dry_run 200 and the plan alone.

        With is_draft nothing starts but the count of what it would bring, which its address then shows.
        """
        incident = self.incident(Verb.COLLECT)
        values = self.body(forms.PlanInput)
        plan = plan_of(playbook_named(values["playbook"]), forms.scope_from(values))
        if values["dry_run"]:
            return self.show(self.unsaved(incident, plan), forms.PlanShown)
        row = make_plan(incident=incident, plan=plan, by=self.actor)
        if values["is_draft"]:
            request_estimate(plan=row, by=self.actor)
        else:
            start(plan=row, by=self.actor)
        where = self.address("api:plan", reference=reference, plan=str(row.request))
        return self.show(row, forms.PlanShown, 202, Location=where)

    def unsaved(self, incident: Incident, plan: Plan) -> CollectionPlan:
        """The plan as it would be kept."""
        draft = plan.draft()
        names = {"playbook": draft.playbook, "title": draft.title, "made_by": self.user}
        return CollectionPlan(incident=incident, scope=draft.scope, steps=draft.steps, **names)


class PlanStart(PortalView):
    @extend_schema(operation_id="start_draft", request=None, responses={202: forms.PlanShown})
    @retry_safe
    def post(self, request: Request, reference: str, plan: UUID) -> Response:
        """Start a draft; started before, it is shown as it is."""
        found = plan_or_404(self.incident(Verb.COLLECT), plan)
        start(plan=found, by=self.actor)
        found.refresh_from_db()
        where = self.address("api:plan", reference=reference, plan=str(found.request))
        return self.show(found, forms.PlanShown, 202, Location=where)


class OnePlan(PortalView):
    @extend_schema(operation_id="get_plan", responses=forms.PlanShown)
    def get(self, request: Request, reference: str, plan: UUID) -> Response:
        """Show a plan: its steps, what was counted, and how far its runs are."""
        return self.show(plan_or_404(self.incident(), plan), forms.PlanShown)


def plan_or_404(incident: Incident, plan: UUID) -> CollectionPlan:
    rows = incident.plans.select_related("incident", "made_by", "started_by")
    found: CollectionPlan = or_404(rows.filter(request=plan).first(), "such plan")
    return found
