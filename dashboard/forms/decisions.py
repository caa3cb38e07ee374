"""What a person may say about a finding or a report version."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from cases.actions.reports import GRAVE
from cases.models import Finding, Report
from dashboard.forms.base import LinesField

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Status = Report.Status
# A button says what it does; where a version then stands is its status. What leads on comes before what leads back.
ACTS: "Mapping[tuple[str, str], StrPromise]" = {
    (Status.DRAFT, Status.IN_REVIEW): _("Send to review"),
    (Status.IN_REVIEW, Status.APPROVED): _("Approve"),
    (Status.IN_REVIEW, Status.DRAFT): _("Return to draft"),
    (Status.APPROVED, Status.FINAL): _("Make final"),
    (Status.APPROVED, Status.IN_REVIEW): _("Return to review"),
}


class FindingDecision(forms.Form):
    """A status and the reason for it; dismissing needs a reason, since it takes the finding out of the report."""

    status = forms.ChoiceField(choices=Finding.Status.choices, widget=forms.RadioSelect)
    reason = LinesField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    seen = forms.ChoiceField(choices=Finding.Status.choices, required=False)  # what stood on the page that was read

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not reason and self.cleaned_data.get("status") == Finding.Status.DISMISSED:
            raise forms.ValidationError(_("Say why it is dismissed: who reads the report will ask."))
        return reason


class ReportDecision(forms.Form):
    """The next status of a version, of those that its present one leads to."""

    status = forms.ChoiceField(choices=Report.Status.choices)
    reason = forms.CharField(max_length=2000, required=False, strip=True)


def next_acts(report: Report, user: AbstractBaseUser | AnonymousUser) -> list[tuple[str, str]]:
    """(status, act) for each status that this person may give the version now; superseding is the portal's own."""
    is_own = report.made_by == user and report.incident.severity >= GRAVE
    refused = {Status.APPROVED} if is_own else set()
    steps = {after: act for (before, after), act in ACTS.items() if before == report.status}
    return [(str(after), str(act)) for after, act in steps.items() if after not in refused]
