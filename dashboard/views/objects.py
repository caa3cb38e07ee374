"""Objects in S3: what was read, put under another key, and deleted."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import object_pages
from dashboard.access import incident_or_404


@login_required
@require_safe
def objects(request: HttpRequest, reference: str) -> HttpResponse:
    """Each bucket and principal with its counts, the gravest first."""
    incident = incident_or_404(request, reference)
    return render(request, "objects/objects.html", {"incident": incident, **object_pages.context_of(incident)})
