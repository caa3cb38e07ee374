"""What a person may say about a finding or a report version."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.actions.reports import NEXT
from cases.models import Finding, Report
from dashboard.forms.base import LinesField


class FindingDecision(forms.Form):
    """A status and the reason for it; dismissing needs a reason, since it takes the finding out of the report."""

    status = forms.ChoiceField(choices=Finding.Status.choices, widget=forms.RadioSelect)
    reason = LinesField(max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"]
        if not reason and self.cleaned_data.get("status") == Finding.Status.DISMISSED:
            raise forms.ValidationError(_("Say why it is dismissed: who reads the report will ask."))
        return reason


class ReportDecision(forms.Form):
    """The next status of a version, of those that its present one leads to."""

    status = forms.ChoiceField(choices=Report.Status.choices)
    reason = forms.CharField(max_length=2000, required=False, strip=True)


def next_statuses(report: Report) -> list[tuple[str, str]]:
    """(status, word) for each status that people may give the version now; superseding is the portal's own."""
    allowed = NEXT.get(report.status, frozenset()) - {Report.Status.SUPERSEDED}
    return [(status.value, str(status.label)) for status in Report.Status if status in allowed]
