"""A worker looks: through the roles of the register, in the simulated organisation, and writes one row."""

from dataclasses import replace

import pytest

from cases.models import AwsAccount, ReadinessRequest, ReadinessRun
from phases import readiness as phase
from readiness import NoEntry, Role, checks
from tests.simulation.fixtures import simulated  # noqa: F401 - pytest finds the fixture here

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(simulated, monkeypatch):  # noqa: F811
    """The accounts of the simulated organisation, registered; the portal has credentials of its own."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulation")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulation")
    return {row["name"]: AwsAccount.objects.create(**row) for row in simulated["accounts"]}


def enter(name, role=Role.READ, check="vault_lock", **changes):
    account = replace(phase.account_of(AwsAccount.objects.get(name=name)), **changes)
    return phase.Door("fp-rin").enter(checks.get(check), account, role)


def test_a_look_writes_every_check_with_what_aws_answered(register, by_rin):
    phase.ask(by_rin)
    run = phase.work()
    assert [result["name"] for result in run.results] == list(checks.all())
    assert run.checks == len(run.results) > run.passed > 0
    assert all(one["asked"] and one["answered"] for result in run.results for one in result["observations"])


def test_a_role_that_does_not_trust_the_portal_fails_in_the_words_of_aws(register):
    with pytest.raises(NoEntry, match="not authorized to perform: sts:AssumeRole"):
        enter("ci-build", Role.ACQUIRE)


def test_a_role_that_leads_to_another_account_is_not_used(register):
    wrong = register["log-archive"].read_role_arn
    with pytest.raises(NoEntry, match="leads to account 100000000002, not 111122223333"):
        enter("prod-web", read_role=wrong)


def test_an_account_without_the_role_says_what_to_do(register):
    with pytest.raises(NoEntry, match=r"no acquire role .* add it with manage\.py account 111122223333"):
        enter("prod-web", Role.ACQUIRE, acquire_role="")


def test_a_session_may_do_what_its_check_declares_and_nothing_else(register):
    account = phase.account_of(register["prod-web"])
    terms = phase.terms(checks.get("vault_lock"), "fp-rin", account, account.read_role)
    assert '"Action":["backup:ListBackupVaults","sts:GetCallerIdentity"]' in terms.policy
    assert (terms.external_id, terms.identity) == (account.external_id, "fp-rin")


def test_without_a_request_there_is_nothing_to_do():
    assert phase.work() is None
    assert not ReadinessRun.objects.exists()


def test_without_accounts_the_daily_look_asks_for_nothing():
    phase.ask_daily()
    assert not ReadinessRequest.objects.exists()


def test_the_daily_look_is_asked_for_by_the_portal():
    AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload", regions=["us-east-1"])
    phase.ask_daily()
    assert ReadinessRequest.objects.get().requested_by.username == "portal"


def test_what_somebody_has_is_left_alone(by_rin):
    phase.ask(by_rin)
    request = ReadinessRequest.objects.get()
    phase.acts.claim_readiness(request=request)
    assert phase.work() is None


def test_a_look_that_is_lost_on_the_way_is_not_written(by_rin):
    phase.ask(by_rin)
    request = ReadinessRequest.objects.get()
    with pytest.raises(phase.RequestLost):
        phase.perform(request, attempt=7)
    assert not ReadinessRun.objects.exists()
