"""Starting a collection, and handing over a file."""

from collections.abc import Sequence
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from cases.actor import Actor
from cases.models import Incident, Run
from cases.permissions import Verb
from cases.places import MoveRefused
from dashboard.access import actor, incident_or_404, require
from dashboard.forms.collect import CollectForm, UploadForm
from dashboard.forms.scopes import scope_initial
from dashboard.uploads import KnownAlready, OtherBytes, receive
from phases.requests import Wish, request_collection
from plugins import Refused
from vault import Corrupt, VaultFull


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a collection: nothing is sent to AWS before the form is."""
    incident = incident_or_404(request, reference)
    require(request, Verb.COLLECT, incident)
    form = CollectForm(request.POST or None, initial=scope_initial(incident))
    if form.is_valid():
        try:
            asked = start(incident, list(form.wishes()), actor(request))
        except Refused as problem:
            form.refuse(problem)
        else:
            messages.success(request, told(sum(is_new for _run, is_new in asked), len(asked)))
            return redirect("runs", reference)
    return page(request, incident, form, UploadForm())


@transaction.atomic
def start(incident: Incident, wishes: Sequence[Wish], by: Actor) -> list[tuple[Run, bool]]:
    """All of the wishes or none, under one request: each run, and whether it is new."""
    together = uuid4()
    return [request_collection(incident=incident, wish=wish, by=by, request=together) for wish in wishes]


def told(new: int, asked: int) -> str:
    """How many collections started, and how many of those asked for were at work or in the queue already."""
    known = asked - new
    started = ngettext("%(n)s collection started.", "%(n)s collections started.", new) % {"n": new}
    under_way = ngettext("%(n)s was already under way.", "%(n)s were already under way.", known) % {"n": known}
    if not new:
        return _("Nothing new started: %(under_way)s") % {"under_way": under_way}
    return f"{started} {under_way}" if known else started


def page(request: HttpRequest, incident: Incident, form: CollectForm, upload_form: UploadForm) -> HttpResponse:
    context = {"incident": incident, "form": form, "upload_form": upload_form}
    status = 422 if form.is_bound or upload_form.is_bound else 200
    return render(request, "collect/collect.html", context, status=status)


@login_required
@require_POST
def upload(request: HttpRequest, reference: str) -> HttpResponse:
    """Take a file in as evidence."""
    incident = incident_or_404(request, reference)
    require(request, Verb.COLLECT, incident)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            evidence = receive(incident=incident, file=given["file"], sha256=given["sha256"], by=actor(request))
        except (KnownAlready, MoveRefused, OtherBytes, VaultFull, Corrupt) as problem:
            form.add_error("file", str(problem))
        else:
            words = _("%(short)s received and sealed. Examination follows by itself.")
            messages.success(request, words % {"short": evidence.short})
            return redirect("incident", reference)
    return page(request, incident, CollectForm(initial=scope_initial(incident)), form)
