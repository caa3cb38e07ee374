"""Evidence, events, findings, report and custody of one incident."""

from django.urls import URLPattern, path

from dashboard.views import custody, entities, evidence, exports, findings, indicators, leads, objects, report, timeline

HERE = "incidents/<str:reference>"

urlpatterns: list[URLPattern] = [
    path(f"{HERE}/evidence/", evidence.evidence, name="evidence"),
    path(f"{HERE}/evidence/<str:short>/", evidence.exhibit, name="exhibit"),
    path(f"{HERE}/evidence/<str:short>/manifest/", evidence.manifest, name="manifest"),
    path(f"{HERE}/evidence/<str:short>/parts/<int:number>/download/", evidence.download_part, name="download_part"),
    path(f"{HERE}/custody/", custody.custody, name="custody"),
    path(f"{HERE}/custody/entries/", custody.custody_entries, name="custody_entries"),
    path(f"{HERE}/custody/<int:seq>/", custody.custody_entry, name="custody_entry"),
    path(f"{HERE}/timeline/", timeline.timeline, name="timeline"),
    path(f"{HERE}/events/<str:key>/", timeline.event, name="event"),
    path(f"{HERE}/events/<str:key>/drawer/", timeline.event_drawer, name="event_drawer"),
    path(f"{HERE}/export/<str:name>/", exports.export, name="export"),
    path(f"{HERE}/entities/", entities.entity, name="entity"),
    path(f"{HERE}/leads/", leads.leads, name="leads"),
    path(f"{HERE}/objects/", objects.objects, name="objects"),
    path(f"{HERE}/indicators/", indicators.indicators, name="indicators"),
    path(f"{HERE}/indicators/lists/remove/", indicators.remove_list, name="remove_indicators"),
    path(f"{HERE}/indicators/<int:number>/remove/", indicators.remove_indicator, name="remove_indicator"),
    path(f"{HERE}/findings/", findings.findings, name="findings"),
    path(f"{HERE}/findings/<str:label>/", findings.finding, name="finding"),
    path(f"{HERE}/findings/<str:label>/decide/", findings.decide_finding, name="decide_finding"),
    path(f"{HERE}/report/", report.report, name="report"),
    path(f"{HERE}/report/<int:version>/", report.report_version, name="report_version"),
    path(f"{HERE}/report/<int:version>/pdf/", report.report_pdf, name="report_pdf"),
    path(f"{HERE}/report/<int:version>/figures/<int:section>/<int:block>/", report.report_figure, name="report_figure"),
    path(f"{HERE}/report/<int:version>/decide/", report.decide_report, name="decide_report"),
]
