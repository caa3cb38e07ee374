"""Evidence: the list of exhibits, one exhibit, and the bytes that a person takes away."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from cases.actions.evidence import mark_integrity_failed, record_download
from cases.exhibits import manifest_of
from cases.permissions import Verb, verbs_of
from cases.stores import vault_holding
from custody import canonical
from dashboard import exhibits
from dashboard.access import actor, incident_or_404, require
from dashboard.downloads import attachment, chunks_of
from vault import Corrupt, MissingObject


@login_required
@require_safe
def evidence(request: HttpRequest, reference: str) -> HttpResponse:
    """The incident's exhibits, newest first; ``q`` searches in names and hashes."""
    incident = incident_or_404(request, reference)
    shelf = exhibits.shelf_of(incident, request.GET.get("q", ""), request.GET.get("before", ""))
    return render(request, "evidence/list.html", {"incident": incident, "shelf": shelf})


@login_required
@require_safe
def exhibit(request: HttpRequest, reference: str, short: str) -> HttpResponse:
    """One exhibit: label, parts, files, what was checked, and who handled it."""
    incident = incident_or_404(request, reference)
    item = exhibits.exhibit_or_404(incident, short)
    context = exhibits.context_of(item, request.GET)
    can_download = Verb.DOWNLOAD in verbs_of(request.user, incident)
    return render(request, "evidence/exhibit.html", {"incident": incident, "can_download": can_download, **context})


@login_required
@require_safe
def manifest(request: HttpRequest, reference: str, short: str) -> StreamingHttpResponse:
    """The canonical manifest whose SHA-256 is the exhibit's: names and hashes, no evidence bytes."""
    item = exhibits.exhibit_or_404(incident_or_404(request, reference), short)
    if not item.sha256:
        raise Http404("the exhibit is not sealed yet, so its manifest is not fixed")
    return attachment(request, iter([canonical(manifest_of(item))]), f"{item.exhibit}-manifest.json")


@login_required
@require_POST
def download_part(
    request: HttpRequest, reference: str, short: str, number: int
) -> HttpResponse | StreamingHttpResponse:
    """The bytes of one part, hashed anew first; the custody entry stands before the first byte leaves.

    Altered bytes are handed to nobody: the exhibit is marked, with a custody entry.
    """
    incident = incident_or_404(request, reference)
    require(request, Verb.DOWNLOAD, incident)
    part = exhibits.part_or_404(exhibits.exhibit_or_404(incident, short), number)
    vault = vault_holding(part)
    try:
        vault.verify(part.sha256, part.size)
        stream = vault.open(part.sha256)
    except (MissingObject, Corrupt) as problem:
        if isinstance(problem, Corrupt):
            mark_integrity_failed(part=part, detail=str(problem), by=actor(request))
        context = {"incident": incident, "part": part, "problem": problem}
        return render(request, "evidence/missing.html", context, status=410)
    record_download(evidence=part.evidence, what=exhibits.part_facts(part), by=actor(request))
    return attachment(request, chunks_of(stream), exhibits.file_name(part), size=part.size)
