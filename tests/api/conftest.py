"""Callers with tokens, and an incident with one of everything."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from cases.actions.evidence import receive_upload
from cases.actions.incidents import set_member
from cases.actions.runs import Exhibit, Order
from cases.actions.timeline_entries import add_to_timeline
from cases.actions.units import StoredMember, StoredPart
from cases.actor import Actor
from cases.models import AwsAccount, EvidencePart, Finding, GapRecord, Membership, Phase, Report, Run
from cases.stores import vault_of
from cases.tellings import telling_of_finding
from phases import runs
from phases.plan_runs import make_plan
from phases.plans import PlanScope, plan_of, playbook_named
from phases.requests import Wish, request_collection
from phases.tasks import work_of

START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Caller:
    """A SOAR with one token; paths are below /api/v1/ unless they are whole addresses."""

    def __init__(self, user, scope="write"):
        lasts = timedelta(days=1)
        self.token, self.secret = ApiToken.objects.create(user=user, expiry=lasts, name=f"for {scope}", scope=scope)
        self.client = Client(headers={"Authorization": f"Bearer {self.secret}"})

    def get(self, path, **query):
        return self.client.get(address(path), query)

    def post(self, path, body=None, **headers):
        return self.client.post(address(path), body or {}, content_type="application/json", headers=headers)

    def patch(self, path, body, **headers):
        return self.client.patch(address(path), body, content_type="application/json", headers=headers)


def address(path):
    return path if path.startswith(("/api/", "http")) else f"/api/v1/{path}"


@pytest.fixture(autouse=True)
def fresh_cache():
    """Calls of other tests do not count against a test's rate."""
    cache.clear()


@pytest.fixture
def base(incident):
    return f"incidents/{incident.reference}/"


@pytest.fixture
def as_ida(ida):
    return Caller(ida)


@pytest.fixture
def as_rin(rin):
    return Caller(rin)


@pytest.fixture
def as_otto(otto):
    return Caller(otto)


@pytest.fixture
def observer(incident, ida, django_user_model):
    """Olga may look, and no more."""
    olga = django_user_model.objects.create(username="olga", first_name="Olga", last_name="Observer")
    set_member(incident=incident, user=olga, role=Membership.Role.OBSERVER, by=Actor(ida))
    return olga


@pytest.fixture
def as_observer(observer):
    return Caller(observer)


@pytest.fixture
def exhibit(incident, rin):
    """An uploaded file, sealed."""
    receipt = vault_of(incident).put([b"evidence"])
    member = StoredMember(0, "trail.json", "upload:trail.json", "", receipt.size, receipt.sha256)
    part = StoredPart(EvidencePart.Kind.RAW, receipt.sha256, receipt.size, receipt.key, (member,))
    order = Order(Phase.COLLECTION, "upload", "trail.json", {"n": 1}, exhibit=Exhibit("trail.json", "logs", "upload"))
    return receive_upload(incident=incident, order=order, part=part, by=Actor(rin))


@pytest.fixture
def run(incident, rin, account):
    """A queued collection."""
    made, _ = request_collection(incident=incident, wish=WISH, by=Actor(rin))
    return made


WISH = Wish("cloudtrail", "111122223333", "eu-west-1", START, START + timedelta(days=1), ("trail-bucket",))


@pytest.fixture
def account(db):
    """An account that lets the portal in."""
    role = "arn:aws:iam::111122223333:role/ForensicsReadOnly"
    return AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload", read_role_arn=role)


@pytest.fixture
def plan(incident, rin, account):
    """A draft: nothing of it was asked."""
    lasts = {"start": START, "end": START + timedelta(days=1)}
    scope = PlanScope(accounts=("111122223333",), regions=("eu-west-1",), **lasts)
    return make_plan(incident=incident, plan=plan_of(playbook_named("access_key_leaked"), scope), by=Actor(rin))


@pytest.fixture
def finding(incident, exhibit):
    return Finding.objects.create(
        incident=incident,
        run=exhibit.runs.get(),
        number=1,
        question="cloudtrail_stopped",
        tool="sigma",
        title="CloudTrail stopped",
        entity_kind="principal",
        entity="arn:aws:iam::111122223333:user/ci-deploy",
        severity=4,
        techniques=["T1562.008"],
        count=1,
        first_at=START,
        last_at=START,
    )


@pytest.fixture
def entry(incident, finding, rin):
    """The finding, told in the case timeline."""
    return add_to_timeline(incident=incident, telling=telling_of_finding(finding, "so it began"), by=Actor(rin))[0]


@pytest.fixture
def gap(incident, exhibit):
    return GapRecord.objects.create(
        incident=incident,
        run=exhibit.runs.get(),
        phase=Phase.COLLECTION,
        kind=GapRecord.Kind.DENIED,
        subject="s3://trail-bucket",
        noticed_at=timezone.now(),
    )


@pytest.fixture
def report(incident, ida):
    """A draft whose PDF lies in the vault."""
    receipt = vault_of(incident).put([b"%PDF-1.7 a report"])
    run = Run.objects.create(
        incident=incident,
        phase=Phase.REPORTING,
        tool="report",
        title="Draft the report",
        scope_hash="0" * 64,
        state=Run.State.COMPLETE,
        requested_by=ida,
        requested_at=timezone.now(),
    )
    hashes = dict.fromkeys(("content_sha256", "manifest_sha256", "inputs_hash", "custody_root"), "0" * 64)
    return Report.objects.create(
        incident=incident,
        run=run,
        version=1,
        pdf_sha256=receipt.sha256,
        pdf_size=receipt.size,
        manifest={"evidence": []},
        custody_size=1,
        made_by=ida,
        made_at=timezone.now(),
        **hashes,
    )


def trail_event(number):
    at = START + timedelta(minutes=number)
    return {
        "eventVersion": "1.08",
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets" if number % 2 else "DeleteTrail",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.15",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci-deploy", "userName": "ci-deploy"},
        "recipientAccountId": "111122223333",
    }


@pytest.fixture
def examined(incident, rin, tmp_path, memories):
    """The incident after ten CloudTrail events were collected, examined and indexed."""

    def collected():
        folder = tmp_path / "logs"
        folder.mkdir()
        records = {"Records": [trail_event(number) for number in range(10)]}
        (folder / "trail.json.gz").write_bytes(gzip.compress(json.dumps(records).encode()))
        wish = Wish("folder", resources=(str(folder),), is_trusted=True)
        request_collection(incident=incident, wish=wish, by=Actor(rin))
        for queue in ("collect", "examine"):
            while runs.work_on(queue, work_of):
                pass

    memories.lay_down(collected, tmp_path)
    incident.refresh_from_db()
    return incident
