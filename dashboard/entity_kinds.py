"""What the kinds of entities and indicators are called on pages."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cases.models import Indicator

KINDS: Mapping[str, Any] = {
    "principal": _("Principal"),
    "access_key": _("Access key"),
    "address": _("Address"),
    "resource": _("Resource"),
}
INDICATORS = dict(Indicator.Kind.choices)


def kind_words(kind: str) -> str:
    """The kind as a person reads it; one that nobody named as it is."""
    return str(KINDS.get(kind) or INDICATORS.get(kind) or kind)
