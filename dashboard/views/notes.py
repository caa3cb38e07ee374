"""Notes about an incident, its events and its findings."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from cases.actions.notes import Subject, add_note, revise_note
from cases.models import Incident
from cases.permissions import Verb, verbs_of
from dashboard import finding_pages, note_pages, story_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.notes import NoteForm
from dashboard.views.timeline import answered_in_words
from plugins import Refused


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notes(request: HttpRequest, reference: str) -> HttpResponse:
    """All notes of the incident, newest first; POST writes one about the incident itself."""
    incident = incident_or_404(request, reference)
    form = NoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(request, Verb.NOTE, incident)
        if is_written(request, incident, Subject(), form):
            return redirect("notes", reference)
    context = {
        "incident": incident,
        "form": form,
        "verbs": verbs_of(request.user, incident),
        **note_pages.context_of(incident, request.GET.get("before", "")),
    }
    return render(request, "notes/notes.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@answered_in_words
def note_event(request: HttpRequest, reference: str, key: str) -> HttpResponse:
    """Write a note about an event."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    key = story_pages.event_or_404(incident, key)["key"]
    return write(request, incident, Subject(event=key), reverse("event", args=[reference, key]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def note_finding(request: HttpRequest, reference: str, label: str) -> HttpResponse:
    """Write a note about a finding."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    found = finding_pages.finding_or_404(incident, label)
    return write(request, incident, Subject(finding=found), reverse("finding", args=[reference, label]))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revise(request: HttpRequest, reference: str, number: int) -> HttpResponse:
    """Give a note other words; only its author, and the old words stay."""
    incident = incident_or_404(request, reference)
    require(request, Verb.NOTE, incident)
    note = incident.notes.for_lists().select_related("incident", "made_by", "finding").filter(pk=number).first()
    if note is None:
        raise Http404("no such note")
    if note.made_by_id != request.user.pk:
        raise PermissionDenied(f"only {note.made_by.shown_name} revises this note; write one of your own beside it")
    form = NoteForm(request.POST if request.method == "POST" else None, initial={"text": note.newest.text})
    if form.is_valid():
        try:
            is_new = revise_note(note=note, text=form.cleaned_data["text"], by=actor(request))
        except Refused as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(
                request, _("Revised; the words before it are kept.") if is_new else _("It says so already.")
            )
            return redirect(f"{reverse('notes', args=[reference])}?before={note.pk + 1}#note-{note.pk}")
    return page(request, incident, form, reverse("notes", args=[reference]))


def write(request: HttpRequest, incident: Incident, subject: Subject, back: str) -> HttpResponse:
    """Write a note about ``subject`` and go back to its page; GET, or a note that cannot be kept, shows the form."""
    form = NoteForm(request.POST if request.method == "POST" else None)
    if is_written(request, incident, subject, form):
        return redirect(f"{back}#h-notes")
    return page(request, incident, form, back)


def is_written(request: HttpRequest, incident: Incident, subject: Subject, form: NoteForm) -> bool:
    """Keep what the form says; otherwise the form says why not."""
    if not form.is_valid():
        return False
    try:
        _note, is_new = add_note(incident=incident, subject=subject, by=actor(request), text=form.cleaned_data["text"])
    except Refused as problem:
        form.add_error(None, str(problem))
        return False
    messages.success(request, _("Noted.") if is_new else _("You noted that already; nothing was added."))
    return True


def page(request: HttpRequest, incident: Incident, form: NoteForm, back: str) -> HttpResponse:
    context = {"incident": incident, "form": form, "back": back}
    return render(request, "notes/write.html", context, status=422 if form.is_bound else 200)
