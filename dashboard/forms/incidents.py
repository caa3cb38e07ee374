"""Opening an incident, moving it on, and deciding who belongs to it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.actions.incidents import Particulars
from cases.models import LOCAL, Incident, Membership, User
from cases.moments import check_moment
from cases.places import jurisdictions
from dashboard.forms.base import LinesField, PortalForm, UtcDateTimeField, reason_field


class IncidentForm(PortalForm):
    """What is known when an incident is opened: little, so only the title is asked for."""

    title = forms.CharField(label=_("Title"), max_length=300, help_text=_("One line: what seems to have happened."))
    severity = forms.TypedChoiceField(
        label=_("Severity"), choices=Incident.Severity.choices, coerce=int, initial=Incident.Severity.MEDIUM
    )
    tlp = forms.ChoiceField(label=_("Sharing"), choices=Incident.Tlp.choices, initial=Incident.Tlp.AMBER)
    description = LinesField(
        label=_("Description"), max_length=8000, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )
    actual_start_at = UtcDateTimeField(
        label=_("Began (UTC)"), required=False, help_text=_("If it is known."), validators=[check_moment]
    )
    detected_at = UtcDateTimeField(label=_("Detected (UTC)"), required=False, validators=[check_moment])

    jurisdiction = forms.ChoiceField(
        label=_("Under the law of"),
        initial=LOCAL,
        help_text=_("Decides for good in which place its events and reports lie."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known, field = jurisdictions(), self.fields["jurisdiction"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(name, name) for name in known]
        if len(known) == 1:  # nothing to choose
            del self.fields["jurisdiction"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        began, detected = values.get("actual_start_at"), values.get("detected_at")
        if began and detected and detected < began:
            self.add_error("detected_at", _("It cannot be detected before it began; check both times."))
        return values

    def particulars(self) -> Particulars:
        return Particulars(**self.cleaned_data)


class TransitionForm(PortalForm):
    """Where the incident goes; ``to`` is checked by the action, which knows what is missing."""

    to = forms.ChoiceField(
        label=_("New state"),
        choices=Incident.State.choices,
        error_messages={"invalid_choice": _("Choose one of the states that the incident may go to.")},
    )
    reason = reason_field()


class OutcomeForm(PortalForm):
    """The verdict that a closed incident must have."""

    outcome = forms.ChoiceField(label=_("Verdict"), choices=Incident.Outcome.choices)


class MemberForm(PortalForm):
    """A person by sign-in name, and their role from now on."""

    username = forms.CharField(label=_("User name"), max_length=150)
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.RESPONDER)

    def clean_username(self) -> User:
        user = User.objects.filter(username=self.cleaned_data["username"], is_active=True, is_service=False).first()
        if user is None:
            raise forms.ValidationError(_("Nobody signs in with this name; check its spelling."))
        return user
