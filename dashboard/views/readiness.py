"""How ready the forensic environment is, for administrators."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from dashboard.access import actor, administrators_only
from dashboard.readiness_pages import page_of
from phases.readiness import ask


@login_required
@require_safe
@vary_on_headers("HX-Request")
def readiness(request: HttpRequest, number: int | None = None) -> HttpResponse:
    """The newest look, or an earlier one; a request by htmx gets the part that changes alone."""
    administrators_only(request)
    is_live = request.headers.get("HX-Request") == "true"
    template = "readiness/_partials/readiness.html" if is_live else "readiness/readiness.html"
    return render(request, template, {"page": page_of(number)})


@login_required
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Ask for a look; a worker makes it."""
    administrators_only(request)
    is_new = ask(actor(request))
    messages.success(request, _("Asked. A worker makes the checks.") if is_new else _("It is at work already."))
    return redirect("readiness")
