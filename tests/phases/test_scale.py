"""Twenty accounts in three regions are as easy as one: sessions for all, and one closed door stops nobody else."""

import pytest

from cases.models import AwsAccount, GapRecord, Run
from collectors import Source, sources
from phases.requests import Wish, request_collection
from tests.phases.making import artifact

REGIONS = ("us-east-1", "eu-central-1", "ap-northeast-1")
LOCKED = "777788889999"  # its acquire role trusts nobody in the simulated organisation


@pytest.fixture
def organisation(db, simulated, monkeypatch):
    """Twenty accounts of the simulated organisation; one of them does not let the portal in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "simulation")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "simulation")
    numbers = [*(f"2000000000{at:02d}" for at in range(19)), LOCKED]
    return AwsAccount.objects.bulk_create(
        AwsAccount(account=one, name=one, kind="workload", read_role_arn=role_of(one), external_id=f"id-{one}")
        for one in numbers
    )


def role_of(number):
    return f"arn:aws:iam::{number}:role/{'ForensicsAcquire' if number == LOCKED else 'ForensicsReadOnly'}"


@pytest.fixture
def whoami():
    """A source whose one file is who the session is."""

    def collect(scope, aws):
        found = aws.client("sts").get_caller_identity()
        yield artifact(f"{scope.account}.json", found["Arn"].encode(), origin=f"{scope.account}/{scope.region}")

    sources.all()
    sources.add(made := Source("whoami", "Who am I", ("sts:GetCallerIdentity",), collect, module=__name__))
    yield made
    del sources._found["whoami"]


def test_there_are_sessions_for_all_and_one_closed_door_is_a_gap(organisation, whoami, incident, by_rin, work):
    start, end = incident.opened_at, incident.opened_at.replace(year=incident.opened_at.year + 1)
    for account in organisation:
        for region in REGIONS:
            wish = Wish("whoami", account.account, region, start, end)
            request_collection(incident=incident, wish=wish, by=by_rin)
    while work("collect"):
        pass
    assert set(Run.objects.of("collection").values_list("state", "members")) == {("complete", 1), ("complete", 0)}
    assert Run.objects.of("collection").filter(members=1).count() == 57
    denied = GapRecord.objects.filter(phase="collection")
    assert {(gap.kind, gap.subject) for gap in denied} == {("denied", role_of(LOCKED))}
    assert denied.count() == 3
