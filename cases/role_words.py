"""What a try at a role showed, in words, each with its remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cases.models import ROLE_NAMES, RoleCheck

SHOWN = 12  # names of missing actions in a sentence; the row holds all of them


@dataclass(frozen=True, slots=True)
class Problem:
    """What is not as it should be, and what to do about it; ``is_mere_note``: there is nothing to do."""

    words: str
    remedy: str
    is_mere_note: bool = False


def state_of(check: RoleCheck, problems: Sequence[Problem]) -> str:
    """The state of the try; where no problem asks for anything, a role that works is ok."""
    is_sound = check.state == "warn" and all(problem.is_mere_note for problem in problems)
    return "ok" if is_sound else check.state


def problems_of(check: RoleCheck, *, is_simulated: bool = False) -> list[Problem]:
    """What is not as it should be, or not known; empty when the role is sound."""
    if not check.is_entered:
        return [not_entered(check)]
    if not check.is_right_account:
        return [elsewhere(check)]
    return [*strangers(check, is_simulated), *missing(check)]


def not_entered(check: RoleCheck) -> Problem:
    name = ROLE_NAMES[check.role]
    if not check.role_arn:
        return Problem(
            _("The account has no such role."),
            _("Deploy deploy/forensics-roles.json there, then: manage.py account %(number)s --%(role)s-role ARN")
            % {"number": check.account.account, "role": check.role},
        )
    return Problem(
        _("AWS does not let the portal in."),
        _("Deploy %(name)s there (deploy/forensics-roles.json), with the portal's role and this account's ExternalId.")
        % {"name": name},
    )


def elsewhere(check: RoleCheck) -> Problem:
    return Problem(
        _("The role leads to account %(found)s.") % {"found": check.found_account},
        _("Correct its ARN: manage.py account %(number)s --%(role)s-role ARN")
        % {"number": check.account.account, "role": check.role},
    )


def strangers(check: RoleCheck, is_simulated: bool) -> Iterator[Problem]:
    if check.refuses_strangers is False and is_simulated:
        yield Problem(
            _("The role takes any ExternalId, as every role does in simulated AWS."),
            _("Nothing to do: AWS itself compares it."),
            is_mere_note=True,
        )
    elif check.refuses_strangers is False:
        yield Problem(
            _("The role takes any ExternalId: whoever knows its name can send the portal in."),
            _("Put sts:ExternalId into its trust policy, as deploy/forensics-roles.json does."),
        )
    elif check.refuses_strangers is None:
        yield Problem(_("Whether the role refuses a wrong ExternalId is not known."), _("Try again later."))


def missing(check: RoleCheck) -> Iterator[Problem]:
    if not check.are_actions_known:
        yield Problem(
            _("Which actions the role lacks is not known."),
            _("Let it do iam:SimulatePrincipalPolicy on itself, as deploy/forensics-roles.json does."),
        )
    elif check.missing_actions:
        yield Problem(
            _("AWS would refuse it: %(actions)s.") % {"actions": listed(check.missing_actions)},
            _("Deploy deploy/forensics-roles.json anew. If they are allowed for named resources, nothing is wrong."),
        )


def listed(actions: list[str]) -> str:
    more = len(actions) - SHOWN
    shown = ", ".join(actions[:SHOWN])
    return _("%(shown)s and %(more)s more") % {"shown": shown, "more": more} if more > 0 else shown
