"""Events as rows of a table and as one event in full."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from cases.models import Finding, Incident
from dashboard.filter_links import Question
from dashboard.located import Located, located
from dashboard.origins import Piece, indented, pieces
from events import FAMILIES, exactly, key_of, title_of
from plugins.text import visible

PLACE = frozenset({"key", "evidence", "part", "member", "src_file", "src_row", "is_copy", "event_time"})
# Columns of all families that hold JSON text, those too that no rule asks below.
NESTED = frozenset(family.sigma[name] for family in FAMILIES.values() for name in family.nested) | {
    *("fields", "others", "annotations", "request_object", "response_object"),
}
# Column -> the filter that asks for its value.
FILTERS = {
    "family": "family",
    "event_name": "event_name",
    "event_source": "event_source",
    "event_id": "event_id",
    "principal": "principal",
    "user_identity_access_key_id": "access_key",
    "source_ip_address": "source_ip",
    "aws_region": "region",
    "recipient_account_id": "account",
    "error_code": "error_code",
    "event_category": "category",
    "user_agent": "user_agent",
}
# Column -> the kind of entity that it names.
ENTITIES = {"principal": "principal", "user_identity_access_key_id": "access_key", "source_ip_address": "address"}
FIRST = (
    *("family", "summary"),
    *("principal", "user_identity_type", "user_identity_access_key_id", "source_ip_address", "user_agent"),
    *("event_source", "aws_region", "recipient_account_id", "error_code", "error_message"),
)
LABELS: Mapping[str, Any] = {
    "family": _("Kind of log"),
    "summary": _("Summary"),
    "principal": _("Principal"),
    "user_identity_type": _("Identity type"),
    "user_identity_access_key_id": _("Access key"),
    "source_ip_address": _("Source address"),
    "user_agent": _("User agent"),
    "event_source": _("Service"),
    "aws_region": _("Region"),
    "recipient_account_id": _("Account"),
    "error_code": _("Error code"),
    "error_message": _("Error message"),
    "event_id": _("Event ID"),
    "request_id": _("Request ID"),
    "request_parameters": _("Request parameters"),
    "response_elements": _("Response elements"),
    "resources": _("Resources"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the timeline; texts have their hidden characters as marks."""

    key: str
    at: datetime | None
    name: str
    source: str
    summary: str
    principal: str
    short_principal: str
    address: str
    region: str
    error: str
    findings: tuple[str, ...]

    @classmethod
    def of(cls, row: Mapping[str, Any], findings: Mapping[str, list[str]]) -> Self:
        principal = visible(row["principal"] or "")
        return cls(
            key=row["key"],
            at=row["event_time"],
            name=visible(row["event_name"] or ""),
            source=visible(row["event_source"] or ""),
            summary=visible(row["summary"] or ""),
            principal=principal,
            short_principal=short(principal),
            address=visible(row["source_ip_address"] or ""),
            region=visible(row["aws_region"] or ""),
            error=visible(row["error_code"] or ""),
            findings=tuple(findings.get(row["key"], ())),
        )


def short(principal: str) -> str:
    """What tells an ARN from its neighbours: the part after the account."""
    return principal.split(":", 5)[5] if principal.startswith("arn:") and principal.count(":") >= 5 else principal


def findings_by_event(incident: Incident) -> dict[str, list[str]]:
    """Event key -> the labels of the findings that name it as an example. One query."""
    cited: dict[str, list[str]] = {}
    found = incident.findings.standing().detections()
    for number, examples in found.order_by("number").values_list("number", "examples"):
        for example in examples:
            cited.setdefault(key_of(example | {"src_row": example["row"]}), []).append(Finding(number=number).label)
    return cited


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event; ``only`` and ``without`` are query strings where the timeline can ask for the value,
    ``entity`` is that of the page of whoever it names, ``located`` says where an address is."""

    name: str
    label: str
    pieces: list[Piece]
    is_nested: bool = False
    only: str = ""
    without: str = ""
    entity: str = ""
    located: Located | None = None


def fields_of(event: Mapping[str, Any]) -> list[Field]:
    """The fields that hold something, those that people ask for first; nested parts last."""
    first = [name for name in FIRST if event.get(name) is not None]
    rest = [name for name in event if name not in FIRST and name not in PLACE and event[name] is not None]
    names = [*first, *sorted(rest, key=lambda name: name in NESTED)]
    return [field_of(name, event[name]) for name in names]


def field_of(name: str, value: Any) -> Field:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    label = str(LABELS.get(name, name.replace("_", " ").capitalize()))
    if name in NESTED:
        return Field(name, label, pieces(indented(text)), is_nested=True)
    if name not in FILTERS:
        return Field(name, label, pieces(text))
    asked, as_it_is = Question(), exactly(text)
    only, without = asked.only(FILTERS[name], as_it_is), asked.without(FILTERS[name], as_it_is)
    entity = "?" + urlencode({"kind": ENTITIES[name], "value": text}) if name in ENTITIES else ""
    shown, where = pieces(title_of(name, text)), located(text) if ENTITIES.get(name) == "address" else None
    return Field(name, label, shown, only=only.address(), without=without.address(), entity=entity, located=where)


def main_fields(event: Mapping[str, Any]) -> Iterator[Field]:
    """The few that the drawer shows."""
    for name in FIRST:
        if event.get(name) is not None:
            yield field_of(name, event[name])
