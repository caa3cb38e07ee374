from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from analyzers.stix import read_json
from api.idempotency import retry_safe
from api.serializers import indicators as forms
from api.serializers.base import page_of
from api.views.base import PortalView
from cases.permissions import Verb
from phases.indicators import take_in

ORIGIN = "API"


class Indicators(PortalView):
    @extend_schema(
        operation_id="list_indicators", parameters=[forms.IndicatorQuery], responses=page_of(forms.IndicatorShown)
    )
    def get(self, request: Request, reference: str) -> Response:
        """List the values that are looked for in the events of an incident."""
        rows = self.incident().indicators.with_finding().select_related("added_by")
        return self.page(rows, forms.ORDER, forms.IndicatorQuery, forms.IndicatorShown)

    @extend_schema(operation_id="add_indicators", request={"application/json": forms.BODY}, responses=forms.IntakeShown)
    @retry_safe
    def post(self, request: Request, reference: str) -> Response:
        """Take in a list of values or a STIX 2.1 bundle; what is known already changes nothing."""
        incident = self.incident(Verb.ANALYZE)
        reading = read_json(request._request.body, request.data, ORIGIN, timezone.now())
        return self.show(take_in(incident=incident, reading=reading, by=self.actor), forms.IntakeShown)
