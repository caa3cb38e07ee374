"""How requests and DNS questions stand among the events of other logs: what a line says, what counts as an error."""

import importlib

import pytest

from events import Filters, open_events
from examiners import EventBatch, examiners
from tests.examiners import hostile
from tests.examiners.making import member
from tests.examiners.test_cloudfront_logs import file_of as cloudfront_file
from tests.examiners.test_cloudfront_logs import header, line
from tests.examiners.test_elb_logs import BLOCKED, CONNECTION, HTTP, TCP, TLS
from tests.examiners.test_elb_logs import file_of as elb_file
from tests.examiners.test_resolver_logs import RECORD
from tests.examiners.test_resolver_logs import file_of as dns_file
from tests.examiners.test_s3_access_logs import DENIED, GET, ROLE
from tests.examiners.test_s3_access_logs import file_of as s3_file
from tests.examiners.test_waf_logs import file_of as waf_file
from tests.examiners.test_waf_logs import record


@pytest.fixture
def reader(tmp_path):
    """A reader over files, each given by its examiner's name and its bytes."""

    def read(*files):
        store, staged = open_events(tmp_path.as_uri(), "FP-2026-000001"), []
        for index, (name, data) in enumerate(files):
            tool = examiners.get(name)
            examined = tool.examine(iter([member(data, f"{index}.log", index)]))
            batches = [one.rows for one in examined if isinstance(one, EventBatch)]
            staged.append(store.stage(f"{index}-{name}", tool.family, batches))
        return store.reader(store.index(staged).name)

    return read


@pytest.fixture
def lines(reader):
    """What the timeline shows of one file: (event name, source, error)."""

    def shown(name, data):
        rows = reader((name, data)).page(Filters()).rows
        return sorted(((row["event_name"], row["event_source"], row["error_code"]) for row in rows), key=str)

    return shown


def test_requests_to_load_balancers(lines):
    assert lines("elb_logs", elb_file(HTTP, BLOCKED, TLS, CONNECTION, TCP)) == [
        ("GET /a/b", "elb-logs", None),
        ("POST /login", "elb-logs", "403"),
        ("connection", "elb-logs", None),
        ("request", "elb-logs", None),
        ("tls lb.elb.us-east-2.amazonaws.com", "elb-logs", None),
    ]


def test_requests_to_buckets(lines):
    assert lines("s3_access_logs", s3_file(GET, DENIED)) == [
        ("REST.GET.BUCKETPOLICY", "s3-access-logs", "AccessDenied"),
        ("REST.GET.OBJECT 2026/a%252520b.csv", "s3-access-logs", None),
    ]


def test_requests_that_waf_judged(lines):
    assert lines("waf_logs", waf_file(record(), record(action="ALLOW"), record(responseCodeSent=405))) == [
        ("ALLOW GET /admin", "waf-logs", None),
        ("BLOCK GET /admin", "waf-logs", "BLOCK"),
        ("BLOCK GET /admin", "waf-logs", "BLOCK"),
    ]


def test_requests_to_distributions(lines):
    assert lines("cloudfront_logs", cloudfront_file(header(), line(), line(sc_status="502"))) == [
        ("GET /index.html", "cloudfront-logs", "502"),
        ("GET /index.html", "cloudfront-logs", None),
    ]


def test_questions_to_the_resolver(lines):
    asked = RECORD | {"query_name": "a.example.", "query_type": "A", "firewall_rule_action": "ALLOW"}
    assert lines("resolver_logs", dns_file(RECORD, asked, asked | {"rcode": "NXDOMAIN"})) == [
        ("A a.example.", "resolver-logs", "NXDOMAIN"),
        ("A a.example.", "resolver-logs", None),
        ("PTR 15.3.4.32.in-addr.arpa.", "resolver-logs", "BLOCK"),
    ]


def test_a_long_path_does_not_fill_the_page(lines):
    [(name, _, _)] = lines("waf_logs", waf_file(record(request={"uri": "/" + "a" * 9_000})))
    assert len(name) == 160


def test_all_families_are_one_timeline_and_filters_see_into_it(reader):
    names = ("elb_logs", "s3_access_logs", "waf_logs", "cloudfront_logs", "resolver_logs", "vpc_flow_logs")
    samples = [importlib.import_module(f"tests.examiners.test_{name}").sample() for name in names]
    found = reader(*((name, data) for name, (data, *_) in zip(names, samples, strict=True)))
    assert found.count() == sum(rows for *_, rows in samples)
    assert found.count(Filters(only={"source_ip": ("203.0.113.44",)})) == 2
    assert found.count(Filters(only={"principal": (ROLE,)})) == 2
    assert found.count(Filters(only={"account": ("111122223333",), "family": ("access_requests",)})) == 4
    assert found.count(Filters(q="DuplicateHeader")) == 1
    assert found.count(Filters(q="updates.example")) == 1


def test_a_record_delivered_twice_is_a_copy_and_another_of_the_same_id_is_none(reader):
    data = cloudfront_file(header(), line(), line(), line(cs_uri_stem="/other"))
    found = reader(("cloudfront_logs", data), ("s3_access_logs", s3_file(GET, GET, DENIED)))
    assert (found.tally().rows, found.tally().copies) == (6, 2)


@pytest.mark.parametrize("text", hostile.VALUES, ids=hostile.IDS)
def test_hostile_text_comes_back_as_it_was_sent(reader, text):
    sent = record(headers=[{"name": "User-Agent", "value": text}])
    found = reader(("waf_logs", waf_file(sent)))
    [row] = found.page(Filters()).rows
    assert row["user_agent"] == text
    assert found.event(row["key"])["user_agent"] == text
