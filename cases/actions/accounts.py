"""Register accounts, take over what AWS Organizations names, and keep what a try at a role came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from cases.actions.custody import Action, record_portal_deed
from cases.actor import Actor
from cases.models import AwsAccount, RoleCheck, new_external_id
from plugins import Gap

LISTS = ("regions", "trail_buckets")


@dataclass(frozen=True, slots=True)
class Found:
    """One account as AWS Organizations names it; ``values`` are fields of AwsAccount."""

    account: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Organisation:
    """What a walk through an organisation came to; ``gaps`` are what AWS did not let the portal see."""

    id: str
    accounts: tuple[Found, ...]
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """What taking it over changed: numbers of new accounts, number -> changed fields, numbers that are gone."""

    added: tuple[str, ...]
    changed: Mapping[str, Mapping[str, Any]]
    gone: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Tried:
    """What one try at a role came to; the fields are those of RoleCheck."""

    account: AwsAccount
    role: str
    role_arn: str = ""
    is_entered: bool = False
    found_account: str = ""
    refuses_strangers: bool | None = None
    are_actions_known: bool = False
    missing_actions: tuple[str, ...] = ()
    said: str = ""


@transaction.atomic
def register_account(*, number: str, values: Mapping[str, Any], by: Actor) -> AwsAccount:
    """Set what a person typed; the rest stays, and discovery leaves it alone from then on. Raises ValidationError."""
    account = AwsAccount.objects.filter(account=number).first() or unregistered(number)
    for name, value in values.items():
        setattr(account, name, value)
    account.typed = sorted({*account.typed, *values})
    account.full_clean(exclude=[*LISTS, "typed"])  # to a form an empty list is a blank; here it is an answer
    account.save()
    changed = {name: entered(getattr(account, name)) for name in sorted(values)}
    about = {"type": "account", "id": number, "changed": changed}
    record_portal_deed(action=Action.SETTINGS_CHANGED, about=about, by=by)
    return account


def entered(value: Any) -> Any:
    """The value as a custody entry holds it: names of regions are data there, not keys."""
    return [f"{name}={inner}" for name, inner in value.items()] if isinstance(value, dict) else value


def unregistered(number: str) -> AwsAccount:
    """Not saved yet."""
    return AwsAccount(account=number, kind=AwsAccount.Kind.WORKLOAD, external_id=new_external_id())


@transaction.atomic
def record_discovery(*, organisation: Organisation, by: Actor) -> Taken:
    """Add and update accounts as AWS names them. Safe to repeat: what did not change is not written down again.

    Accounts that were discovered before and are not named any more are gone; those that people typed stay as they are.
    """
    known = {account.account: account for account in AwsAccount.objects.select_for_update()}
    changes = {found.account: take_over(found, known.get(found.account)) for found in organisation.accounts}
    taken = Taken(
        added=tuple(number for number in changes if number not in known),
        changed={number: fields for number, fields in changes.items() if fields and number in known},
        gone=mark_gone(list(changes)),
    )
    record_portal_deed(action=Action.SETTINGS_CHANGED, about=entry_of(organisation, taken), by=by)
    return taken


def take_over(found: Found, known: AwsAccount | None) -> dict[str, Any]:
    """Save one account as AWS names it; return what changed."""
    account = known or unregistered(found.account)
    changes = account.fill(found.values)
    account.external_id = account.external_id or new_external_id()
    account.discovered_at = timezone.now()
    account.save()
    return changes


def mark_gone(named: list[str]) -> tuple[str, ...]:
    """Mark, and return the numbers of, the accounts that AWS named once and names no more."""
    missing = AwsAccount.objects.exclude(account__in=named).exclude(discovered_at=None)
    missing = missing.exclude(status=AwsAccount.Status.GONE)
    numbers = tuple(missing.values_list("account", flat=True))
    AwsAccount.objects.filter(account__in=numbers).update(status=AwsAccount.Status.GONE)
    return numbers


def entry_of(organisation: Organisation, taken: Taken) -> dict[str, Any]:
    return {
        "type": "organisation",
        "id": organisation.id,
        "accounts": len(organisation.accounts),
        "added": list(taken.added),
        "changed": [{"account": number, **fields} for number, fields in taken.changed.items()],
        "gone": list(taken.gone),
        "not_seen": [f"{gap.subject}: {gap.detail}" for gap in organisation.gaps],
    }


@transaction.atomic
def record_role_checks(*, tried: Sequence[Tried], by: Actor) -> list[RoleCheck]:
    """Keep what each try came to, as rows of their own; earlier ones stay."""
    now = timezone.now()
    return [RoleCheck.objects.create(**fields_of(one), checked_at=now, checked_by=by.user) for one in tried]


def fields_of(one: Tried) -> dict[str, Any]:
    return {
        "account": one.account,
        "role": one.role,
        "role_arn": one.role_arn,
        "is_entered": one.is_entered,
        "found_account": one.found_account,
        "refuses_strangers": one.refuses_strangers,
        "are_actions_known": one.are_actions_known,
        "missing_actions": list(one.missing_actions),
        "said": one.said,
    }
