"""Trying an account's roles: does AWS let the portal in, where to, on whose word, and to do what.

https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
"""

import secrets
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from cases.actions.accounts import Tried, record_role_checks
from cases.actor import Actor
from cases.models import ROLE_NAMES, AwsAccount, RoleCheck, User
from collectors.answers import REFUSALS
from phases.entering import RoleRequest, RoleSession, enter, is_refused, portal_session
from phases.narrowing import Needs, session_policy
from phases.role_rights import SELF_TEST, actions_of
from phases.sessions import check_endpoint, identity_of, partition_of
from plugins import NotReady

THREADS = 8
AT_ONCE = 50  # actions in one question
HOME = "us-east-1"
SECONDS = 900  # the shortest session that AWS gives
# A person may be waiting: a role that does not answer is said not to, after at most 12 seconds for each call.
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": 2},
    connect_timeout=2,
    read_timeout=4,
    user_agent_extra="forensics-portal",
)
PROBLEMS = (*REFUSALS, NotReady)
Sessions = Callable[[RoleRequest, boto3.Session], RoleSession]


@dataclass(frozen=True, slots=True)
class Door:
    """One role of one account, who tries it, and the portal's own session; ``actions`` are what it must be allowed."""

    account: AwsAccount
    role: str
    by: Actor
    portal: boto3.Session
    actions: tuple[str, ...]
    enter: Sessions

    @property
    def arn(self) -> str:
        return self.account.role_arn(self.role)

    def asked(self, external_id: str) -> RoleRequest:
        return RoleRequest(
            role=self.arn,
            account=self.account.account,
            external_id=external_id,
            region=region_of(self.account),
            name="fp-role-check",
            identity=identity_of(self.by.user),
            policy=session_policy(Needs((SELF_TEST,)), partition_of(self.arn)),
            seconds=SECONDS,
        )


def enter_briefly(asked: RoleRequest, portal: boto3.Session) -> RoleSession:
    return enter(asked, portal, CONFIG)


def check_roles(
    accounts: Iterable[AwsAccount],
    by: Actor,
    *,
    portal: boto3.Session | None = None,
    by_way_of: Sessions = enter_briefly,
) -> list[RoleCheck]:
    """Try every role of the accounts, eight at a time, and keep what came of it. Changes nothing in AWS."""
    check_endpoint()
    own = portal or portal_session(HOME, CONFIG)
    doors = [
        Door(account, role, by, own, actions_of(role, account), by_way_of)
        for account in accounts
        for role in roles_of(account)
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        tried = list(pool.map(tried_at, doors))
    return record_role_checks(tried=tried, by=by)


def check_as_asked(accounts: list[int], user: int) -> list[RoleCheck]:
    """What a worker does when a page asked: the primary keys of the accounts, and of who asked."""
    asker = User.objects.get(pk=user)
    chosen = AwsAccount.objects.filter(pk__in=accounts)
    return check_roles(chosen, Actor(asker, "worker", f"worker for {asker.shown_name}"))


def roles_of(account: AwsAccount) -> Iterator[str]:
    """The read role, which every account needs, and any other that the account is said to have."""
    yield from (role for role in ROLE_NAMES if role == "read" or account.role_arn(role))


def region_of(account: AwsAccount) -> str:
    return str(next(iter(account.regions), HOME))


def tried_at(door: Door) -> Tried:
    """Try one role. Asks the database nothing: it runs in a thread."""
    tried = Tried(door.account, door.role, door.arn)
    if not door.arn:
        return tried
    try:
        session = door.enter(door.asked(door.account.external_id), door.portal)
        found = str(session.client("sts").get_caller_identity()["Account"])
    except PROBLEMS as problem:
        return replace(tried, said=str(problem))
    tried = replace(tried, is_entered=True, found_account=found, refuses_strangers=refuses_strangers(door))
    return with_missing(tried, session, door.actions)


def refuses_strangers(door: Door) -> bool | None:
    """Whether the role refuses an ExternalId that is not the account's; None where AWS did not answer that."""
    try:
        door.enter(door.asked(f"fp-wrong-{secrets.token_urlsafe(18)}"), door.portal)
    except ClientError as problem:
        return True if is_refused(problem) else None
    except PROBLEMS:
        return None
    return False


def with_missing(tried: Tried, session: RoleSession, actions: tuple[str, ...]) -> Tried:
    """Ask AWS which of the actions the role lacks; it may not be willing to tell."""
    try:
        missing = tuple(missing_of(session.client("iam"), tried.role_arn, actions))
    except PROBLEMS as problem:
        return replace(tried, said=str(problem))
    return replace(tried, are_actions_known=True, missing_actions=missing)


def missing_of(iam: Any, arn: str, actions: tuple[str, ...]) -> Iterator[str]:
    """The actions that AWS would refuse the role, asked for any resource."""
    for start in range(0, len(actions), AT_ONCE):
        asked = {"PolicySourceArn": arn, "ActionNames": list(actions[start : start + AT_ONCE])}
        for page in iam.get_paginator("simulate_principal_policy").paginate(**asked):
            for result in page["EvaluationResults"]:
                if result["EvalDecision"] != "allowed":
                    yield result["EvalActionName"]
