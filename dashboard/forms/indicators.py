"""Handing over indicators: a file, or values that somebody types."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from analyzers.stix import MOST_BYTES, Reading, Unreadable, read_file, read_text
from cases.models import TYPED
from dashboard.forms.base import LinesField, PortalForm, reason_field


class IndicatorForm(PortalForm):
    """A file or typed values; ``reading`` says what either came to."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=255,
        help_text=_("A STIX 2.1 bundle (JSON), or a CSV with a column value and, if you like, type and label."),
    )
    text = LinesField(
        label=_("Or type them, one a line"),
        required=False,
        max_length=1_000_000,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_(
            "203.0.113.0/24, evil[.]example, hxxps://…, a hash, an access key, an ARN. Write the kind before what "
            "could be anything: user-agent nmap, user-account mallory."
        ),
    )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if not self.errors and bool(values.get("file")) == bool(values.get("text")):
            self.add_error(None, _("Hand over a file or type values: one of the two."))
        return values

    def reading(self, now: datetime) -> Reading:
        """What the file or the text came to. Raises Unreadable."""
        file = self.cleaned_data.get("file")
        if not file:
            return read_text(self.cleaned_data["text"], TYPED)
        if file.size > MOST_BYTES:
            raise Unreadable(_("it is larger than %(most)s MiB; hand it over in parts") % {"most": MOST_BYTES >> 20})
        return read_file(file.read(), file.name, now)


class RemovalForm(PortalForm):
    """Why an indicator is looked for no longer."""

    reason = reason_field()


class ListRemovalForm(RemovalForm):
    """The list whose indicators are looked for no longer, and why."""

    origin = forms.CharField(max_length=300, strip=False)
