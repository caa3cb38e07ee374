"""The accounts as their page shows them: each with its roles, and the newest try at each."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from cases.models import AwsAccount, RoleCheck
from cases.role_words import Problem, problems_of, state_of

WORDS = {
    "ok": _("Works"),
    "warn": _("Works, something is missing"),
    "failed": _("Does not work"),
    "not_requested": _("Never tried"),
}


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role: its name and ARN, the newest try at it (None: never tried), and what is wrong with it."""

    name: str
    arn: str
    check: RoleCheck | None
    problems: list[Problem]

    @property
    def short(self) -> str:
        """The role's own name; its ARN is long, and the same in every account but for the number."""
        return self.arn.rpartition("/")[2]

    @property
    def state(self) -> str:
        return state_of(self.check, self.problems) if self.check else "not_requested"

    @property
    def word(self) -> str:
        return str(WORDS[self.state])


@dataclass(frozen=True, slots=True)
class AccountLine:
    account: AwsAccount
    roles: list[RoleLine]


def account_lines() -> list[AccountLine]:
    """Every account with its two roles, in two queries."""
    checks = RoleCheck.objects.newest().select_related("account", "checked_by")
    newest = {(check.account_id, check.role): check for check in checks}
    return [
        AccountLine(account, [role_line(account, role, newest.get((account.pk, role))) for role in RoleCheck.Role])
        for account in AwsAccount.objects.all()
    ]


def role_line(account: AwsAccount, role: RoleCheck.Role, check: RoleCheck | None) -> RoleLine:
    """A try at another ARN than the account has now says nothing of this one."""
    arn = account.role_arn(role)
    if check is not None and check.role_arn != arn:
        check = None
    problems = problems_of(check, is_simulated=settings.SIMULATION) if check else []
    return RoleLine(str(role.label), arn, check, problems)
