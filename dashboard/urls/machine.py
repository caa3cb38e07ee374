"""What administrators see: how the machine and its surroundings are."""

from django.urls import URLPattern, path

from dashboard.views import readiness

urlpatterns: list[URLPattern] = [
    path("readiness/", readiness.readiness, name="readiness"),
    path("readiness/look/", readiness.look, name="look_at_readiness"),
    path("readiness/<int:number>/", readiness.readiness, name="readiness_run"),
]
