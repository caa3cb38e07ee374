"""The report: its versions, one of them as a page, the PDF, and people's words on it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from cases.actions.evidence import record_report_download
from cases.actions.reports import ReportRefused
from cases.actions.reports import about as about_report
from cases.permissions import Verb
from cases.stores import vault_of
from dashboard import report_pages
from dashboard.access import actor, incident_or_404, require
from dashboard.downloads import attachment, chunks_of
from dashboard.forms.decisions import ReportDecision
from phases.requests import request_report
from phases.reviews import decide
from plugins import Refused
from vault import Corrupt, MissingObject


@login_required
@require_safe
def report(request: HttpRequest, reference: str) -> HttpResponse:
    """The newest version, or how the first one comes about."""
    incident = incident_or_404(request, reference)
    newest = incident.reports.select_related("incident", "made_by", "decided_by").order_by("-version").first()
    context = report_pages.context_of(incident, newest, request.user)
    return render(request, "report/report.html", {"incident": incident, **context})


@login_required
@require_safe
def report_version(request: HttpRequest, reference: str, version: int) -> HttpResponse:
    """One frozen version."""
    incident = incident_or_404(request, reference)
    context = report_pages.context_of(incident, report_pages.report_or_404(incident, version), request.user)
    return render(request, "report/report.html", {"incident": incident, **context})


@login_required
@require_safe
def report_figure(request: HttpRequest, reference: str, version: int, section: int, block: int) -> HttpResponse:
    """A figure of the version as an image."""
    chosen = report_pages.report_or_404(incident_or_404(request, reference), version)
    svg = report_pages.figure_of(chosen, section, block)
    response = HttpResponse(svg, content_type="image/svg+xml")
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
def report_pdf(request: HttpRequest, reference: str, version: int) -> HttpResponse | StreamingHttpResponse:
    """The frozen PDF, hashed anew first; that it left the portal is a custody entry."""
    incident = incident_or_404(request, reference)
    chosen = report_pages.report_or_404(incident, version)
    try:
        vault_of(incident).verify(chosen.pdf_sha256, chosen.pdf_size)
        stream = vault_of(incident).open(chosen.pdf_sha256)
    except (MissingObject, Corrupt) as problem:
        return render(request, "evidence/missing.html", {"incident": incident, "problem": problem}, status=410)
    record_report_download(incident=incident, what=about_report(chosen), by=actor(request))
    name = f"{incident.reference}-report-v{version}.pdf"
    return attachment(request, chunks_of(stream), name, size=chosen.pdf_size, kind="application/pdf")


def chosen_word(posted: QueryDict) -> dict[str, str]:
    """The status and reason that were posted. Raises ReportRefused where there is no such status."""
    form = ReportDecision(posted)
    if not form.is_valid():
        raise ReportRefused(_("Choose one of the statuses that the page offers."))
    return form.cleaned_data


@login_required
@require_POST
def decide_report(request: HttpRequest, reference: str, version: int) -> HttpResponse:
    """Move the version through review; a refusal is shown in its own words."""
    incident = incident_or_404(request, reference)
    require(request, Verb.APPROVE, incident)
    chosen = report_pages.report_or_404(incident, version)
    try:
        receipt = decide(report=chosen, by=actor(request), **chosen_word(request.POST))
    except ReportRefused as refusal:
        context = report_pages.context_of(incident, chosen, request.user)
        kept = {"incident": incident, "refusal": refusal, "remark": request.POST.get("reason", "")}
        return render(request, "report/report.html", {**kept, **context}, status=422)
    messages.success(request, _("Recorded as entry %(seq)s of the custody log.") % {"seq": receipt.seq})
    return redirect("report_version", reference, version)


@login_required
@require_POST
def draft_report(request: HttpRequest, reference: str) -> HttpResponse:
    """Ask for a version that says what is known and decided now."""
    incident = incident_or_404(request, reference)
    require(request, Verb.ANALYZE, incident)
    try:
        run, is_new = request_report(incident=incident, by=actor(request))
    except Refused as problem:
        messages.error(request, str(problem))
        return redirect("report", reference)
    messages.success(request, _("A new version is being drafted.") if is_new else _("It is at work already."))
    return redirect("run", reference, run.pk)
