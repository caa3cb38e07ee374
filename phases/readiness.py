"""Looking at the forensic environment: who asks, who looks, through which roles."""

import json
import logging
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

import boto3
from botocore.exceptions import ClientError
from django.utils import timezone

from cases.actions import readiness as acts
from cases.actions.readiness import RequestLost, Seen
from cases.actor import Actor
from cases.models import AwsAccount, ReadinessRequest, ReadinessRun
from phases import bell
from phases.entering import RoleRequest, RoleSession, enter, is_refused, portal_session
from phases.narrowing import Needs, session_policy
from phases.rehearsal import rehearsals
from phases.sessions import check_endpoint, identity_of, partition_of
from plugins import NotReady
from readiness import Account, Check, NoEntry, Organisation, Role, Verdict, checks, score_of, verdict_of

log = logging.getLogger(__name__)


def ask(by: Actor) -> bool:
    """Ask for a look and ring for it; False when one is wanted already."""
    _, is_new = acts.request_readiness(by=by)
    bell.ring_for_readiness()
    return is_new


def ask_daily() -> None:
    """The daily look; where no account is registered there is nothing to look at."""
    if AwsAccount.objects.exists():
        ask(Actor.of_portal())


def sweep() -> None:
    """Close what was tried in vain, and ring for what nobody is doing."""
    acts.give_up_readiness()
    if ReadinessRequest.objects.claimable().exists():
        bell.ring_for_readiness()


def work() -> ReadinessRun | None:
    """Take the open request and look; None when there is none, or somebody else has it."""
    request = ReadinessRequest.objects.claimable().select_related("requested_by").first()
    attempt = acts.claim_readiness(request=request) if request else None
    if request is None or attempt is None:
        return None
    try:
        return perform(request, attempt)
    except RequestLost as problem:
        log.info("%s; what was seen is not written", problem)
        return None


def perform(request: ReadinessRequest, attempt: int) -> ReadinessRun:
    """Make every check, one after the other, and keep the results. Raises RequestLost."""
    door = Door(identity_of(request.requested_by))
    started_at, results = timezone.now(), []
    for done, check in enumerate(checks):
        acts.renew_readiness(request=request, attempt=attempt, done=done)
        seen = Organisation(registered(), partial(door.enter, check), timezone.now(), rehearsals())
        results.append((check, verdict_of(check, seen)))
    score = score_of([(check.weight, verdict.outcome) for check, verdict in results])
    written = [as_result(check, verdict) for check, verdict in results]
    return acts.record_readiness(
        request=request,
        attempt=attempt,
        seen=Seen(started_at, score.points, score.passed, score.total, written),
    )


def registered() -> tuple[Account, ...]:
    """The register of accounts, as checks see it."""
    return tuple(map(account_of, AwsAccount.objects.all()))


def account_of(row: AwsAccount) -> Account:
    return Account(
        number=row.account,
        name=row.name,
        kind=row.kind,
        regions=tuple(row.regions),
        read_role=row.read_role_arn,
        acquire_role=row.acquire_role_arn,
        external_id=row.external_id,
        buckets=tuple(row.trail_buckets),
    )


@dataclass
class Door:
    """The way into accounts for one look: in whose name, and the portal's own session for each region."""

    by: str
    _portals: dict[str, RoleSession] = field(default_factory=dict)

    def enter(self, check: Check, account: Account, role: Role) -> boto3.Session:
        """A session in the account's role. Raises NoEntry where AWS says no, or the role leads elsewhere."""
        if not (arn := account.role(role)):
            raise NoEntry(f"no {role} role of {account} is registered; add it with manage.py account {account.number}")
        check_endpoint()
        asked = terms(check, self.by, account, arn)
        try:
            session = self._entered(asked)
            found = session.client("sts").get_caller_identity()["Account"]
        except ClientError as problem:
            if is_refused(problem):
                raise NoEntry(str(problem)) from problem
            raise
        if found != account.number:
            raise NoEntry(f"the role {arn} leads to account {found}, not {account.number}; correct the account's role")
        return session

    def _entered(self, asked: RoleRequest) -> RoleSession:
        if asked.region not in self._portals:
            self._portals[asked.region] = portal_session(asked.region)
        try:
            return enter(asked, self._portals[asked.region])
        except NotReady as wait:  # a look waits for nobody: that AWS was asked too often is its answer
            raise wait.__cause__ or wait from None


def terms(check: Check, by: str, account: Account, arn: str) -> RoleRequest:
    """On what terms a role is taken: in whose name, for which check, for nothing but what the check declares."""
    return RoleRequest(
        role=arn,
        account=account.number,
        external_id=account.external_id,
        region=next(iter(account.regions), "us-east-1"),
        name=f"fp-readiness-{check.name}",
        identity=by,
        policy=session_policy(Needs(check.permissions), partition_of(arn)),
        tags={"check": check.name},
    )


def as_result(check: Check, verdict: Verdict) -> dict[str, Any]:
    """One check's result as JSON values; the words are kept as they were on that day."""
    about = {"name": check.name, "title": check.title, "practice": check.practice, "weight": check.weight}
    return {**about, **json.loads(json.dumps(asdict(verdict)))}
