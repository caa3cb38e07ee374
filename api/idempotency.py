"""Retries are safe: the same Idempotency-Key and request give the same answer, without doing it twice."""

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import IntegrityError, transaction
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.models import KeptAnswer
from api.problems import Conflict
from api.views.base import PortalView

HEADER = "Idempotency-Key"
LONGEST = 200
V = TypeVar("V", bound=PortalView)
P = ParamSpec("P")
Act = Callable[Concatenate[V, Request, P], Response]


def retry_safe(act: Act[V, P]) -> Act[V, P]:
    """Let ``act`` (a view's post) be repeated with its key for 24 hours; without a key it is called as it is."""

    @wraps(act)
    def answer(view: V, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return act(view, request, *args, **kwargs)
        view.check_visible()  # an old answer must not outlive the membership
        check_key(key)
        if known := answered(request, key):
            return replay(known, fingerprint(request))
        with in_work(request, key) as mark:
            response = act(view, request, *args, **kwargs)
            keep(mark, response)
        return response

    return answer


def check_key(key: str) -> None:
    if not (key.isascii() and key.isprintable() and 0 < len(key) <= LONGEST):
        raise ValidationError({HEADER: f"give 1 to {LONGEST} printable ASCII characters, such as a UUID"})


def fingerprint(request: Request) -> str:
    """SHA-256 over method, address and body."""
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(head + request._request.body).hexdigest()


def answered(request: Request, key: str) -> KeptAnswer | None:
    mine = KeptAnswer.objects.filter(token=request.auth)  # type: ignore[misc]
    mine.stale().delete()
    return mine.filter(key=key).first()


def replay(known: KeptAnswer, asked: str) -> Response:
    """Raises Conflict if the key was used for another request, or the first one has not ended."""
    if known.request_sha256 != asked:
        raise Conflict("this Idempotency-Key was used for another request; take a new key")
    if known.status == 0:
        raise Conflict("the first request with this Idempotency-Key has not ended; ask again in a moment")
    headers = {"Idempotent-Replayed": "true", "Location": known.location, "ETag": known.etag}
    return Response(known.body, known.status, headers={name: value for name, value in headers.items() if value})


@contextmanager
def in_work(request: Request, key: str) -> Iterator[KeptAnswer]:
    """Claim the key by its unique row; a request that failed gives the key back."""
    try:
        with transaction.atomic():
            mark = KeptAnswer.objects.create(token=request.auth, key=key, request_sha256=fingerprint(request))  # type: ignore[misc]
    except IntegrityError:
        raise Conflict("the first request with this Idempotency-Key has not ended; ask again in a moment") from None
    try:
        yield mark
    finally:
        KeptAnswer.objects.filter(pk=mark.pk, status=0).delete()


def keep(mark: KeptAnswer, response: Response) -> None:
    KeptAnswer.objects.filter(pk=mark.pk).update(
        status=response.status_code,
        body=response.data,
        location=response.get("Location", ""),
        etag=response.get("ETag", ""),
    )
