"""Saved views of the timeline: a question under a name, for every member of the incident."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.actions.saved_views import remove_view, save_view
from cases.permissions import Verb
from dashboard.access import actor, incident_or_404, require
from dashboard.filter_links import Question
from dashboard.forms.saved_views import SaveViewForm
from dashboard.saved_views import may_remove
from dashboard.views.timeline import answered_in_words, page
from plugins import Refused


@login_required
@require_POST
@answered_in_words
def save(request: HttpRequest, reference: str) -> HttpResponse:
    """Keep the question of the timeline's address under a name."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    form = SaveViewForm(request.POST)
    question: Question = form.question()
    if form.is_valid():
        try:
            view, is_new = save_view(incident=incident, by=actor(request), **form.cleaned_data)
        except Refused as problem:
            form.add_error("name", str(problem))
        else:
            words = _("Saved as “%(name)s”.") if is_new else _("It is saved as “%(name)s” already; nothing was added.")
            messages.success(request, words % {"name": view.name})
            return redirect(f"{reverse('timeline', args=[reference])}?{view.query}")
    return page(request, incident, question, form, status=422)


@login_required
@require_POST
def remove(request: HttpRequest, reference: str) -> HttpResponse:
    """Forget a view; only who saved it, or the commander."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    number = request.POST.get("view", "")
    rows = incident.saved_views.select_related("incident", "made_by")
    view = rows.filter(pk=int(number)).first() if number.isdecimal() and len(number) < 16 else None
    if view is None:
        raise Http404("no such view")
    if not may_remove(request.user, view):
        raise PermissionDenied(f"{view.made_by.shown_name} saved this view; only they or the commander remove it")
    remove_view(view=view, by=actor(request))
    messages.success(request, _("The view “%(name)s” is removed.") % {"name": view.name})
    return redirect("timeline", reference)
