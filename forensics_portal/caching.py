"""No browser and no proxy keeps what the portal shows: https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.5."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import iscoroutinefunction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.decorators import sync_and_async_middleware

Answer = Callable[[HttpRequest], Any]  # a response, or one to be awaited


@sync_and_async_middleware
def never_kept(get_response: Answer) -> Answer:
    """Say ``no-store`` where a view says nothing of its own; static files are answered before and may be kept."""

    def marked(response: HttpResponseBase) -> HttpResponseBase:
        response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    async def later(request: HttpRequest) -> HttpResponseBase:
        return marked(await get_response(request))

    def now(request: HttpRequest) -> HttpResponseBase:
        return marked(get_response(request))

    return later if iscoroutinefunction(get_response) else now
