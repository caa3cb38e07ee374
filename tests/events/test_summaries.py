"""The line that says what was done to what, of each family and through every door."""

from dataclasses import replace

import pytest

from events import EXPORTED, FAMILIES, Filters, columns, open_events
from examiners import EventBatch, examiners
from tests.events.making import at
from tests.examiners.making import member
from tests.examiners.test_elb_logs import HTTP
from tests.examiners.test_elb_logs import file_of as elb_file
from tests.examiners.test_resolver_logs import RECORD
from tests.examiners.test_resolver_logs import file_of as dns_file
from tests.examiners.test_s3_access_logs import GET
from tests.examiners.test_s3_access_logs import file_of as s3_file
from tests.examiners.test_vpc_flow_logs import ACCEPTED, CUSTOM, FIVE, HEADER, NO_DATA
from tests.examiners.test_vpc_flow_logs import file_of as flow_file

SIX = "2 123456789010 eni-1 2001:db8::1 2001:db8::2 20641 22 17 1 1 1418530010 1418530070 ACCEPT OK"


@pytest.fixture
def lines(store):
    """The summaries of one file by its examiner's name and its bytes, in the order of time."""

    def shown(name, data):
        tool = examiners.get(name)
        batches = [one.rows for one in tool.examine(iter([member(data, "0.log")])) if isinstance(one, EventBatch)]
        reader = store.reader(store.index([store.stage("0", tool.family, batches)]).name)
        return [row["summary"] for row in reader.page(Filters()).rows]

    return shown


def test_a_flow_says_where_to_and_how_much(lines):
    assert lines("vpc_flow_logs", flow_file(HEADER, ACCEPTED, SIX)) == [
        "→ 172.31.16.21:22 TCP, from port 20641, 4,249 bytes, 20 packets",
        "→ [2001:db8::2]:22 UDP, from port 20641, 1 byte, 1 packet",
    ]


def test_a_flow_says_what_its_format_told(lines):
    assert lines("vpc_flow_logs", flow_file(FIVE, CUSTOM)) == ["→ 52.213.180.42, egress"]


def test_a_flow_record_without_a_flow_says_nothing(lines):
    assert lines("vpc_flow_logs", flow_file(HEADER, NO_DATA)) == [None]


def test_a_dns_query_says_what_was_answered(lines):
    assert lines("resolver_logs", dns_file(RECORD)) == ["NOERROR, 203.0.113.9, BLOCK, UDP"]


@pytest.mark.parametrize("answers", ["not JSON", [], None, {"Rdata": 1}, [[[]]]])
def test_odd_answers_of_the_dns_fail_nothing(lines, answers):
    assert lines("resolver_logs", dns_file(RECORD | {"answers": answers})) == ["NOERROR, BLOCK, UDP"]


def test_a_request_says_of_what_and_how_it_ended(lines):
    [asked] = lines("elb_logs", elb_file(HTTP))
    assert asked.startswith(
        "app/my-loadbalancer/50dc6c495c0c9188, www.example.com, → 10.0.0.1:80, status 200, 366 bytes"
    )
    [read] = lines("s3_access_logs", s3_file(GET))
    assert read.startswith("acme-exports, ")
    assert "status 200, 113 bytes sent" in read


@pytest.mark.parametrize(
    ("fields", "summary"),
    [
        ({"requestParameters": {"key": "q3.csv", "bucketName": "exports"}}, "exports, q3.csv"),
        ({"requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1"}]}}}, "i-1"),
        ({"requestParameters": {"maxItems": 5}}, None),
        ({"requestParameters": None}, None),
        ({"requestParameters": "odd"}, None),
        ({"requestParameters": {"userName": {"deep": [1]}}}, '{"deep":[1]}'),
        ({"requestParameters": None, "resources": [{"ARN": "arn:aws:s3:::exports"}]}, "arn:aws:s3:::exports"),
        ({"requestParameters": {"userName": "x" * 900}}, "x" * 200),
    ],
)
def test_a_call_names_its_target(read, fields, summary):
    [row] = read([at(0, **{"resources": None} | fields)]).page(Filters()).rows
    assert row["summary"] == summary


def test_rows_without_a_time_have_theirs_too(read):
    told = {"requestParameters": {"bucketName": "exports"}}
    reader = read([at(0, **told), at(1, **told) | {"eventTime": "never"}])
    assert [row["summary"] for row in reader.page(Filters()).rows] == ["exports", "exports"]
    assert [row["summary"] for row in reader.page(Filters(), limit=1).rows] == ["exports"]
    assert reader.page(Filters(q="nowhere")).rows == []


def test_every_door_shows_it(read):
    reader = read([at(0, requestParameters={"bucketName": "exports"})])
    assert reader.event("E0001-1-0-0")["summary"] == "exports"
    assert [row["summary"] for row in reader.rows(Filters(), 9)] == ["exports"]
    assert [row["summary"] for row in reader.events_at([("FP-2026-000001-E0001", 1, 0, 0)]).values()] == ["exports"]
    assert "summary" in EXPORTED


def test_a_family_that_has_none_works(tmp_path, monkeypatch):
    flows = FAMILIES["network_flows"]
    shown = {name: sql for name, sql in flows.shown.items() if name != "summary"}
    monkeypatch.setitem(columns.FAMILIES, "network_flows", replace(flows, shown=shown))
    store, tool = open_events(tmp_path.as_uri(), "FP-2026-000001"), examiners.get("vpc_flow_logs")
    examined = tool.examine(iter([member(flow_file(HEADER, ACCEPTED), "0.log")]))
    batches = [one.rows for one in examined if isinstance(one, EventBatch)]
    reader = store.reader(store.index([store.stage("0", tool.family, batches)]).name)
    assert [row["summary"] for row in reader.page(Filters()).rows] == [None]
