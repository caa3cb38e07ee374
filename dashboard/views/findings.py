"""Findings: the list with its ATT&CK matrix, one finding, and a person's word on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.actions.findings import Overtaken
from cases.actions.findings import decide_finding as decide
from cases.actions.incidents import IncidentClosed
from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard import finding_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.decisions import FindingDecision


@login_required
@require_safe
def findings(request: HttpRequest, reference: str) -> HttpResponse:
    """What was found, by severity; ``status`` and ``technique`` narrow it."""
    incident = incident_or_404(request, reference)
    context = finding_pages.context_of(incident, request.GET.dict())
    verbs = verbs_of(request.user, incident)
    return render(request, "findings/list.html", {"incident": incident, "verbs": verbs, **context})


@login_required
@require_safe
def finding(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """One finding: what it says, the events behind it, and what to do next."""
    incident = incident_or_404(request, reference)
    found = finding_pages.finding_or_404(incident, label)
    verbs = verbs_of(request.user, incident)
    context = {
        "incident": incident,
        "form": FindingDecision(initial={"status": found.status}),
        "verbs": verbs,
        "can_decide": Verb.ANALYZE in verbs,
        **finding_pages.page_of(found),
    }
    return render(request, "findings/finding.html", context)


@login_required
@require_POST
def decide_finding(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """Confirm, dismiss, or propose again."""
    incident = incident_or_404(request, reference)
    require(request, Verb.ANALYZE, incident)
    found = finding_pages.finding_or_404(incident, label)
    form = FindingDecision(request.POST)
    if not form.is_valid():
        return asked_again(request, incident, label, form, status=422)
    try:
        receipt = decide(finding=found, by=actor(request), **form.cleaned_data)
    except IncidentClosed as problem:
        messages.error(request, str(problem))
        return redirect("finding", reference, label)
    except Overtaken as problem:
        messages.error(request, str(problem))
        return asked_again(request, incident, label, form, status=409)
    messages.success(request, _("Recorded as entry %(seq)s of the custody log.") % {"seq": receipt.seq})
    return redirect("finding", reference, label)


def asked_again(
    request: HttpRequest, incident: Incident, label: str, form: FindingDecision, *, status: int
) -> HttpResponse:
    """The finding as it stands now, with what the person chose and wrote."""
    found = finding_pages.finding_or_404(incident, label)
    context = {"incident": incident, "form": form, "can_decide": True, **finding_pages.page_of(found)}
    return render(request, "findings/finding.html", context, status=status)
