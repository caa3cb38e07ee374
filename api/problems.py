"""Every error as a problem document (RFC 9457), made in one place."""

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.core.signals import got_request_exception
from django.http import Http404, HttpResponseBase, JsonResponse
from rest_framework import exceptions
from rest_framework.settings import api_settings

from cases.actions.findings import Overtaken
from cases.actions.incidents import IncidentClosed, TransitionRefused, VersionConflict
from cases.permissions import NotAllowed
from events import BadCursor, BadFilter, EngineFailed, NotInDialect, QuestionRefused, TooSlow
from plugins import Refused
from vault import Corrupt, MissingObject

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:forensics-portal:problem:"
logger = logging.getLogger("django.request")


class Conflict(exceptions.APIException):
    """The request is understood but does not fit what is there; the message says what to do."""

    status_code = HTTPStatus.CONFLICT
    default_code = "conflict"


class PreconditionRequired(exceptions.APIException):
    """A change without If-Match could undo somebody else's."""

    status_code = HTTPStatus.PRECONDITION_REQUIRED
    default_code = "precondition_required"


# What the rooms below raise -> status and the name of the problem.
OURS: Mapping[type[Exception], tuple[int, str]] = {
    Http404: (404, "not_found"),
    PermissionDenied: (403, "permission_denied"),
    NotAllowed: (403, "not_allowed"),
    TransitionRefused: (409, "transition_refused"),
    IncidentClosed: (409, "incident_closed"),
    VersionConflict: (412, "version_conflict"),
    Overtaken: (409, "overtaken"),
    Refused: (422, "refused"),
    MissingObject: (410, "bytes_missing"),
    Corrupt: (410, "bytes_altered"),
    BadFilter: (400, "bad_filter"),
    BadCursor: (400, "bad_cursor"),
    TooSlow: (503, "too_slow"),
    NotInDialect: (501, "not_in_dialect"),
    QuestionRefused: (502, "question_refused"),
    EngineFailed: (502, "engine_failed"),
    RequestDataTooBig: (413, "too_large"),
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem; ``name`` ends its type URN, ``errors`` names each wrong field."""

    status: int
    name: str
    detail: str
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)


def problem(error: Exception, context: Mapping[str, Any]) -> HttpResponseBase:
    """Answer any exception of a view; unexpected ones are logged, and tell the caller nothing of the inside."""
    request = context["request"]
    if isinstance(error, exceptions.APIException):
        return answer(of_framework(error), request.path)
    for kind, (status, name) in OURS.items():
        if isinstance(error, kind):
            return answer(Problem(status, name, words_of(error, status), fields_named(error)), request.path)
    logger.error("%s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return answer(Problem(500, "server_error", "the portal failed here; its log says why"), request.path)


def words_of(error: Exception, status: int) -> str:
    return str(error) or HTTPStatus(status).description


def fields_named(error: Exception) -> list[dict[str, str]]:
    """What is to be changed, where the refusal says it."""
    named = getattr(error, "field", "")
    return [{"field": named, "detail": str(error)}] if named else []


def of_framework(error: exceptions.APIException) -> Problem:
    if isinstance(error, exceptions.ValidationError):
        errors = list(fields_of(error.detail))
        words = "; ".join(f"{e['field']}: {e['detail']}" for e in errors)
        return Problem(error.status_code, "invalid", words, errors)
    codes = error.get_codes()
    name = codes if isinstance(codes, str) else error.default_code
    return Problem(error.status_code, name, str(error.detail), headers=headers_of(error))


def headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def fields_of(detail: Any, path: str = "") -> Iterator[dict[str, str]]:
    """Each message with the path of its field, such as resources.0."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == api_settings.NON_FIELD_ERRORS_KEY else str(name)
            yield from fields_of(inner, ".".join(part for part in (path, own) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from fields_of(inner, path)
    else:
        yield {"field": path or "body", "detail": str(detail)}


def answer(found: Problem, path: str) -> JsonResponse:
    body: dict[str, Any] = {
        "type": TYPE + found.name.replace("_", "-"),
        "title": HTTPStatus(found.status).phrase,
        "status": found.status,
        "detail": found.detail,
        "instance": path,
    }
    if found.errors:
        body["errors"] = found.errors
    return JsonResponse(body, status=found.status, content_type=MEDIA_TYPE, headers=found.headers)
