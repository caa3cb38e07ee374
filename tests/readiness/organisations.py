"""Organisations as checks see them: the simulated one, and small ones of which a test makes each answer."""

from datetime import UTC, datetime
from functools import cache, partial
from types import SimpleNamespace

from botocore.config import Config

from readiness import Account, Kind, NoEntry, Organisation, Role, checks, verdict_of
from simulation.organisation import session_of
from tests.simulation.running import session_in

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ONCE = Config(retries={"total_max_attempts": 1})
MANAGEMENT = Account("100000000001", "management", Kind.MANAGEMENT, ("us-east-1",), "arn:read", "arn:acquire")
ARCHIVE = Account("100000000002", "logs", Kind.LOG_ARCHIVE, ("us-east-1",), "arn:read", buckets=("trail-bucket/logs",))
TOOLING = Account("100000000003", "tooling", Kind.SECURITY_TOOLING, ("us-east-1",), "arn:read")
FORENSICS = Account("100000000004", "forensics", Kind.FORENSICS, ("us-east-1",), "arn:read", "arn:acquire")
PROD = Account("111122223333", "prod-web", Kind.WORKLOAD, ("us-east-1",), "arn:read", "arn:acquire")
EVERY = (MANAGEMENT, ARCHIVE, TOOLING, FORENSICS, PROD)


def organisation(*accounts, **options):
    """An organisation of these accounts (default: one of each kind), at noon of 23 November 2026."""
    given = {"enter": nobody_enters, "now": NOW} | options
    return Organisation(accounts or EVERY, **given)


def nobody_enters(account, role):
    raise NoEntry(f"the {role} role of {account} does not trust the portal")


def registered(facts):
    """The accounts of the simulated organisation."""
    return tuple(
        Account(
            row["account"],
            row["name"],
            row["kind"],
            tuple(row["regions"]),
            row["read_role_arn"],
            row["acquire_role_arn"],
            row["external_id"],
            tuple(row["trail_buckets"]),
        )
        for row in facts["accounts"]
    )


@cache
def credentials_of(number, role):
    """Taken once for all tests: the simulation is one for all of them, too."""
    found = session_in(number, role=role).get_credentials()
    return found.access_key, found.secret_key, found.token


def of_simulation(facts, prepare=lambda session: None):
    """The simulated organisation; ``prepare`` gets each session before a check does. ci-build lets only readers in."""

    def enter(account, role):
        name = "ForensicsAcquire" if role is Role.ACQUIRE and account.name != "ci-build" else "ForensicsReadOnly"
        session = session_of(*credentials_of(account.number, name))
        session._session.set_default_client_config(ONCE)
        prepare(session)
        return session

    return Organisation(registered(facts), enter, datetime.now(UTC))


def told(answers):
    """An organisation in which AWS answers as ``answers`` say: "service.Operation" -> parts, or an error's code.

    A value may be a function of the account's number. What is not there is denied.
    """

    def enter(account, role):
        session = session_of("test", "test")
        session._session.set_default_client_config(ONCE)
        session.events.register("before-call", partial(answer_of, answers, account))
        return session

    return organisation(enter=enter)


def answer_of(answers, account, model, **_):
    found = answers.get(f"{model.service_model.service_name}.{model.name}", "AccessDenied")
    found = found(account) if callable(found) else found
    if isinstance(found, str):
        return SimpleNamespace(status_code=400), {"Error": {"Code": found, "Message": f"{found}, says AWS"}}
    return SimpleNamespace(status_code=200), found


def outcomes(verdict):
    """Outcome -> the sentences that came out so."""
    found = {}
    for one in verdict.observations:
        found.setdefault(str(one.outcome), []).append(one.says)
    return found


def looked(name, answers, **changes):
    """The verdict of a check over an organisation that is told what to answer."""
    seen = told(answers)
    for field, value in changes.items():
        setattr(seen, field, value)
    return verdict_of(checks.get(name), seen)
