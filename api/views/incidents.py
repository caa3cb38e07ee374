from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from api.idempotency import retry_safe
from api.problems import Conflict, PreconditionRequired
from api.serializers import incidents as forms
from api.serializers.base import page_of
from api.views.base import PortalView
from cases.actions.incidents import Particulars, VersionConflict, change_incident, change_state, open_incident
from cases.models import Incident
from cases.permissions import Verb

IF_MATCH = OpenApiParameter("If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag seen, or *.")


class Incidents(PortalView):
    @extend_schema(
        operation_id="list_incidents", parameters=[forms.IncidentQuery], responses=page_of(forms.IncidentRow)
    )
    def get(self, request: Request) -> Response:
        """List the incidents that you are a member of."""
        seen = Incident.objects.visible_to(self.user).select_related("commander")
        return self.page(seen, forms.ORDER, forms.IncidentQuery, forms.IncidentRow)

    @extend_schema(
        operation_id="open_incident",
        request=forms.IncidentInput,
        responses={201: forms.IncidentShown, 200: forms.IncidentShown},
    )
    @retry_safe
    def post(self, request: Request) -> Response:
        """Open an incident: 201; with a known source and source_ref 200 and the incident there is."""
        values = self.body(forms.IncidentInput)
        commander = values.pop("commander", None)
        incident, is_new = open_incident(particulars=Particulars(**values), by=self.actor, commander=commander)
        if not Incident.objects.visible_to(self.user).filter(pk=incident.pk).exists():
            raise Conflict("this source_ref was opened by others and you are no member of it; ask its commander")
        self.kwargs["reference"] = incident.reference
        return shown(self, incident, 201 if is_new else 200)


class OneIncident(PortalView):
    @extend_schema(operation_id="get_incident", responses=forms.IncidentShown)
    def get(self, request: Request, reference: str) -> Response:
        """Show an incident with its four phases; the ETag is for If-Match."""
        return shown(self, self.incident())

    @extend_schema(
        operation_id="change_incident",
        request=forms.IncidentChange,
        parameters=[IF_MATCH],
        responses=forms.IncidentShown,
    )
    def patch(self, request: Request, reference: str) -> Response:
        """Change particulars; 412 if somebody else was quicker, 428 without If-Match."""
        incident = self.incident(Verb.TRANSITION)
        values = self.body(forms.IncidentChange)
        changed = change_incident(incident=incident, values=values, by=self.actor, version=version_of(request))
        return shown(self, changed)


class Transitions(PortalView):
    @extend_schema(operation_id="change_state", request=forms.TransitionInput, responses={201: forms.IncidentShown})
    @retry_safe
    def post(self, request: Request, reference: str) -> Response:
        """Move the incident to another state; 409 says what is missing."""
        incident = self.incident(Verb.TRANSITION)
        values = self.body(forms.TransitionInput)
        change_state(incident=incident, to=values["to"], reason=values["reason"], by=self.actor)
        return shown(self, self.incident(), 201)


def shown(view: PortalView, incident: Incident, status: int = 200) -> Response:
    headers: dict[str, Any] = {"ETag": f'"{incident.version}"'}
    if status == 201:
        headers["Location"] = view.address("api:incident", reference=incident.reference)
    return view.show(incident, forms.IncidentShown, status, **headers)


def version_of(request: Request) -> int | None:
    """The version in If-Match; None for ``*``. Raises PreconditionRequired, or VersionConflict for no tag of ours."""
    given = request.headers.get("If-Match")
    if given is None:
        raise PreconditionRequired('send If-Match with the ETag of the incident as you saw it, such as "3"')
    if given.strip() == "*":
        return None
    tag = given.strip().strip('"')
    if not (tag.isdecimal() and tag.isascii() and len(tag) < 10):
        raise VersionConflict(f"If-Match {given[:50]} is no ETag of this incident; read it again")
    return int(tag)
