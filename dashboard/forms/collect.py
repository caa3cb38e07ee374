"""What to collect: choices from the registry of sources and from the registered accounts."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from cases.models import AwsAccount
from collectors import Source, sources
from dashboard.forms.base import LinesField, PortalForm, UtcDateTimeField
from phases.requests import Wish

SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Offer:
    """A source that can be chosen, the field for its resources, and whether it is chosen."""

    source: Source
    field: forms.BoundField | None
    is_chosen: bool


MORE, FILES = _("More"), _("Files that somebody has")
GROUPS: Mapping[Any, frozenset[str]] = {
    _("What was called in AWS"): frozenset({"logs"}),
    _("Network, names and requests"): frozenset({"network_logs", "dns_logs", "service_logs"}),
    _("Logs of machines and databases"): frozenset({"log_groups", "database_logs"}),
    _("Findings of AWS services"): frozenset({"findings"}),
    _("State and configuration"): frozenset({"configuration"}),
    _("Memory, disks and snapshots"): frozenset({"memory", "live_response", "disk_image", "snapshot"}),
    MORE: frozenset(),
    FILES: frozenset(),
}


def group_of(source: Source) -> Any:
    """The title under which a source is offered; what a new source calls its kind may be unknown here."""
    if not source.needs_aws:
        return FILES
    return next((title for title, kinds in GROUPS.items() if source.kind in kinds), MORE)


class CollectForm(PortalForm):
    """One form for all sources: each chosen source is asked of each chosen account and region, in one window.

    A source that takes resources has a field of its own, made from what it declares.
    """

    source = forms.MultipleChoiceField(
        label=_("Sources"), error_messages={"required": _("Choose at least one source.")}
    )
    account = forms.MultipleChoiceField(label=_("Accounts"), required=False)
    region = forms.MultipleChoiceField(label=_("Regions"), required=False)
    start = UtcDateTimeField(label=_("From (UTC)"), required=False, help_text=_("Included."))
    end = UtcDateTimeField(label=_("To (UTC)"), required=False, help_text=_("Not included."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.accounts = list(AwsAccount.objects.all())
        regions = sorted({region for account in self.accounts for region in account.regions})
        self.offer("source", [(source.name, source.title) for source in sources])
        self.offer("account", [(account.account, account.name) for account in self.accounts])
        self.offer("region", [(region, region) for region in regions])
        for source in sources:
            if source.resources:
                self.fields[f"resources_{source.name}"] = resources_field(source, self.registered(source))

    def registered(self, source: Source) -> str:
        """What the accounts say of where a source finds its logs, so that nobody has to look it up."""
        archives = [account for account in self.accounts if account.kind == source.enters]
        return "\n".join(bucket for account in archives for bucket in account.trail_buckets)

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = choices

    def groups(self) -> list[tuple[Any, list[Offer]]]:
        """The sources by what they bring, each with its field."""
        by_title: dict[Any, list[Offer]] = {title: [] for title in GROUPS}
        for source in sources:
            field = self[f"resources_{source.name}"] if source.resources else None
            by_title[group_of(source)].append(Offer(source, field, source.name in (self["source"].value() or ())))
        return [(title, offers) for title, offers in by_title.items() if offers]

    def chosen(self) -> list[Source]:
        return [sources.get(name) for name in self.cleaned_data.get("source", ())]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        start, end = values.get("start"), values.get("end")
        if start and end and start >= end:
            self.add_error("end", _("The window ends before it starts; swap the two."))
        if any(source.needs_aws for source in self.chosen()):
            self.require("account", "region", "start", "end")
        self.require(*(f"resources_{source.name}" for source in self.chosen() if source.needs_resources))
        for source in self.chosen():
            if wrong := source.misnamed(self.resources_of(source)):
                words = _("It takes %(what)s, and cannot take: %(names)s.")
                names = {"what": source.resources, "names": ", ".join(wrong[:5])}
                self.add_error(f"resources_{source.name}", words % names)
        return values

    def resources_of(self, source: Source) -> tuple[str, ...]:
        lines = str(self.cleaned_data.get(f"resources_{source.name}") or "").split("\n")
        return tuple(line.strip() for line in lines if line.strip())

    def require(self, *names: str) -> None:
        for name in names:
            if name not in self.errors and not self.cleaned_data.get(name):
                self.add_error(name, _("The chosen sources need it."))

    def wishes(self) -> Iterator[Wish]:
        """One for each source, account and region; of a global service and of this machine it is asked once."""
        values = self.cleaned_data
        for source in self.chosen():
            resources = self.resources_of(source)
            if not source.needs_aws:
                yield Wish(source.name, resources=resources)
                continue
            for account in values["account"]:
                for region in values["region"][:1] if source.is_global else values["region"]:
                    yield Wish(source.name, account, region, values["start"], values["end"], resources)


def resources_field(source: Source, registered: str) -> LinesField:
    return LinesField(
        initial=registered,
        label=_now("%(title)s: %(what)s") % {"title": source.title, "what": source.resources},
        help_text=_("One a line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2, "class": "input", "spellcheck": "false"}),
    )


class UploadForm(PortalForm):
    """A file that a person hands over, and optionally the hash it should have."""

    file = forms.FileField(label=_("File or archive"), max_length=255)
    sha256 = forms.CharField(
        label=_("SHA-256"),
        required=False,
        max_length=64,
        help_text=_("If whoever gave you the file told you its hash, it is compared."),
    )

    def clean_sha256(self) -> str:
        given = str(self.cleaned_data["sha256"]).strip().lower()
        if given and not SHA256.fullmatch(given):
            raise forms.ValidationError(_("A SHA-256 is 64 hexadecimal digits."))
        return given
