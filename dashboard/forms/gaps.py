"""Acknowledging gaps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import GapRecord, Incident
from dashboard.forms.base import PortalForm, reason_field


class AcknowledgeForm(PortalForm):
    """The chosen open gaps of one incident, and those of the chosen kinds; one reason for all of them."""

    gaps = forms.ModelMultipleChoiceField(queryset=GapRecord.objects.none(), required=False)
    kinds = forms.MultipleChoiceField(choices=GapRecord.Kind.choices, required=False)
    reason = reason_field(required=True)

    def __init__(self, incident: Incident, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        gaps = self.fields["gaps"]
        if isinstance(gaps, forms.ModelMultipleChoiceField):
            gaps.queryset = GapRecord.objects.open().filter(incident=incident).select_related("incident")

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not (values.get("gaps") or values.get("kinds") or self.errors.get("gaps")):
            self.add_error("gaps", _("Choose at least one gap."))
        return values

    def chosen(self) -> list[GapRecord]:
        """In the order in which they were noticed."""
        gaps = self.fields["gaps"].queryset  # type: ignore[attr-defined]
        of_kinds = gaps.filter(kind__in=self.cleaned_data["kinds"])
        return sorted({*self.cleaned_data["gaps"], *of_kinds}, key=lambda gap: gap.pk)
