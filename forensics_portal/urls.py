"""Which room answers which path."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("api.urls")),
    path("", include("operations.urls")),
    path("", include("dashboard.urls")),
]
