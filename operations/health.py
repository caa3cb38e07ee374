"""Whether the portal can do its work right now."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse

from cases import guards
from phases import bell


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, guards and broker answer, else 503; says which. Needs no sign-in and tells no more."""
    del request
    checks = {"database": is_database_up(), "guards": is_guarded(), "broker": bell.is_up()}
    return JsonResponse({"ok": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


def is_database_up() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def is_guarded() -> bool:
    try:
        return not guards.missing()
    except DatabaseError:
        return False
