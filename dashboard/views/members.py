"""Who belongs to an incident, and in which role."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.actions.incidents import MemberRefused, end_membership, set_member
from cases.models import Incident, Membership, User
from cases.permissions import Verb, verbs_of
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.incidents import MemberForm


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HttpRequest, reference: str) -> HttpResponse:
    """The members now and before; POST gives somebody a role."""
    incident = incident_or_404(request, reference)
    if request.method != "POST":
        return page(request, incident, MemberForm())
    require(request, Verb.MANAGE_MEMBERS, incident)
    form = MemberForm(request.POST)
    if not form.is_valid():
        return page(request, incident, form, status=422)
    user, role, before = form.cleaned_data["username"], form.cleaned_data["role"], incident.commander
    try:
        set_member(incident=incident, user=user, role=role, by=actor(request))
    except MemberRefused as problem:
        form.add_error("username", f"{capfirst(str(problem))}.")
        return page(request, incident, form, status=422)
    messages.success(request, said_of(user, role, before))
    return redirect("members", reference)


def said_of(user: User, role: str, before: User | None) -> str:
    """What a new role means; another commander stands in the header from now on, and ``before`` may do less."""
    if role != Membership.Role.COMMANDER:
        return _("%(name)s now belongs to the incident.") % {"name": user.shown_name}
    if before is None:
        return _("%(name)s commands now.") % {"name": user.shown_name}
    names = {"name": user.shown_name, "before": before.shown_name}
    return _("%(name)s commands now; %(before)s stays as responder.") % names


@login_required
@require_POST
def end_member(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """End a membership; the person sees nothing of the incident from then on."""
    incident = incident_or_404(request, reference)
    require(request, Verb.MANAGE_MEMBERS, incident)
    member = incident.memberships.select_related("user").filter(pk=number, ended_at=None).first()
    if member is None:
        raise Http404("no such member")
    reason = request.POST.get("reason", "")[:2000]
    try:
        end_membership(incident=incident, user=member.user, by=actor(request), reason=reason)
    except MemberRefused as problem:
        messages.error(request, f"{capfirst(str(problem))}.")
        return redirect("members", reference)
    messages.success(request, _("%(name)s no longer belongs to the incident.") % {"name": member.user.shown_name})
    return redirect("members", reference)


def page(request: HttpRequest, incident: Incident, form: MemberForm, status: int = 200) -> HttpResponse:
    memberships = incident.memberships.select_related("user").order_by("ended_at", "since_at", "pk")
    context = {
        "incident": incident,
        "form": form,
        "may_manage": Verb.MANAGE_MEMBERS in verbs_of(request.user, incident),
        "now": [member for member in memberships if member.ended_at is None],
        "before": [member for member in memberships if member.ended_at is not None],
    }
    return render(request, "members/members.html", context, status=status)
