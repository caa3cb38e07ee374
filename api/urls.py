"""Every address of the API, under /api/v1/."""

from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.cache import cache_page
from drf_spectacular.views import SpectacularAPIView

from api import converters
from api.views import (
    events,
    evidence,
    exports,
    findings,
    incidents,
    indicators,
    plans,
    reports,
    root,
    runs,
    timeline_entries,
)

converters.register()
app_name = "api"

exhibit: list[URLPattern | URLResolver] = [
    path("", evidence.OneExhibit.as_view(), name="exhibit"),
    path("members/", evidence.Members.as_view(), name="members"),
    path("custody/", evidence.ExhibitCustody.as_view(), name="exhibit_custody"),
]
incident: list[URLPattern | URLResolver] = [
    path("", incidents.OneIncident.as_view(), name="incident"),
    path("transitions/", incidents.Transitions.as_view(), name="transitions"),
    path("runs/", runs.Runs.as_view(), name="runs"),
    path("runs/<number:run>/", runs.OneRun.as_view(), name="run"),
    path("runs/<number:run>/cancel/", runs.Cancellation.as_view(), name="cancel"),
    path("plans/", plans.Plans.as_view(), name="plans"),
    path("plans/<uuid:plan>/", plans.OnePlan.as_view(), name="plan"),
    path("plans/<uuid:plan>/start/", plans.PlanStart.as_view(), name="plan_start"),
    path("evidence/", evidence.Exhibits.as_view(), name="evidence"),
    path("evidence/<exhibit:exhibit>/", include(exhibit)),
    path("custody/", evidence.Custody.as_view(), name="custody"),
    path("custody/head/", evidence.CustodyHead.as_view(), name="custody_head"),
    path("events/", events.Events.as_view(), name="events"),
    path("events/histogram/", events.Histogram.as_view(), name="histogram"),
    path("events/<event_key:key>/", events.OneEvent.as_view(), name="event"),
    path("conversations/", events.Conversations.as_view(), name="conversations"),
    path("changes/", events.Changes.as_view(), name="changes"),
    path("exports/", exports.Exports.as_view(), name="exports"),
    path("exports/<str:name>/", exports.Export.as_view(), name="export"),
    path("findings/", findings.Findings.as_view(), name="findings"),
    path("findings/<finding:number>/", findings.OneFinding.as_view(), name="finding"),
    path("findings/<finding:number>/decision/", findings.Decision.as_view(), name="decision"),
    path("indicators/", indicators.Indicators.as_view(), name="indicators"),
    path("leads/", findings.Leads.as_view(), name="leads"),
    path("timeline-entries/", timeline_entries.TimelineEntries.as_view(), name="timeline_entries"),
    path("timeline-entries/<number:entry>/", timeline_entries.OneTimelineEntry.as_view(), name="timeline_entry"),
    path("timeline-entries/<number:entry>/withdrawal/", timeline_entries.Withdrawal.as_view(), name="withdrawal"),
    path("gaps/", findings.Gaps.as_view(), name="gaps"),
    path("gaps/<number:gap>/", findings.OneGap.as_view(), name="gap"),
    path("gaps/<number:gap>/acknowledgement/", findings.Acknowledgement.as_view(), name="acknowledgement"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/<number:version>/", reports.OneReport.as_view(), name="report"),
    path("reports/<number:version>/pdf/", reports.ReportPdf.as_view(), name="report_pdf"),
]
schema = SpectacularAPIView.as_view(authentication_classes=[], permission_classes=[])

urlpatterns = [
    path("", root.Root.as_view(), name="root"),
    path("schema/", cache_page(3600)(schema), name="schema"),
    path("playbooks/", plans.Playbooks.as_view(), name="playbooks"),
    path("incidents/", incidents.Incidents.as_view(), name="incidents"),
    path("incidents/<reference:reference>/", include(incident)),
    re_path(r"", root.Nowhere.as_view(), name="nowhere"),
]
