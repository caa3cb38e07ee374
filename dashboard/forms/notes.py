"""Writing a note."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.actions.notes import LONGEST
from dashboard.forms.base import LinesField, PortalForm


class NoteForm(PortalForm):
    """Plain text: it is shown as it is typed, and nothing in it is markup."""

    text = LinesField(
        label=_("Note"),
        max_length=LONGEST,
        help_text=_("Plain text. Every member reads it; every revision is kept."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )
