"""The runs of an incident: what is running, what failed and why; cancelling and asking again."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from cases.actions.runs import cancel_run
from cases.permissions import VERB_OF_PHASE, verbs_of
from dashboard import run_pages
from dashboard.access import actor, incident_or_404, require
from phases.requests import request_again
from plugins import Refused


@login_required
@require_safe
@vary_on_headers("HX-Request")
def runs(request: HttpRequest, reference: str) -> HttpResponse:
    """Runs by request, newest first; a request by htmx gets the live part alone."""
    incident = incident_or_404(request, reference)
    page = run_pages.page_of(incident, request.GET.get("view", "all"), request.GET.get("before", ""))
    context = {"incident": incident, "page": page, "live_change": incident.change}
    return render(request, "runs/_partials/list.html" if is_live(request) else "runs/runs.html", context)


def is_live(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


@login_required
@require_safe
@vary_on_headers("HX-Request")
def run(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """One run: how far it is, what it could not do, and why it ended as it did."""
    incident = incident_or_404(request, reference)
    found = run_pages.run_or_404(incident, number)
    may_act = VERB_OF_PHASE[found.phase] in verbs_of(request.user, incident)
    context = {"incident": incident, "live_change": incident.change, "may_act": may_act}
    template = "runs/_partials/run.html" if is_live(request) else "runs/run.html"
    return render(request, template, {**context, **run_pages.context_of(found, request.GET.dict())})


@login_required
@require_POST
def cancel(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Cancel an active run; what it stored stays."""
    incident = incident_or_404(request, reference)
    found = run_pages.run_or_404(incident, number)
    require(request, VERB_OF_PHASE[found.phase], incident)
    cancel_run(run=found, by=actor(request), reason=request.POST.get("reason", "")[:2000])
    messages.success(request, _("Run %(n)s is cancelled. What it stored stays.") % {"n": found.pk})
    return redirect("run", reference, number)


@login_required
@require_POST
def again(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Ask for the same work once more."""
    incident = incident_or_404(request, reference)
    found = run_pages.run_or_404(incident, number)
    require(request, VERB_OF_PHASE[found.phase], incident)
    try:
        new, is_new = request_again(run=found, by=actor(request))
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("run", reference, number)
    messages.success(request, _("Asked again.") if is_new else _("It is at work already."))
    return redirect("run", reference, new.pk)
