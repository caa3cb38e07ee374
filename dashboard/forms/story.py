"""Adding to the case timeline, and taking back."""

import re
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.moments import check_moment
from cases.tellings import MOST_TECHNIQUES, TECHNIQUE, Telling
from dashboard.forms.base import LinesField, PortalForm, UtcDateTimeField, reason_field

OFFSET = re.compile(r"([+-])(0\d|1[0-4]):?([0-5]\d)")


class TechniquesField(forms.CharField):
    """Ids of ATT&CK techniques in one line; its value is a tuple of them."""

    def __init__(self) -> None:
        words = _("Such as T1098.001, T1530.")
        super().__init__(label=_("ATT&CK techniques"), max_length=200, required=False, help_text=words)

    def clean(self, value: Any) -> tuple[str, ...]:
        given = re.split(r"[\s,]+", str(super().clean(value)).upper())
        techniques = tuple(dict.fromkeys(one for one in given if one))
        if not all(TECHNIQUE.fullmatch(one) for one in techniques) or len(techniques) > MOST_TECHNIQUES:
            raise forms.ValidationError(_("Give at most 10 ids of techniques, such as T1098.001, with commas between."))
        return techniques


class CommentForm(PortalForm):
    """What a person says about the event or finding that they add."""

    text = LinesField(
        label=_("Comment"),
        max_length=4000,
        required=False,
        help_text=_("What it means for the incident, in your words."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    techniques = TechniquesField()


class ByHandForm(PortalForm):
    """What a person knows: a moment with its zone, a sentence, and perhaps more."""

    at = UtcDateTimeField(
        label=_("When"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}),
        validators=[check_moment],
    )
    offset = forms.CharField(
        label=_("Zone of that time"), max_length=6, initial="UTC", help_text=_("UTC, or an offset such as +09:00.")
    )
    title = forms.CharField(label=_("What happened"), max_length=300, help_text=_("One line."))
    text = LinesField(label=_("More"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4}))
    techniques = TechniquesField()

    def clean_offset(self) -> timedelta:
        given = str(self.cleaned_data["offset"]).strip().upper()
        if given in ("UTC", "Z"):
            return timedelta(0)
        found = OFFSET.fullmatch(given.replace("\u2212", "-"))
        if found is None:
            raise forms.ValidationError(_("Say UTC, or give an offset such as +09:00 or -03:30."))
        ahead = timedelta(hours=int(found[2]), minutes=int(found[3]))
        return ahead if found[1] == "+" else -ahead

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if values.get("at") and values.get("offset") is not None:
            try:
                values["at"] -= values["offset"]
            except OverflowError:
                self.add_error("at", _("That is no time at which anything could happen; check the year."))
        return values

    def telling(self) -> Telling:
        values = self.cleaned_data
        at: datetime = values["at"]
        return Telling(at, values["title"], values["text"], techniques=values["techniques"])


class WithdrawEntryForm(PortalForm):
    """Why an entry no longer stands."""

    reason = reason_field(required=True)
