"""Events: the timeline with its histogram and filters, and one event in full."""

from collections.abc import Callable, Mapping
from functools import wraps
from types import MappingProxyType

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cases.models import Incident
from cases.permissions import verbs_of
from cases.stores import reader_of
from dashboard import saved_views, timelines
from dashboard.access import actor, incident_or_404
from dashboard.filter_links import Question, with_addition
from dashboard.forms.saved_views import SaveViewForm

NO_QUERY: Mapping[str, str] = MappingProxyType({})
View = Callable[..., HttpResponseBase]


def answered_in_words(view: View) -> View:
    """Turn a question that the events cannot answer into a page that says why."""

    @wraps(view)
    def guarded(request: HttpRequest, reference: str, **place: str) -> HttpResponseBase:
        try:
            return view(request, reference, **place)
        except timelines.REFUSALS as problem:
            context = timelines.refusal(incident_or_404(request, reference), problem)
            return render(request, "timeline/refused.html", context, status=timelines.STATUS[type(problem)])

    return guarded


@login_required
@require_safe
@answered_in_words
def timeline(request: HttpRequest, reference: str) -> HttpResponse:
    """The events that an address asks for."""
    incident = incident_or_404(request, reference)
    if not request.GET and (address := timelines.opening(incident)):
        return redirect(reverse("timeline", args=[reference]) + address)
    query = request.GET.dict()
    question = Question.of(query)
    if added := with_addition(question, query):
        return redirect(reverse("timeline", args=[reference]) + added.address())
    return page(request, incident, question, SaveViewForm(), query)


def page(
    request: HttpRequest,
    incident: Incident,
    question: Question,
    form: SaveViewForm,
    query: Mapping[str, str] = NO_QUERY,
    *,
    status: int = 200,
) -> HttpResponse:
    """The timeline that ``question`` asks for, with the form that saves it."""
    context = {
        "incident": incident,
        "verbs": verbs_of(request.user, incident),
        "form": form,
        **saved_views.context_of(incident, request.user),
        **timelines.context_of(incident, question, query),
    }
    return render(request, "timeline/timeline.html", context, status=status)


@login_required
@require_safe
@answered_in_words
def event_drawer(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """The drawer alone, for the script that opens it beside the table."""
    incident = incident_or_404(request, reference)
    drawer = timelines.drawer_of(incident, reader_of(incident), key)
    if drawer is None:
        raise Http404("no such event")
    context = {"incident": incident, "verbs": verbs_of(request.user, incident), "drawer": drawer}
    return render(request, "timeline/_partials/drawer.html", context)


@login_required
@require_safe
@answered_in_words
def event(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """One event in full, its record read back from the vault: that is a reading of evidence and goes into custody."""
    incident = incident_or_404(request, reference)
    context = timelines.event_context(incident, key, actor(request))
    if context is None:
        raise Http404("no such event")
    verbs = verbs_of(request.user, incident)
    return render(request, "timeline/event.html", {"incident": incident, "verbs": verbs, **context})
