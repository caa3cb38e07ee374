"""The queue of incidents, and opening a new one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from cases.actions.incidents import open_incident
from dashboard.access import actor
from dashboard.forms.incidents import IncidentForm
from dashboard.queues import queue_of


@login_required
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """The incidents that one belongs to; ``view`` is open, mine or closed, ``q`` searches."""
    query = request.GET
    page = queue_of(request.user, query.get("view", "open"), query.get("q", "").strip(), query.get("before", ""))
    return render(request, "queue/queue.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new_incident(request: HttpRequest) -> HttpResponse:
    """Open an incident; who opens it commands it."""
    form = IncidentForm(request.POST or None)
    if form.is_valid():
        incident, _ = open_incident(particulars=form.particulars(), by=actor(request))
        return redirect("incident", incident.reference)
    return render(request, "queue/new.html", {"form": form}, status=422 if form.is_bound else 200)
