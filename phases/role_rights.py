"""What each of an account's two roles must be allowed: what the sources that use it declare, and no more."""

from cases.models import AwsAccount
from collectors import Source, sources

SELF_TEST = "iam:SimulatePrincipalPolicy"  # of the role on itself: how a role is asked what it lacks


def uses(source: Source, role: str) -> bool:
    """Whether the source enters accounts by the ``read`` or the ``acquire`` role."""
    return source.needs_aws and source.acts == (role == "acquire")


def actions_of(role: str, account: AwsAccount | None = None) -> tuple[str, ...]:
    """The IAM actions that the role needs; in ``account``, what is asked of it alone, else wherever it may stand."""
    wanted = [source for source in sources if uses(source, role) and (account is None or is_asked(source, account))]
    asked = {action for source in wanted for action in source.permissions}
    return tuple(sorted(asked | copied(wanted, account)))


def copied(wanted: list[Source], account: AwsAccount | None) -> set[str]:
    """What copies of disks need where they arrive: in the forensics accounts."""
    if account is not None and account.kind != AwsAccount.Kind.FORENSICS:
        return set()
    return {action for source in wanted for action in source.permissions_there}


def is_asked(source: Source, account: AwsAccount) -> bool:
    """Sources of the log archive ask it alone."""
    return source.enters in ("account", account.kind)
