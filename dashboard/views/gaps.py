"""What is missing, and the names of who accepts that."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from cases.actions.findings import acknowledge_gaps
from cases.models import GapRecord, Incident
from cases.permissions import Verb, verbs_of
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.gaps import AcknowledgeForm
from dashboard.gap_groups import grouped

PAGE = 200


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def gaps(request: HttpRequest, reference: str) -> HttpResponse:
    """The gaps of the newest runs; POST puts one's name under the chosen ones."""
    incident = incident_or_404(request, reference)
    if request.method != "POST":
        return page(request, incident, AcknowledgeForm(incident))
    require(request, Verb.TRANSITION, incident)
    form = AcknowledgeForm(incident, request.POST)
    if not form.is_valid():
        return page(request, incident, form, status=422)
    number = len(acknowledge_gaps(gaps=form.chosen(), by=actor(request), reason=form.cleaned_data["reason"]))
    messages.success(request, ngettext("%(n)s gap acknowledged.", "%(n)s gaps acknowledged.", number) % {"n": number})
    return redirect("gaps", reference)


def page(request: HttpRequest, incident: Incident, form: AcknowledgeForm, status: int = 200) -> HttpResponse:
    """Open gaps first; at most 200 of each kind, with how many there are."""
    current = GapRecord.objects.current().for_lists().filter(incident=incident)
    known = current.exclude(acknowledged_at=None).order_by("-acknowledged_at", "-pk")
    still_open, acknowledged = list(current.filter(acknowledged_at=None)[:PAGE]), list(known[:PAGE])
    context = {
        "incident": incident,
        "form": form,
        "may_acknowledge": Verb.TRANSITION in verbs_of(request.user, incident),
        "open": still_open,
        "open_groups": grouped(still_open),
        "acknowledged": acknowledged,
        "acknowledged_groups": grouped(acknowledged),
        "chosen": request.POST.getlist("gaps"),
        "chosen_kinds": request.POST.getlist("kinds"),
    }
    return render(request, "gaps/gaps.html", context, status=status)
