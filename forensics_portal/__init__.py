"""Wiring only: settings, URLs, and the entry points of the web server and the workers."""

from forensics_portal.celery import app as celery_app

__all__ = ["celery_app"]
