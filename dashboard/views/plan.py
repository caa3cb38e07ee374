"""Collecting by a playbook: choose it, say what the incident is about, look at the plan, start it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from cases.actor import Actor
from cases.models import CollectionPlan, Incident
from cases.permissions import Verb, verbs_of
from collectors import sources
from dashboard import plan_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.plan import PlanForm
from dashboard.views.runs import is_live
from phases import plan_runs
from phases.estimates import request_estimate
from phases.plans import Plan, plan_of, shelf
from plugins import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def plan(request: HttpRequest, reference: str) -> HttpResponse:
    """Choose a playbook, then say what it is about: a draft is kept, a worker counts, nothing is collected."""
    incident = incident_or_404(request, reference)
    require(request, Verb.COLLECT, incident)
    playbook = shelf().get(request.GET.get("playbook", ""))
    if playbook is None:
        return choice(request, incident)
    form = PlanForm(playbook, incident, request.POST or None)
    if form.is_valid():
        try:
            made = preview(incident, plan_of(playbook, form.scope()), actor(request))
        except Refused as problem:
            form.refuse(problem)
        else:
            return redirect("plan_shown", reference, made.request)
    context = {"incident": incident, "form": form, "playbook": playbook, "installed": sources.all()}
    return render(request, "plan/scope.html", context, status=422 if form.is_bound else 200)


def choice(request: HttpRequest, incident: Incident) -> HttpResponse:
    """Which playbook; and the plans there are."""
    made = list(incident.plans.for_lists()[:20])
    context = {"incident": incident, "shelf": shelf(), "plans": made}
    return render(request, "plan/choice.html", context, status=404 if request.GET.get("playbook") else 200)


@transaction.atomic
def preview(incident: Incident, made: Plan, by: Actor) -> CollectionPlan:
    """Keep the draft and let a worker count what it would bring."""
    row = plan_runs.make_plan(incident=incident, plan=made, by=by)
    request_estimate(plan=row, by=by)
    return row


@login_required
@require_safe
@vary_on_headers("HX-Request")
def plan_shown(request: HttpRequest, reference: str, number: UUID) -> HttpResponse:
    """A plan: its steps with their reasons, what cannot be asked, what was counted, how far it is."""
    incident = incident_or_404(request, reference)
    found = plan_or_404(incident, number)
    context = {"incident": incident, "live_change": incident.change, "verbs": verbs_of(request.user, incident)}
    template = "plan/_partials/plan.html" if is_live(request) else "plan/plan.html"
    return render(request, template, {**context, **plan_pages.context_of(found)})


@login_required
@require_POST
def start_plan(request: HttpRequest, reference: str, number: UUID) -> HttpResponse:
    """Start it: everything that it asks for."""
    incident = incident_or_404(request, reference)
    require(request, Verb.COLLECT, incident)
    try:
        is_new = plan_runs.start(plan=plan_or_404(incident, number), by=actor(request))
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Started.") if is_new else _("It was started already."))
    return redirect("plan_shown", reference, number)


@login_required
@require_POST
def count_plan(request: HttpRequest, reference: str, number: UUID) -> HttpResponse:
    """Let a worker count once more what it would bring."""
    incident = incident_or_404(request, reference)
    require(request, Verb.COLLECT, incident)
    try:
        request_estimate(plan=plan_or_404(incident, number), by=actor(request))
    except Refused as problem:
        messages.error(request, str(problem))
    return redirect("plan_shown", reference, number)


def plan_or_404(incident: Incident, number: UUID) -> CollectionPlan:
    """The plan of this incident, never another's."""
    found = incident.plans.for_lists().select_related("incident").filter(request=number).first()
    if found is None:
        raise Http404("no such plan")
    return found
