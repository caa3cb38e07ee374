"""Keeping a question to the events under a name."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from dashboard.filter_links import Question
from dashboard.forms.base import PortalForm

LONGEST = 8000  # characters, as the row holds them


class SaveViewForm(PortalForm):
    """A name, and the address of the timeline that it stands for."""

    name = forms.CharField(label=_("Name of the view"), max_length=80, help_text=_("Every member sees it."))
    query = forms.CharField(widget=forms.HiddenInput)

    def question(self) -> Question:
        """What the address asks. Raises BadFilter for what the timeline itself would refuse."""
        return Question.of(QueryDict(str(self.data.get("query", "")).removeprefix("?")).dict())

    def clean_name(self) -> str:
        return " ".join(str(self.cleaned_data["name"]).split())

    def clean_query(self) -> str:
        asked = self.question()
        if not asked.is_filtered:
            raise forms.ValidationError(_("Set a filter first: this view would show every event."))
        address = asked.address().removeprefix("?")
        if len(address) > LONGEST:
            raise forms.ValidationError(_("This question is too long to be kept; take some of its filters away."))
        return address
