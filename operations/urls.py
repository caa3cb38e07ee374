"""Paths for whoever runs the portal."""

from django.urls import path

from operations import health

urlpatterns = [path("healthz", health.healthz, name="healthz")]
