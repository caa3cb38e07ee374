"""Every page of the portal, room by room."""

from dashboard.urls.evidence import urlpatterns as evidence_pages
from dashboard.urls.incidents import urlpatterns as incident_pages
from dashboard.urls.machine import urlpatterns as machine_pages

urlpatterns = [*incident_pages, *evidence_pages, *machine_pages]
