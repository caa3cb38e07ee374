"""One entity: a principal, an access key, an address or a resource, and all that it is tied to."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import entity_pages
from dashboard.access import incident_or_404
from dashboard.views.timeline import answered_in_words


@login_required
@require_safe
@answered_in_words
def entity(request: HttpRequest, reference: str) -> HttpResponse:
    """What ``kind`` and ``value`` of the address name: deeds, ways, who was behind it, what it touched and became."""
    incident = incident_or_404(request, reference)
    context = entity_pages.context_of(incident, request.GET.dict())
    return render(request, "entities/entity.html", {"incident": incident, **context})
