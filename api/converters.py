"""How identifiers look in addresses; anything else is no address of ours."""

from django.urls import register_converter
from django.urls.converters import StringConverter

REFERENCE = r"FP-[0-9]{4}-[0-9]{6,9}"
EXHIBIT = REFERENCE + r"-E[0-9]{4,9}"
NUMBER = r"[1-9][0-9]{0,17}"  # fits the database's integers


class ReferenceConverter(StringConverter):
    """An incident: FP-2026-000123."""

    regex = REFERENCE


class ExhibitConverter(StringConverter):
    """An exhibit: FP-2026-000123-E0007."""

    regex = EXHIBIT


class EventKeyConverter(StringConverter):
    """An event within its incident: exhibit, part, member, row."""

    regex = r"E[0-9]{4,9}-[0-9]{1,9}-[0-9]{1,9}-[0-9]{1,9}"


class NumberConverter:
    """A positive whole number."""

    regex = NUMBER

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


class FindingConverter:
    """A finding by its number, or as pages and reports call it: 3, F-03."""

    regex = rf"(?:F-0?)?{NUMBER}"

    def to_python(self, value: str) -> int:
        return int(value.removeprefix("F-"))

    def to_url(self, value: int) -> str:
        return str(value)


def register() -> None:
    """Make the converters known under their names."""
    register_converter(ReferenceConverter, "reference")
    register_converter(ExhibitConverter, "exhibit")
    register_converter(EventKeyConverter, "event_key")
    register_converter(NumberConverter, "number")
    register_converter(FindingConverter, "finding")
