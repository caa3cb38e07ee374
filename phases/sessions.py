"""Sessions into AWS accounts: an assumed role per account, narrowed to the run, and checked before use."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings

from cases.actions.moves import check_moves
from cases.models import AwsAccount, Run, User
from cases.places import jurisdictions_of, place_for
from collectors import Source
from phases.entering import RoleRequest, RoleSession, enter, is_refused, portal_session
from phases.narrowing import Needs, session_policy
from plugins import Refused

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class EntryDenied(Exception):
    """AWS does not let the portal into the account's role; what was asked there is a gap, in AWS's own words."""

    def __init__(self, role: str, words: str) -> None:
        super().__init__(words)
        self.role = role


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a session goes: an account and region, as one that acts or one that looks, and what for."""

    account: AwsAccount
    region: str
    needs: Needs
    acts: bool = False

    @property
    def role(self) -> str:
        return self.account.role_arn("acquire" if self.acts else "read")


def session_for(run: Run, source: Source, portal: boto3.Session | None = None) -> RoleSession:
    """A session in the role of the run's account, checked. Raises EntryDenied when AWS refuses the role.

    Raises MoveRefused, before AWS is asked anything, where what it would bring may lie in no vault of ours; Refused
    where something must be changed here first: no account, no role, a role that leads elsewhere; and NotReady where
    AWS is asked too often. ``portal`` is the portal's own session, for who has one already.
    """
    account = account_of(run, source)
    check_moves(run, run.title, place_for(run.incident, jurisdictions_of(run)).name)
    needs = Needs(source.permissions, source.narrowed_by, tuple(run.scope.get("resources", ())))
    return session_in(run, Entry(account, run.scope["region"], needs, source.acts), portal)


def session_in(run: Run, entry: Entry, portal: boto3.Session | None = None) -> RoleSession:
    """A checked session for the run in the account and region of ``entry``. Raises EntryDenied, Refused, NotReady."""
    check_endpoint()
    asked = request_of(run, entry)
    try:
        session = enter(asked, portal or portal_session(entry.region))
        found = session.client("sts").get_caller_identity()["Account"]
    except ClientError as problem:
        if is_refused(problem):
            raise EntryDenied(entry.role, str(problem)) from problem
        raise Refused(f"the role {entry.role} could not be assumed: {problem}") from problem
    except BotoCoreError as problem:
        words = f"the role {entry.role} could not be assumed: {problem}; check its trust policy and ExternalId"
        raise Refused(words) from problem
    if found != asked.account:
        words = f"the role {entry.role} leads to account {found}, not {asked.account}; correct the account's role"
        raise Refused(words)
    return session


def account_of(run: Run, source: Source) -> AwsAccount:
    """The account to enter: where the logs lie, or the one that is asked about."""
    number = run.scope.get("account", "")
    if source.enters == AwsAccount.Kind.LOG_ARCHIVE:
        account = AwsAccount.objects.filter(kind=AwsAccount.Kind.LOG_ARCHIVE).first()
        number = account.account if account else "of the log archive"
    else:
        account = AwsAccount.objects.filter(account=number).first()
    if account is None:
        raise Refused(f"account {number} is not registered; add it with its role and ExternalId first")
    return account


def request_of(run: Run, entry: Entry) -> RoleRequest:
    """What the run says at the account's door. Raises Refused where the account has no role for it."""
    account = entry.account
    if not entry.role:
        kind = "acquire" if entry.acts else "read"
        raise Refused(f"{account} has no {kind} role that lets the portal in for {run.title}; add one to the account")
    if not account.external_id:
        raise Refused(f"{account} has no ExternalId; give it the one of its roles' trust policies")
    return RoleRequest(
        role=entry.role,
        account=account.account,
        external_id=account.external_id,
        region=entry.region,
        name=f"fp-{run.incident.reference}-{run.pk}",
        identity=identity_of(run.requested_by),
        policy=session_policy(entry.needs, partition_of(entry.role)),
        tags={"incident": run.incident.reference, "run": str(run.pk)},
    )


def partition_of(role: str) -> str:
    """Which AWS the role is in: aws, aws-cn, aws-us-gov."""
    return role.split(":")[1] if role.count(":") >= 5 else "aws"


def identity_of(user: User) -> str:
    """Who asked, in the characters that SourceIdentity allows (2 to 64 of [\\w+=,.@-])."""
    allowed = "".join(c if c.isascii() and (c.isalnum() or c in "+=,.@-_") else "_" for c in user.username)
    return f"fp-{allowed}"[:64]


def check_endpoint() -> None:
    """In the simulation every call must stay on this machine. Raises Refused if one could leave it."""
    if not settings.SIMULATION:
        return
    if "AWS_ENDPOINT_URL" not in settings.AWS_ENDPOINTS:
        raise Refused("SIMULATION is on, but AWS_ENDPOINT_URL is not set; start the demo with `make demo`")
    for name, endpoint in settings.AWS_ENDPOINTS.items():
        if urlsplit(endpoint).hostname not in LOOPBACK:
            raise Refused(f"SIMULATION is on, but {name} is {endpoint!r}; it must be on this machine")
