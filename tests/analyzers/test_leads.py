"""Where to look first: the attacker, whatever else the month was full of, and each score says why."""

import json

import pytest

from analyzers import Asked, Material, analyzers
from analyzers.lead_signals import Signal
from analyzers.leads import Lead, finding_of
from analyzers.results import result_hash
from events import Filters
from plugins import Entity, Window
from tests.conftest import SHARED_DATA

from . import incidents
from .building import ACCOUNT, START, as_file, reader_of, record

MALLORY = f"arn:aws:iam::{ACCOUNT}:user/mallory"
TRAILS = SHARED_DATA / "cloudtrail"
STRATUS = sorted((TRAILS / "stratus").glob("*.json"))
needs_trails = pytest.mark.skipif(not STRATUS, reason="the shared log files are not here")


def ranked(reader, rules=()):
    *leads, answer = analyzers.get("leads").analyze(Material(reader, rules=rules))
    assert isinstance(answer, Asked)
    assert (answer.matches, answer.error) == (len(leads), "")
    return leads


def first(leads, kind):
    return next(lead.entity.value for lead in leads if lead.entity.kind == kind)


def score_of(leads, value):
    return next((lead.facts["score"] for lead in leads if lead.entity.value == value), 0)


def of_signals(lead):
    return {signal["name"]: signal for signal in lead.facts["signals"]}


def read(tmp_path, told):
    return reader_of(tmp_path, as_file(told.records))


def assert_the_attacker_is_first(told, leads):
    assert first(leads, "principal") in told.principals
    assert first(leads, "address") in told.addresses
    assert first(leads, "access_key") in told.keys


@pytest.mark.parametrize("attack", incidents.ATTACKS_KNOWN, ids=lambda attack: attack.__name__)
def test_of_thirty_thousand_events_the_attackers_37_lead(attack, tmp_path, pack):
    told = incidents.incident(attack, seed=1)
    assert len(told.records) == 30_037
    assert_the_attacker_is_first(told, ranked(read(tmp_path, told), pack.rules))


@pytest.mark.parametrize(("seed", "days"), [(2, 1), (3, 14)])
@pytest.mark.parametrize("attack", incidents.ATTACKS_KNOWN, ids=lambda attack: attack.__name__)
def test_it_does_not_hang_on_the_sample(attack, seed, days, tmp_path, pack):
    told = incidents.incident(attack, seed, ordinary=3_000, days=days)
    assert_the_attacker_is_first(told, ranked(read(tmp_path, told), pack.rules))


@pytest.mark.parametrize("attack", incidents.ATTACKS_KNOWN, ids=lambda attack: attack.__name__)
def test_no_rule_need_match(attack, tmp_path):
    told = incidents.incident(attack, seed=9, ordinary=4_000)
    leads = ranked(read(tmp_path, told))
    assert first(leads, "principal") in told.principals
    assert first(leads, "address") in told.addresses


def test_a_newcomer_without_a_key_is_ranked_as_well(tmp_path):
    """Months lie between an old file and new ones; services and other accounts call without a key."""
    days = 90 * 86_400
    keyless = {"actor": "mallory", "userIdentity": {"accessKeyId": None}}
    told = [
        record(0, at=0, actor="instance", sourceIPAddress="198.51.100.1"),
        *(record(n, at=days + n, **keyless) for n in (1, 2)),
    ]
    leads = ranked(reader_of(tmp_path, as_file(told)))
    assert {first(leads, "principal"), first(leads, "address")} == {MALLORY, "203.0.113.7"}


def test_without_an_attacker_nothing_is_sure(tmp_path, pack):
    told = incidents.incident(incidents.nobody, seed=3, ordinary=6_000)
    leads = ranked(read(tmp_path, told), pack.rules)
    assert max(lead.facts["score"] for lead in leads) < 60


@needs_trails
def test_in_a_real_trail_the_attacker_leads(tmp_path, pack):
    leads = ranked(reader_of(tmp_path, *sorted((TRAILS / "invictus").glob("*.json"))), pack.rules)
    assert first(leads, "principal").endswith(":user/bert-jan")
    assert first(leads, "address") == "192.168.10.20"


@pytest.fixture(scope="module")
def noise():
    return incidents.incident(incidents.nobody, seed=5, ordinary=4_000).records


