"""Where an address is, as the portal's databases of addresses say it."""

from dataclasses import asdict
from typing import Any

from rest_framework import serializers

from cases.geography import geography


class LocationShown(serializers.Serializer[Any]):
    """Country (ISO 3166) and network of an address; null where no database of `GEO_DATABASES` knows it."""

    country = serializers.CharField(allow_blank=True)
    city = serializers.CharField(allow_blank=True)
    asn = serializers.IntegerField(allow_null=True, help_text="Number of the autonomous system.")
    organisation = serializers.CharField(allow_blank=True)


def place_of(address: str) -> dict[str, Any] | None:
    place = geography().locate(address)
    return asdict(place) if place else None
