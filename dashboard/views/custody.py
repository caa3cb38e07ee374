"""The incident's custody log: its entries, what they prove, and their exact bytes for whoever checks them."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cases.custody_check import check
from custody import PROVES
from dashboard import custody_lines
from dashboard.access import incident_or_404
from dashboard.downloads import attachment
from dashboard.exhibits import number_or_none


@login_required
@require_safe
def custody(request: HttpRequest, reference: str) -> HttpResponse:
    """The log, newest entries first; ``check`` recomputes all of it from the stored bytes."""
    incident = incident_or_404(request, reference)
    before, after = number_or_none(request.GET.get("before", "")), number_or_none(request.GET.get("after", ""))
    context = {
        "incident": incident,
        "head": custody_lines.head_of(incident),
        "page": custody_lines.page_of(custody_lines.entries_of(incident), before=before, after=after),
        "checked": check(incident.reference) if "check" in request.GET else None,
        "proves": PROVES,
    }
    return render(request, "custody/log.html", context)


@login_required
@require_safe
def custody_entry(request: HttpRequest, reference: str, seq: int) -> HttpResponse:
    """One entry: its receipt and its canonical bytes as they were hashed."""
    incident = incident_or_404(request, reference)
    entry = custody_lines.entries_of(incident).filter(seq=seq).first()
    if entry is None:
        raise Http404("no such entry")
    said = custody_lines.said_in(entry)
    return render(request, "custody/entry.html", {"incident": incident, "line": custody_lines.Line.of(entry), **said})


@login_required
@require_safe
def custody_entries(request: HttpRequest, reference: str) -> StreamingHttpResponse:
    """Every entry's bytes, one a line: the input of the verifier. No evidence is in them, so no entry is made."""
    incident = incident_or_404(request, reference)
    return attachment(request, custody_lines.json_lines(incident), f"{incident.reference}-custody.jsonl")
