"""Leads: where to look first."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import lead_pages
from dashboard.access import incident_or_404


@login_required
@require_safe
def leads(request: HttpRequest, reference: str) -> HttpResponse:
    """Principals, keys, addresses and resources by score, each with its reasons; ``kind`` narrows the list."""
    incident = incident_or_404(request, reference)
    context = lead_pages.context_of(incident, request.GET.dict())
    return render(request, "leads/leads.html", {"incident": incident, **context})
