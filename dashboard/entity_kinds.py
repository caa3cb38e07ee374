"""What the kinds of entities and indicators are called on pages."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

KINDS: Mapping[str, Any] = {
    "principal": _("Principal"),
    "access_key": _("Access key"),
    "address": _("Address"),
    "resource": _("Resource"),
}
# As STIX 2.1 calls what an indicator speaks of.
INDICATORS: Mapping[str, Any] = {
    "ipv4-addr": _("IPv4 address"),
    "ipv6-addr": _("IPv6 address"),
    "domain-name": _("Domain"),
    "url": _("URL"),
    "file": _("File hash"),
    "user-account": _("Principal"),
    "x-aws-access-key": _("Access key"),
    "user-agent": _("User agent"),
}


def kind_words(kind: str) -> str:
    """The kind as a person reads it; one that nobody named as it is."""
    return str(KINDS.get(kind) or INDICATORS.get(kind) or kind)
