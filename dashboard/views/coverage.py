"""What was collected from where, in full."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from cases.permissions import verbs_of
from dashboard.access import incident_or_404
from dashboard.coverage_pages import page_of
from dashboard.views.runs import is_live


@login_required
@require_safe
@vary_on_headers("HX-Request")
def coverage(request: HttpRequest, reference: str) -> HttpResponse:
    """The matrix of account, region and source; a request by htmx gets the live part alone."""
    incident = incident_or_404(request, reference)
    page = page_of(incident, request.GET.dict())
    context = {"incident": incident, "page": page, "matrix": page.matrix, "live_change": incident.change}
    template = "coverage/_partials/page.html" if is_live(request) else "coverage/coverage.html"
    return render(request, template, {**context, "verbs": verbs_of(request.user, incident)})
