"""Formats of exports."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from api.serializers.base import Input
from exports import ExportFormat


class NoQuery(Input):
    """The list is short and whole: it takes no parameter."""


class ExportFormatShown(serializers.Serializer[Any]):
    """A format: what it is ``of`` (events or findings), and where it is downloaded."""

    name = serializers.CharField()
    title = serializers.CharField()
    of = serializers.CharField()
    url = serializers.SerializerMethodField()

    @extend_schema_field(serializers.URLField())
    def get_url(self, form: ExportFormat) -> str:
        place = {"reference": self.context["reference"], "name": form.name}
        return str(reverse("api:export", kwargs=place, request=self.context["request"]))
