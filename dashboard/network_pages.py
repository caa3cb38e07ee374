"""What the network page shows: which machines talked to which addresses, how much, and who called AWS from there."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from cases.models import Incident
from cases.stores import reader_of
from dashboard.entity_pages import address_of
from dashboard.event_lines import short
from dashboard.filter_links import Question
from dashboard.located import Located, located
from events import Filters
from events.conversations import ORDERS, Conversation, conversations, has_flows
from events.flows import FAMILY
from plugins.text import visible

WORDS: Mapping[str, Any] = {
    "bytes_out": _("Most sent"),
    "bytes_in": _("Most received"),
    "rejected": _("Most rejected"),
    "flows": _("Most flows"),
    "last": _("Latest"),
}
WHOLE = 100  # percent


@dataclass(frozen=True, slots=True)
class Line:
    """One conversation with where it leads; ``share`` is its bytes as percents of the largest on the page."""

    talk: Conversation
    share: int
    peer_page: str
    timeline: str
    callers: list[tuple[str, str]]
    located: Located | None


@dataclass(frozen=True, slots=True)
class Tab:
    word: Any
    query: str
    is_here: bool


def context_of(incident: Incident, query: Mapping[str, str]) -> dict[str, Any]:
    """The conversations in the order asked for. Raises Http404 for an order that there is not, TooSlow."""
    order, is_outside = query.get("order", "bytes_out"), query.get("inside") != "1"
    if order not in ORDERS:
        raise Http404(f"no such order; there are: {', '.join(ORDERS)}")
    reader = reader_of(incident)
    talks = conversations(reader, order, is_outside=is_outside) if reader else []
    return {
        "lines": list(lines_of(talks, incident.reference)),
        "tabs": [Tab(word, address(name, is_outside), name == order) for name, word in WORDS.items()],
        "is_outside": is_outside,
        "other": address(order, not is_outside),
        "has_flows": bool(reader and has_flows(reader)),
        "sums": {"out": sum(talk.bytes_out for talk in talks), "in": sum(talk.bytes_in for talk in talks)},
        "rejected": sum(talk.rejected for talk in talks),
    }


def address(order: str, is_outside: bool) -> str:
    return "?" + urlencode({"order": order} | ({} if is_outside else {"inside": "1"}))


def lines_of(talks: list[Conversation], reference: str) -> Iterator[Line]:
    largest = max((talk.bytes_in + talk.bytes_out for talk in talks), default=0) or 1
    timeline = reverse("timeline", args=[reference])
    for talk in talks:
        flows = Question(Filters(only={"family": (FAMILY,)}, q=talk.peer))
        yield Line(
            talk,
            (talk.bytes_in + talk.bytes_out) * WHOLE // largest,
            address_of(reference, "address", talk.peer),
            timeline + flows.address(),
            [(short(visible(name)), address_of(reference, "principal", name)) for name in talk.callers],
            located(talk.peer),
        )
