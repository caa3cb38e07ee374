"""Taking events and findings out, in the format of another tool."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_POST

from cases.permissions import Verb
from dashboard.access import actor, incident_or_404, require
from dashboard.downloads import attachment
from dashboard.filter_links import Question
from dashboard.views.timeline import answered_in_words
from exports import export_formats
from phases.exporting import exported, file_name


@login_required
@require_POST
@answered_in_words
def export(request: HttpRequest, reference: str, name: str) -> HttpResponse | StreamingHttpResponse:
    """The events that the address asks for, or the findings; that they left the portal is a custody entry."""
    incident = incident_or_404(request, reference)
    require(request, Verb.DOWNLOAD, incident)
    form = export_formats.all().get(name)
    if form is None:
        raise Http404("no such format")
    filters = Question.of(request.GET.dict()).filters
    chunks = exported(incident, form, filters, actor(request))
    return attachment(request, iter(chunks), file_name(incident, form))
