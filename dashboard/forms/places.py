"""Authorising evidence of a jurisdiction to come to a place, and ending that."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.actions.places import Permit
from cases.places import all_places, jurisdictions
from dashboard.forms.base import PortalForm, UtcDateTimeField, reason_field


class AuthorizeForm(PortalForm):
    """What is allowed, by what law, until when; choices are the jurisdictions and places that there are."""

    jurisdiction = forms.ChoiceField(label=_("Evidence under the law of"))
    place = forms.ChoiceField(label=_("May come to"))
    legal_basis = forms.CharField(
        label=_("Legal basis"), max_length=2000, help_text=_("A law and article, a contract, or a court's order.")
    )
    until_at = UtcDateTimeField(label=_("Until (UTC)"), help_text=_("Nothing more may come after it."))
    reason = reason_field(required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = [
            (place.name, f"{place.name} ({place.jurisdiction})" if place.jurisdiction else place.name)
            for place in all_places().values()
        ]
        for name, choices in (("jurisdiction", [(name, name) for name in jurisdictions()]), ("place", places)):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def permit(self) -> Permit:
        return Permit(**self.cleaned_data)


class WithdrawForm(PortalForm):
    """Why an authorization ends now."""

    reason = reason_field(required=True)
