"""One incident: its command centre, the part of it that is live, and its moves from state to state."""

from itertools import chain
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from cases.actions.incidents import IncidentClosed, TransitionRefused, change_incident, change_state, next_states
from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard.access import actor, incident_or_404, require
from dashboard.boards import context_of
from dashboard.forms.incidents import OutcomeForm, TransitionForm
from dashboard.places import panel_of
from phases.next_steps import advance as make_next_runs


def moves_of(incident: Incident) -> dict[str, Any]:
    """Where the incident may go from here, in the order of its life."""
    allowed = next_states(incident)
    return {
        "moves": [(state.value, state.label) for state in Incident.State if state in allowed],
        "outcomes": Incident.Outcome.choices,
    }


@login_required
@require_safe
def incident(request: HttpRequest, reference: str) -> HttpResponse:
    """What happened, how sure, what is missing, who decides next; then the phases and the rest."""
    found = incident_or_404(request, reference)
    return page(request, found)


def page(request: HttpRequest, found: Incident, form: TransitionForm | None = None, status: int = 200) -> HttpResponse:
    context = {**context_of(found, verbs_of(request.user, found)), **moves_of(found), **panel_of(found)}
    context["move_form"] = form
    return render(request, "incident/incident.html", context, status=status)


@login_required
@require_safe
def board(request: HttpRequest, reference: str) -> HttpResponse:
    """The live part of the page alone."""
    found = incident_or_404(request, reference)
    return render(request, "incident/_partials/board.html", context_of(found, verbs_of(request.user, found)))


@login_required
@require_POST
def transition(request: HttpRequest, reference: str) -> HttpResponse:
    """Move the incident to another state; a refusal says what is missing, and keeps what was typed."""
    found = incident_or_404(request, reference)
    require(request, Verb.TRANSITION, found)
    form = TransitionForm(request.POST)
    if not form.is_valid():
        return refused(request, found, str(next(chain.from_iterable(form.errors.values()))), form)
    try:
        change_state(incident=found, to=form.cleaned_data["to"], reason=form.cleaned_data["reason"], by=actor(request))
    except TransitionRefused as problem:
        form.add_error("to", str(problem))
        return refused(request, found, str(problem), form)
    messages.success(request, _("The incident's state is now: %(state)s.") % {"state": word_of(form)})
    return redirect("incident", reference)


def word_of(form: TransitionForm) -> str:
    return str(Incident.State(form.cleaned_data["to"]).label)


def refused(request: HttpRequest, found: Incident, problem: str, form: TransitionForm | None = None) -> HttpResponse:
    """The same page with the reason on it: nothing was changed."""
    messages.error(request, problem)
    return page(request, found, form, status=422)


@login_required
@require_POST
def outcome(request: HttpRequest, reference: str) -> HttpResponse:
    """Record the verdict that closing needs."""
    found = incident_or_404(request, reference)
    require(request, Verb.TRANSITION, found)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return refused(request, found, _("Choose one of the verdicts."))
    try:
        change_incident(incident=found, values=form.cleaned_data, by=actor(request))
    except IncidentClosed as problem:
        return refused(request, found, str(problem))
    messages.success(request, _("Verdict recorded."))
    return redirect("incident", reference)


@login_required
@require_POST
def advance(request: HttpRequest, reference: str) -> HttpResponse:
    """Start what is due now."""
    found = incident_or_404(request, reference)
    require(request, Verb.EXAMINE, found)
    made = len(make_next_runs(found, by=actor(request)))
    words = ngettext("%(n)s run started.", "%(n)s runs started.", made) % {"n": made}
    messages.success(request, words if made else _("Nothing is due: what there is has been through the phases."))
    return redirect("incident", reference)
