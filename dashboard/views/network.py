"""The network: which machines talked to which addresses."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dashboard import network_pages
from dashboard.access import incident_or_404
from dashboard.views.timeline import answered_in_words


@login_required
@require_safe
@answered_in_words
def network(request: HttpRequest, reference: str) -> HttpResponse:
    """Each pair of interface and address, in the ``order`` of the address; private ones with ``inside=1``."""
    incident = incident_or_404(request, reference)
    context = network_pages.context_of(incident, request.GET.dict())
    return render(request, "network/network.html", {"incident": incident, **context})
