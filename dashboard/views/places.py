"""Where an incident's evidence may lie: what was authorised, what was refused, and by whom."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.actions.incidents import IncidentClosed
from cases.actions.places import AlreadyOver, record_authorization, withdraw_authorization
from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.places import AuthorizeForm, WithdrawForm
from dashboard.places import context_of


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def places(request: HttpRequest, reference: str) -> HttpResponse:
    """Places and what allows them; POST authorises one for this incident."""
    incident = incident_or_404(request, reference)
    if request.method != "POST":
        return page(request, incident, AuthorizeForm())
    require(request, Verb.AUTHORIZE, incident)
    form = AuthorizeForm(request.POST)
    if form.is_valid():
        try:
            record_authorization(incident=incident, permit=form.permit(), by=actor(request))
        except (AlreadyOver, IncidentClosed) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Authorised. What was refused before comes when you ask for it again."))
            return redirect("places", reference)
    return page(request, incident, form, status=422)


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """End an authorization now; what came under it stays where it is."""
    incident = incident_or_404(request, reference)
    require(request, Verb.AUTHORIZE, incident)
    found = incident.authorizations.select_related("incident").filter(pk=number).first()
    if found is None:
        raise Http404("no such authorisation")
    form = WithdrawForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why it ends: the custody log keeps it."))
        return redirect("places", reference)
    withdraw_authorization(authorization=found, reason=form.cleaned_data["reason"], by=actor(request))
    messages.success(request, _("Withdrawn. What came under it stays where it is."))
    return redirect("places", reference)


def page(request: HttpRequest, incident: Incident, form: AuthorizeForm, status: int = 200) -> HttpResponse:
    may_authorize = incident.is_open and Verb.AUTHORIZE in verbs_of(request.user, incident)
    context = {"incident": incident, "form": form, "may_authorize": may_authorize, **context_of(incident)}
    return render(request, "places/places.html", context, status=status)
