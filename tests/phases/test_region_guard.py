"""A run's row made by hand, past every form: the guard stands at the session, at the vault, and at the events."""

import json

import pytest

from cases.actions.places import allow_policy
from cases.actions.runs import claim_run, hash_of
from cases.actions.units import StoredMember, StoredPart, store_part
from cases.models import AwsAccount, CustodyEntry, Evidence, EvidencePart, GapRecord, Run, Unit
from cases.places import MoveRefused
from cases.stores import vault_holding
from collectors import sources
from phases.requests import Wish, request_again, request_collection
from phases.sessions import session_for
from tests.cases.making import sha
from tests.phases.making import artifact, log_file, record

EU = "111122223333"


@pytest.fixture
def accounts():
    """An account whose Frankfurt is under another law than its other regions."""
    return AwsAccount.objects.create(
        account=EU, name="prod", kind="workload", region_jurisdictions={"eu-central-1": "eu"}, read_role_arn="arn:r"
    )


@pytest.fixture
def two_vaults(settings, places, by_ida):
    """A place for each law."""
    for setting, folder in (("VAULT_URL", "vault"), ("EVENTS_URL", "events")):
        setattr(settings, setting, json.dumps({name: (places / name / folder).as_uri() for name in ("local", "eu")}))
    allow_policy(jurisdiction="eu", place="eu", reason="its own", by=by_ida)


@pytest.fixture
def forge(collection):
    """Write another scope or another label into the queued run's own rows, as nobody is meant to be able to."""

    def forged(jurisdiction="local", **scope):
        Run.objects.filter(pk=collection.pk).update(scope=collection.scope | scope)
        Evidence.objects.filter(pk=collection.evidence_id).update(jurisdiction=jurisdiction)
        return Run.objects.get(pk=collection.pk)

    return forged


FORGERIES = {
    "another region": {"account": EU, "region": "eu-central-1"},
    "another account": {"account": "999999999999", "region": "us-east-1"},
    "another jurisdiction": {"account": EU, "region": "us-east-1", "jurisdiction": "eu"},
    "no jurisdiction": {"account": EU, "region": "us-east-1", "jurisdiction": ""},
}
every_forgery = pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)


@every_forgery
def test_the_session_factory_refuses_it_before_aws_is_asked(accounts, forge, forgery):
    source = sources.get("cloudtrail")
    AwsAccount.objects.create(account="444455556666", name="logs", kind="log_archive", read_role_arn="arn:r")
    with pytest.raises(MoveRefused, match="may not come to local"):
        session_for(forge(**forgery), source)
    assert CustodyEntry.objects.latest("pk").action == "move_refused"


@every_forgery
def test_the_vaults_door_refuses_it(accounts, forge, forgery):
    run = forge(**forgery)
    lease = claim_run(run=run, worker="host:1")
    unit = Unit.objects.create(run=run, number=1)
    member = StoredMember(0, "a.json", "file:a.json", "", 8, sha("evidence"))
    part = StoredPart(EvidencePart.Kind.RAW, sha("evidence"), 8, "key", (member,))
    with pytest.raises(MoveRefused):
        store_part(lease=lease, unit=unit, part=part)
    assert not EvidencePart.objects.exists()


@every_forgery
def test_not_a_byte_of_it_is_fetched_and_the_run_is_complete_with_a_gap(accounts, forge, forgery, walks, work):
    run, opens = forge(**forgery), []
    walks.append([artifact("a.json", opens=opens)])
    work("collect")
    run.refresh_from_db()
    assert (run.state, run.error, opens) == ("complete", "", [])
    assert list(run.units.values_list("state", flat=True)) == ["denied"]
    assert "Scripted: " in GapRecord.objects.get(kind="denied").subject


def test_a_refusal_names_what_is_missing_and_who_can_give_it(accounts, forge, walks, work):
    forge(account=EU, region="eu-central-1")
    walks.append([artifact("a.json")])
    work("collect")
    [detail] = GapRecord.objects.values_list("detail", flat=True)
    assert "its commander or legal can authorise eu to local on the incident's page Places" in detail
    assert "manage.py policy allow eu local --reason" in detail


def test_what_is_refused_at_the_session_is_a_gap_too(accounts, incident, by_rin, work):
    AwsAccount.objects.create(account="444455556666", name="logs", kind="log_archive", read_role_arn="arn:r")
    day = incident.opened_at.replace(hour=0)
    wish = Wish("cloudtrail", EU, "eu-central-1", day, incident.opened_at, ("bucket",))
    run, _ = request_collection(incident=incident, wish=wish, by=by_rin)
    work("collect")
    run.refresh_from_db()
    assert (run.state, run.evidence.jurisdiction) == ("complete", "eu")
    assert GapRecord.objects.get().subject.endswith("eu to local")


def test_evidence_lies_where_policy_allows_it_and_is_read_back_from_there(accounts, two_vaults, forge, walks, work):
    forge("eu", account=EU, region="eu-central-1")
    walks.append([artifact("a.json", b"frankfurt")])
    work("collect")
    part = EvidencePart.objects.get()
    assert part.place == "eu"
    assert vault_holding(part).root.parent.name == "eu"
    vault_holding(part).verify(part.sha256, part.size)


def test_its_rows_may_not_come_to_the_incidents_events_either(accounts, two_vaults, forge, walks, work_all):
    forge("eu", account=EU, region="eu-central-1")
    walks.append([artifact("a_CloudTrail.json", log_file(record(1)))])
    work_all()
    [gap] = GapRecord.objects.filter(phase="examination", kind="denied")
    assert "Events of" in gap.subject
    assert Run.objects.get(tool="examine").rows == 0


def test_once_it_is_authorised_asking_again_brings_it(accounts, forge, walks, work, by_ida, by_rin):
    run = forge(account=EU, region="eu-central-1")
    Run.objects.filter(pk=run.pk).update(scope_hash=hash_of(run.scope))
    walks += [[artifact("a.json")], [artifact("a.json")]]
    work("collect")
    allow_policy(jurisdiction="eu", place="local", reason="treaty", by=by_ida)
    again, _ = request_again(run=Run.objects.get(pk=run.pk), by=by_rin)
    work("collect")
    assert Run.objects.get(pk=again.pk).members == 1
