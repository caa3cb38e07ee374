"""The case timeline: what the team holds to have happened, added from events, findings and by hand."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from cases.actions.incidents import IncidentClosed
from cases.actions.timeline_entries import add_to_timeline, withdraw_from_timeline
from cases.models import Incident, TimelineEntry
from cases.permissions import Verb, verbs_of
from cases.tellings import Telling, Untimed, telling_of_event, telling_of_finding
from dashboard import finding_pages, story_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.story import ByHandForm, CommentForm, WithdrawEntryForm
from dashboard.views.timeline import answered_in_words


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def story(request: HttpRequest, reference: str) -> HttpResponse:
    """The entries in order of time; POST adds one by hand."""
    incident = incident_or_404(request, reference)
    if request.method != "POST":
        return page(request, incident, ByHandForm())
    require(request, Verb.NOTE, incident)
    form = ByHandForm(request.POST)
    if form.is_valid():
        try:
            entry, is_new = add_to_timeline(incident=incident, telling=form.telling(), by=actor(request))
        except IncidentClosed as problem:
            form.add_error(None, str(problem))
        else:
            return added(request, incident, entry, is_new=is_new)
    return page(request, incident, form, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answered_in_words
def add_event(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """Add an event with a comment; GET asks for the comment."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    event = story_pages.event_or_404(incident, key)
    return add(request, incident, partial(telling_of_event, event), reverse("event", args=[reference, event["key"]]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def add_finding(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """Add a finding with a comment; GET asks for the comment."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    found = finding_pages.finding_or_404(incident, label)
    return add(request, incident, partial(telling_of_finding, found), reverse("finding", args=[reference, label]))


@login_required
@require_POST
def withdraw(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Take an entry back with a reason; it stays on the page as a withdrawn one."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    entry = incident.timeline_entries.select_related("finding").filter(pk=number).first()
    if entry is None:
        raise Http404("no such entry")
    form = WithdrawEntryForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say in at most 2,000 characters why it is withdrawn: the custody log keeps it."))
        return redirect("story", reference)
    try:
        is_new = withdraw_from_timeline(entry=entry, reason=form.cleaned_data["reason"], by=actor(request))
    except IncidentClosed as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Withdrawn.") if is_new else _("It was withdrawn already."))
    return redirect("story", reference)


def add(request: HttpRequest, incident: Incident, tell: Callable[[], Telling], back: str) -> HttpResponse:
    """Make an entry of what ``tell`` says with the person's comment; ``back`` is the page of what is added."""
    try:
        telling = tell()
    except Untimed as problem:
        messages.error(request, str(problem))
        return redirect("story", incident.reference)
    known = {"techniques": ", ".join(telling.techniques)}
    form = CommentForm(request.POST if request.method == "POST" else None, initial=known)
    if form.is_valid():
        telling = replace(telling, **form.cleaned_data)
        try:
            entry, is_new = add_to_timeline(incident=incident, telling=telling, by=actor(request))
        except IncidentClosed as problem:
            form.add_error(None, str(problem))
        else:
            if is_new or telling.text in ("", entry.text):
                return added(request, incident, entry, is_new=is_new)
            form.add_error(None, stands_already(entry))
    context = {"incident": incident, "form": form, "telling": telling, "back": back}
    return render(request, "story/add.html", context, status=422 if form.is_bound else 200)


def stands_already(entry: TimelineEntry) -> str:
    words = _("%(name)s added it already; this comment was not kept. Withdraw that entry first, or add one by hand.")
    return words % {"name": entry.made_by.shown_name}


def added(request: HttpRequest, incident: Incident, entry: TimelineEntry, *, is_new: bool) -> HttpResponse:
    if is_new:
        messages.success(request, _("Added to the case timeline."))
    else:
        words = _("It stands in the case timeline already, added by %(name)s; nothing was added.")
        messages.info(request, words % {"name": entry.made_by.shown_name})
    return redirect(f"{reverse('story', args=[incident.reference])}?entry={entry.pk}#entry-{entry.pk}")


def page(request: HttpRequest, incident: Incident, form: ByHandForm, status: int = 200) -> HttpResponse:
    may_tell = incident.is_open and Verb.NOTE in verbs_of(request.user, incident)
    shown = story_pages.context_of(incident, request.GET.get("from", ""), request.GET.get("entry", ""))
    context = {"incident": incident, "form": form, "may_tell": may_tell, **shown}
    return render(request, "story/story.html", context, status=status)
