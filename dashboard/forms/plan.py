"""What an incident is about, asked once for everything that a playbook collects."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.models import AwsAccount, Incident
from collectors import sources
from collectors.playbooks import Playbook
from dashboard.forms.base import LinesField, PortalForm, UtcDateTimeField
from dashboard.forms.scopes import scope_initial
from phases.plans import PlanScope

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

KINDS: "Mapping[str, StrPromise]" = {
    "instances": _("Instance ids"),
    "buckets": _("Buckets"),
    "access_keys": _("Access key ids"),
    "users": _("User names"),
    "functions": _("Lambda functions"),
    "databases": _("Database identifiers"),
    "log_groups": _("Log groups"),
    "event_data_stores": _("Event data stores"),
}


class PlanForm(PortalForm):
    """One form for a playbook: it asks for the kinds of resource that its steps speak of, and for no others."""

    account = forms.MultipleChoiceField(label=_("Accounts"), error_messages={"required": _("Choose an account.")})
    region = forms.MultipleChoiceField(label=_("Regions"), error_messages={"required": _("Choose a region.")})
    start = UtcDateTimeField(label=_("From (UTC)"), help_text=_("Included. Some steps look further back."))
    end = UtcDateTimeField(label=_("To (UTC)"), help_text=_("Not included."))
    step = forms.MultipleChoiceField(
        label=_("Steps"), error_messages={"required": _("Leave at least one step in the plan.")}
    )

    def __init__(self, playbook: Playbook, incident: Incident, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial(incident, playbook), **kwargs)
        self.playbook = playbook
        self.accounts = list(AwsAccount.objects.all())
        regions = sorted({region for account in self.accounts for region in account.regions})
        self.offer("account", [(account.account, account.name) for account in self.accounts])
        self.offer("region", [(region, region) for region in regions])
        self.offer("step", [(step.source, step.source) for step in playbook.steps if step.source in sources.all()])
        for kind in playbook.kinds:
            self.fields[f"named_{kind}"] = named_field(KINDS[kind])

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices

    def named_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("named_")]

    def scope(self) -> PlanScope:
        values = self.cleaned_data
        offered = [step.source for step in self.playbook.steps if step.source in sources.all()]
        return PlanScope(
            accounts=tuple(values["account"]),
            regions=tuple(values["region"]),
            start=values["start"],
            end=values["end"],
            resources={kind: lines_of(values[f"named_{kind}"]) for kind in self.playbook.kinds},
            leave_out=tuple(source for source in offered if source not in values["step"]),
        )


def named_field(label: "StrPromise") -> LinesField:
    return LinesField(
        label=label,
        help_text=_("One a line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input", "spellcheck": "false"}),
    )


def lines_of(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def initial(incident: Incident, playbook: Playbook) -> dict[str, Any]:
    """What the newest plan of the incident named, and the incident's own window."""
    values = scope_initial(incident) | {"step": [step.source for step in playbook.steps]}
    if before := incident.plans.order_by("-made_at", "-pk").first():
        values |= {f"named_{kind}": "\n".join(names) for kind, names in before.scope["resources"].items()}
    return values
