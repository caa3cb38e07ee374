"""The portal's own databases of addresses: those that GEO_DATABASES names, none without it."""

from django.conf import settings

from events.geography import Geography, open_geography


def geography() -> Geography:
    """The databases as their files are now; each is opened once per process and again when its file changes."""
    return open_geography(settings.GEO_DATABASES)
