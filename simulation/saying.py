"""How overlays let moto answer operations that it has no words for; AWS's own models give the answers their form."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.responses import ActionResult

Answer = Callable[[Any], Mapping[str, Any]]
SHELVES: dict[tuple[str, str, str], list[Any]] = defaultdict(list)


def say(response: Any, answers: Mapping[str, Answer]) -> None:
    """Give the service whose class of responses this is an answer for each operation (named as boto3 names it)."""
    for operation, answer in answers.items():
        setattr(response, operation, saying(answer))


def saying(answer: Answer) -> Callable[[Any], ActionResult]:
    def said(response: Any) -> ActionResult:
        return ActionResult(answer(response))

    return said


def route(urls: Any, response: Any, *paths: str) -> None:
    """Lead paths that moto does not know to the service; before the server's first request of it."""
    urls.url_paths.update({f"{{0}}{path}$": response.dispatch for path in paths})


def shelf(service: str, account: str, region: str) -> list[Any]:
    """What furnishing put there for the service to answer with."""
    return SHELVES[(service, account, region)]


def shelf_of(response: Any) -> list[Any]:
    """The shelf of the account and region that a request is for."""
    return shelf(response.service_name, response.current_account, response.region)
