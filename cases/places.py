"""Where evidence may lie: the places and jurisdictions there are, and which of the two may come together now.

Everything here only asks. ``cases.actions.moves`` asks the same and writes the answer down.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from cases.models import LOCAL, AwsAccount, Incident, Policy, Run
from plugins import Refused

REMEDY = (
    "no policy allows it and no authorisation of {incident} covers it now: its commander or legal can authorise "
    "{jurisdiction} to {place} on the incident's page Places, or an administrator allows it for every incident with "
    "`manage.py policy allow {jurisdiction} {place} --reason ...`; then ask again"
)


class WrongPlaces(Refused):
    """The settings of places do not fit together; the message says what to change."""


class MoveRefused(Exception):
    """Evidence may not come to that place; the message says which authorisation is missing and who can give it."""

    def __init__(self, what: str, ruling: "Ruling") -> None:
        super().__init__(f"{what} may not come to {ruling.place}: {ruling.problem}")
        self.subject = f"{what}: {ruling.jurisdiction or 'unknown'} to {ruling.place}"


@dataclass(frozen=True, slots=True)
class Place:
    """One place. ``vault`` and ``events`` are URLs, empty where only copies of disks lie: in an account and region."""

    name: str
    vault: str = ""
    events: str = ""
    account: str = ""
    region: str = ""
    jurisdiction: str = ""


@dataclass(frozen=True, slots=True)
class Ruling:
    """Whether evidence of a jurisdiction may come to a place now: ``allowed_by`` names what allows it, or ``problem``.

    ``is_exception`` where only an authorization of the incident allows it, not the policy for all.
    """

    jurisdiction: str
    place: str
    allowed_by: str = ""
    problem: str = ""
    is_exception: bool = False

    @property
    def is_allowed(self) -> bool:
        return bool(self.allowed_by)


def vault_places() -> dict[str, Place]:
    """Name -> each place that has a vault, the portal's own (``VAULT_PLACE``) first. Raises WrongPlaces."""
    vaults, events = urls_of("VAULT_URL"), urls_of("EVENTS_URL")
    if settings.VAULT_PLACE not in vaults:
        raise WrongPlaces(f"VAULT_PLACE is {settings.VAULT_PLACE!r}; name one of VAULT_URL: {', '.join(vaults)}")
    if vaults.keys() != events.keys():
        raise WrongPlaces(
            f"EVENTS_URL names {', '.join(events)}, VAULT_URL {', '.join(vaults)}; events lie beside each vault, so "
            "give both the same places"
        )
    names = sorted(vaults, key=lambda name: name != settings.VAULT_PLACE)
    return {name: Place(name, vaults[name], events[name]) for name in names}


def urls_of(setting: str) -> dict[str, str]:
    """Place -> URL, from one URL or from JSON. Raises WrongPlaces."""
    value: str = getattr(settings, setting)
    if not value.lstrip().startswith("{"):
        return {settings.VAULT_PLACE: value}
    try:
        found = json.loads(value)
    except ValueError as problem:
        raise WrongPlaces(f"{setting} begins like JSON and is none: {problem}") from problem
    if not found or not all(isinstance(url, str) and url and 0 < len(name) <= 64 for name, url in found.items()):
        raise WrongPlaces(f'{setting} must be one URL or {{"PLACE": "URL", ...}}, with names of at most 64 characters')
    return dict(found)


def copy_places() -> dict[str, Place]:
    """ACCOUNT/REGION -> each region of a forensics account: where copies of disks may lie."""
    accounts = AwsAccount.objects.filter(kind=AwsAccount.Kind.FORENSICS)
    return {
        f"{account.account}/{region}": Place(
            f"{account.account}/{region}",
            account=account.account,
            region=region,
            jurisdiction=account.jurisdiction_in(region),
        )
        for account in accounts
        for region in account.regions
    }


def all_places() -> dict[str, Place]:
    return vault_places() | copy_places()


def jurisdictions() -> list[str]:
    """The jurisdictions that accounts are registered with, and the one of whatever never was in AWS."""
    rows = AwsAccount.objects.values_list("jurisdiction", "region_jurisdictions")
    found = {LOCAL} | {name for own, regions in rows for name in (own, *regions.values())}
    return sorted(found - {""})


def jurisdiction_of(account: str, region: str) -> str:
    """Whose law evidence from there is under; empty, and so allowed nowhere, where the account is not registered."""
    row = AwsAccount.objects.filter(account=account).first()
    return row.jurisdiction_in(region) if row else ""


def jurisdictions_of(run: Run) -> list[str]:
    """Each jurisdiction that the run touches, by its exhibit's label and by its scope: no forged row slips by."""
    labelled = run.evidence.jurisdiction if run.evidence else run.incident.jurisdiction
    account, region = str(run.scope.get("account") or ""), str(run.scope.get("region") or "")
    return sorted({labelled, jurisdiction_of(account, region)} if account else {labelled})


def rule_on(incident: Incident, jurisdiction: str, place: str) -> Ruling:
    """Whether it is allowed now. What is not known, and what nothing allows, is refused."""
    if problem := unknown(jurisdiction, place):
        return Ruling(jurisdiction, place, problem=problem)
    if policy := Policy.objects.standing().filter(jurisdiction=jurisdiction, place=place).first():
        return Ruling(jurisdiction, place, str(policy))
    covering = incident.authorizations.covering(timezone.now()).filter(jurisdiction=jurisdiction, place=place)
    if authorization := covering.order_by("pk").first():
        return Ruling(jurisdiction, place, str(authorization), is_exception=True)
    words = REMEDY.format(incident=incident, jurisdiction=jurisdiction, place=place)
    return Ruling(jurisdiction, place, problem=words)


def unknown(jurisdiction: str, place: str) -> str:
    """What is not known, with the remedy; empty when both are."""
    if not jurisdiction:
        return "its account is not registered, so nobody knows whose law it is under; add it with `manage.py account`"
    if jurisdiction not in (known := jurisdictions()):
        return f"no registered account has the jurisdiction {jurisdiction!r}; there are {', '.join(known)}"
    if place not in (places := all_places()):
        return f"there is no place {place!r}; there are {', '.join(places)}"
    return ""


def place_for(incident: Incident, found: Sequence[str]) -> Place:
    """The vault that may hold evidence of all these jurisdictions, rather by policy than by exception.

    Where none may, it is the portal's own, and there the guard refuses.
    """
    places = vault_places()
    rulings = {name: [rule_on(incident, jurisdiction, name) for jurisdiction in found] for name in places}
    fit = [name for name, ruled in rulings.items() if all(ruling.is_allowed for ruling in ruled)]
    fit.sort(key=lambda name: any(ruling.is_exception for ruling in rulings[name]))
    return places[fit[0] if fit else settings.VAULT_PLACE]


def foretold(incident: Incident, whence: Iterable[tuple[str, str]]) -> list[Ruling]:
    """What the guard would refuse now of evidence from these accounts and regions; each jurisdiction once."""
    rows = {row.account: row for row in AwsAccount.objects.all()}
    found = sorted({rows[account].jurisdiction_in(region) for account, region in whence if account in rows})
    rulings = [rule_on(incident, one, place_for(incident, [one]).name) for one in found]
    return [ruling for ruling in rulings if not ruling.is_allowed]


def home_of(jurisdiction: str) -> str:
    """The place where events and reports of a new incident lie for all its life: by policy alone, else the portal's."""
    standing = Policy.objects.standing().filter(jurisdiction=jurisdiction).values_list("place", flat=True)
    allowed = set(standing)
    return next((name for name in vault_places() if name in allowed), settings.VAULT_PLACE)
