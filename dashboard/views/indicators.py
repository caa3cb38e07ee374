"""Indicators: values that somebody says are the attacker's, and where the events name them."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard import indicator_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.indicators import IndicatorForm, ListRemovalForm, RemovalForm
from phases.indicators import Intake, remove, remove_all, take_in
from plugins import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def indicators(request: HttpRequest, reference: str) -> HttpResponse:
    """What is looked for and where it was seen; POST takes a file or typed values in."""
    incident = incident_or_404(request, reference)
    if request.method != "POST":
        return page(request, incident, IndicatorForm())
    require(request, Verb.ANALYZE, incident)
    form = IndicatorForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            intake = take_in(incident=incident, reading=form.reading(timezone.now()), by=actor(request))
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            return answer(request, incident, form, intake)
    return page(request, incident, form, 422)


def answer(request: HttpRequest, incident: Incident, form: IndicatorForm, intake: Intake) -> HttpResponse:
    """Back to the list, unless something was refused: then the page says what, and what was typed stays."""
    if not intake.reading.read:
        form.add_error(None, _("It holds no value to look for."))
    elif not intake.reading.refused:
        counts = {"taken": f"{intake.taken:,}", "known": f"{intake.known:,}"}
        messages.success(request, _("%(taken)s taken, %(known)s known already.") % counts)
        return redirect("indicators", incident.reference)
    is_of_use = bool(intake.reading.taken)
    return page(request, incident, form, 200 if is_of_use else 422, **indicator_pages.told(intake))


@login_required
@require_POST
def remove_indicator(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Look for it no longer; the custody log keeps that it was looked for."""
    incident = incident_or_404(request, reference)
    require(request, Verb.ANALYZE, incident)
    found = incident.indicators.select_related("incident").filter(pk=number).first()
    form = RemovalForm(request.POST)
    if found is None or not form.is_valid():
        raise Http404("no such indicator")
    try:
        remove(indicator=found, by=actor(request), reason=form.cleaned_data["reason"])
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Removed. What was found by it moves to the past findings."))
    return redirect("indicators", reference)


@login_required
@require_POST
def remove_list(request: HttpRequest, reference: str) -> HttpResponse:
    """Look no longer for anything of one list; handing it over again brings it back."""
    incident = incident_or_404(request, reference)
    require(request, Verb.ANALYZE, incident)
    form = ListRemovalForm(request.POST)
    if not form.is_valid():
        raise Http404("no such list")
    try:
        removed = remove_all(incident=incident, by=actor(request), **form.cleaned_data)
    except Refused as problem:
        messages.error(request, str(problem))
    else:
        words = _("%(n)s removed; what was found by them moves to the past findings.")
        messages.success(request, words % {"n": f"{removed:,}"})
    return redirect("indicators", reference)


def page(request: HttpRequest, incident: Incident, form: IndicatorForm, status: int = 200, **more: Any) -> HttpResponse:
    may_change = incident.is_open and Verb.ANALYZE in verbs_of(request.user, incident)
    context = {"incident": incident, "form": form, "may_change": may_change}
    context |= indicator_pages.context_of(incident, request.GET.dict()) | more
    return render(request, "indicators/indicators.html", context, status=status)