@needs_trails
@pytest.mark.parametrize("trail", STRATUS[::2], ids=lambda trail: trail.stem)
def test_a_real_technique_leads_in_the_noise(trail, noise, tmp_path, pack):
    attack = incidents.played(json.loads(trail.read_text()))
    leads = ranked(reader_of(tmp_path, as_file(noise + attack)), pack.rules)
    assert first(leads, "principal") in {record["userIdentity"]["arn"] for record in attack}
    assert first(leads, "address") in {record["sourceIPAddress"] for record in attack}


@pytest.fixture(scope="module")
def leaked(tmp_path_factory, pack):
    """The leads of a leaked key in 4,000 events, and the reader of these."""
    told = incidents.incident(incidents.leaked_key, seed=1, ordinary=4_000)
    reader = read(tmp_path_factory.mktemp("leaked"), told)
    return told, reader, ranked(reader, pack.rules)


def test_it_says_why_in_words(leaked):
    told, _, leads = leaked
    lead = next(lead for lead in leads if lead.entity.value in told.addresses)
    assert "an address that nobody else used: 37 of the" in lead.explanation
    assert "high finding: A new administrator with a credential was made in one go" in lead.explanation
    assert "looked around, then got a hold" in lead.explanation


def test_it_cites_the_events_behind_each_reason(leaked):
    told, reader, leads = leaked
    lead = next(lead for lead in leads if lead.entity.value in told.addresses)
    for signal in of_signals(lead).values():
        places = [lead.examples[number] for number in signal["cited"]]
        events = reader.events_at([(one.evidence, one.part, one.member, one.row) for one in places])
        assert {event["source_ip_address"] for event in events.values()} <= told.addresses
    assert of_signals(lead)["sequence"]["cited"]


def test_its_query_shows_all_of_its_events(leaked):
    told, reader, leads = leaked
    lead = next(lead for lead in leads if lead.entity.value in told.addresses)
    assert reader.count(Filters.from_query(lead.query)) == lead.count == 37


def test_what_the_attacker_took_and_made_are_resources_to_look_at(leaked):
    leads = leaked[2]
    assert {"iam:svc-support", "s3:customer-exports"} <= {
        one.entity.value for one in leads if one.entity.kind == "resource"
    }


def test_the_score_is_what_its_signals_leave_of_doubt(leaked):
    for lead in leaked[2]:
        doubt = 1.0
        for signal in lead.facts["signals"]:
            doubt *= 1 - signal["part"]
        assert lead.facts["score"] == pytest.approx(100 * (1 - doubt), abs=0.5)
        assert 10 <= lead.facts["score"] <= 100


def test_they_are_ranked_over_all_kinds(leaked):
    leads = leaked[2]
    assert [lead.facts["rank"] for lead in leads] == list(range(1, len(leads) + 1))
    assert [lead.facts["score"] for lead in leads] == sorted((one.facts["score"] for one in leads), reverse=True)


def test_it_says_only_what_json_can_hold(leaked):
    for lead in leaked[2]:
        assert json.loads(json.dumps(lead.facts)) == lead.facts


def test_the_same_events_in_another_order_of_files_give_the_same_scores(tmp_path):
    told = incidents.incident(incidents.leaked_key, seed=1, ordinary=1_000)
    half = len(told.records) // 2
    one = ranked(reader_of(tmp_path / "a", as_file(told.records[:half]), as_file(told.records[half:])))
    two = ranked(reader_of(tmp_path / "b", as_file(told.records[half:]), as_file(told.records[:half])))
    told_of = [[(lead.entity, lead.facts["score"], lead.explanation) for lead in leads] for leads in (one, two)]
    assert told_of[0] == told_of[1]


def test_asked_twice_it_answers_the_same(leaked, pack):
    assert result_hash(ranked(leaked[1], pack.rules)) == result_hash(leaked[2])


def test_many_events_of_one_sort_are_no_reason(events_of):
    assert ranked(events_of({"times": 3_000, "every": 60, "eventName": "DescribeInstances"})) == []


def test_a_job_that_fails_each_night_counts_less_than_one_that_fails_once(events_of):
    storm = {"times": 30, "eventName": "GetObject", "errorCode": "AccessDenied"}
    once = score_of(ranked(events_of(storm)), MALLORY)
    assert once > 10 > score_of(ranked(events_of(*(storm | {"at": night * 86_400} for night in range(9)))), MALLORY)


def named(*names, **more):
    return [{"eventName": name, "at": at, **more} for at, name in enumerate(names)]


FOOTHOLD_FIRST = named("CreateUser", "ListUsers", "ListRoles", "ListBuckets", "GetObject")
IN_ORDER = named("ListUsers", "ListRoles", "ListBuckets", "CreateUser", "GetObject")


