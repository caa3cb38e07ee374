"""What the portal's forms have in common."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from plugins import Refused
from plugins.text import with_line_feeds

PLAIN = (forms.CheckboxInput, forms.RadioSelect, forms.CheckboxSelectMultiple, forms.FileInput)


class PortalForm(forms.Form):
    """A form whose fields wear the portal's style; ids begin with the form's own name, so that two fit on a page."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", f"{type(self).__name__.lower()}-%s")
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if not isinstance(field.widget, PLAIN):
                field.widget.attrs.setdefault("class", "input")

    def refuse(self, problem: Refused) -> None:
        """Say a refusal beside the field that it names, where the form has it."""
        self.add_error(problem.field if problem.field in self.fields else None, str(problem))


class UtcDateTimeField(forms.DateTimeField):
    """A moment in UTC as the browser's own picker writes it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local", "step": "60"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **kwargs: Any) -> None:
        formats = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"]
        super().__init__(input_formats=formats, **kwargs)


class LinesField(forms.CharField):
    """Text of several lines, without the carriage returns that browsers send in it."""

    widget = forms.Textarea

    def to_python(self, value: object) -> str:
        return with_line_feeds(str(super().to_python(value)))


def reason_field(*, required: bool = False) -> forms.CharField:
    """Why something is done; it goes into the custody log."""
    return forms.CharField(
        label=_("Reason"),
        help_text=_("Goes into the custody log with your name."),
        max_length=2000,
        required=required,
    )
