"""Configuration changes: what of a resource became different, and by whose call."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import change_pages
from dashboard.access import incident_or_404
from dashboard.views.timeline import answered_in_words


@login_required
@require_safe
@answered_in_words
def changes(request: HttpRequest, reference: str) -> HttpResponse:
    """The newest items of AWS Config that differ from the one before, each with the calls behind it."""
    incident = incident_or_404(request, reference)
    context = change_pages.context_of(incident)
    return render(request, "changes/changes.html", {"incident": incident, **context})