def test_only_the_order_of_an_attack_is_a_sequence(events_of):
    [lead, *_] = ranked(events_of(*IN_ORDER))
    assert "sequence" in of_signals(lead)
    assert not any("sequence" in of_signals(lead) for lead in ranked(events_of(*FOOTHOLD_FIRST)))


def test_a_hold_that_was_refused_is_none(events_of):
    refused = [line | ({"errorCode": "AccessDenied"} if line["eventName"] == "CreateUser" else {}) for line in IN_ORDER]
    assert not any("sequence" in of_signals(lead) for lead in ranked(events_of(*refused)))


def test_services_of_aws_are_nobody_to_look_at(events_of, pack):
    service = {
        "type": "AWSService",
        "arn": None,
        "userName": None,
        "accessKeyId": None,
        "invokedBy": "ec2.amazonaws.com",
    }
    told = [line | {"userIdentity": service, "sourceIPAddress": "ec2.amazonaws.com"} for line in IN_ORDER]
    assert ranked(events_of(*told), pack.rules) == []


def test_a_key_given_to_a_suspect_is_suspect_and_one_never_used_counts_its_issue(tmp_path, pack):
    told = incidents.incident(incidents.leaked_key, seed=1, ordinary=4_000)
    [address] = told.addresses
    issue = next(
        one for one in told.records if one["eventName"] == "CreateAccessKey" and one["sourceIPAddress"] == address
    )
    issue["responseElements"] = {"accessKey": {"accessKeyId": "AKIANEVERUSED0000001", "userName": "svc-support"}}
    lead = next(one for one in ranked(read(tmp_path, told), pack.rules) if one.entity.value == "AKIANEVERUSED0000001")
    assert f"was issued by CreateAccessKey to {address}" in lead.explanation
    assert (lead.count, len(lead.examples)) == (1, 1)


HOSTILE = ["' OR 1=1 --", "<script>alert(1)</script>", "\u202egnp.exe", "x" * 5_000, "%_\\", "\x00"]


@pytest.mark.parametrize("name", HOSTILE)
def test_names_that_an_attacker_chose_are_only_names(events_of, pack, name):
    told = [line | {"userIdentity": {"arn": name}, "userAgent": name, "sourceIPAddress": name} for line in IN_ORDER]
    told.append({"eventName": name, "requestParameters": {"userName": name, "bucketName": {"a": name}}})
    for lead in ranked(events_of(*told), pack.rules):
        assert len(lead.entity.value) < 500
        assert lead.examples


@pytest.mark.parametrize("address", ["AWS Internal", "ec2.amazonaws.com", "", "not an address"])
def test_what_is_no_address_is_no_lead(events_of, address):
    assert {
        one.entity.kind for one in ranked(events_of(*(line | {"sourceIPAddress": address} for line in IN_ORDER)))
    } == {
        "principal",
        "access_key",
    }


@pytest.mark.parametrize("address", ["2001:db8::1", "203.0.113.9"])
def test_both_kinds_of_address_are(events_of, address):
    assert first(ranked(events_of(*(line | {"sourceIPAddress": address} for line in IN_ORDER))), "address") == address


def test_events_without_time_or_caller_are_passed_by(events_of):
    odd = {"userIdentity": {"type": None, "arn": None, "accessKeyId": None, "userName": None, "principalId": None}}
    assert ranked(events_of({"eventTime": "yesterday"}, odd | {"eventName": "ListUsers"}, {"eventTime": None})) == []


def test_a_window_leaves_out_what_is_beside_it(tmp_path, pack):
    told = incidents.incident(incidents.leaked_key, seed=1, ordinary=1_000)
    reader = read(tmp_path, told)
    window = Window(START.replace(year=2020), START.replace(year=2021))
    *leads, answer = analyzers.get("leads").analyze(Material(reader, rules=pack.rules, window=window))
    assert (leads, answer.matches) == ([], 0)


def test_an_event_that_two_signals_cite_in_other_words_stands_once():
    who, event = Entity("address", "203.0.113.7"), {"evidence": "E", "part": 1, "member": 0, "src_row": 4}
    event |= {"src_file": "a.json", "event_time": START}
    signals = tuple(Signal(who, "s", 0.5, "w", [event | {"what": what}]) for what in ("GetObject", "GetObject failed"))
    found = finding_of(Lead(who, signals), 1, None)
    assert [example.what for example in found.examples] == ["GetObject"]
    assert [signal["cited"] for signal in found.facts["signals"]] == [[0], [0]]
