"""EKS control plane logs: audit events as Kubernetes' own pages and EKS write them, and the lines that lie beside them."""

import json
import time
from datetime import datetime

import pytest

from events import FAMILIES
from examiners.eks_audit import FORM, looks_like_eks_audit
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

SESSION = "arn:aws:sts::111122223333:assumed-role/Deployer/rin"
EVENT = {
    "kind": "Event",
    "apiVersion": "audit.k8s.io/v1",
    "level": "RequestResponse",
    "auditID": "8d8f1a5e-0001",
    "stage": "ResponseComplete",
    "requestURI": "/api/v1/namespaces/shop/pods/web-1/exec?command=sh",
    "verb": "create",
    "user": {
        "username": "shop-deployer",
        "uid": "aws-iam-authenticator:111122223333:AROAEXAMPLE",
        "groups": ["system:masters", "system:authenticated"],
        "extra": {
            "accessKeyId": ["ASIAEXAMPLE"],
            "arn": [SESSION],
            "canonicalArn": ["arn:aws:iam::111122223333:role/Deployer"],
            "sessionName": ["rin"],
        },
    },
    "sourceIPs": ["203.0.113.9", "10.0.0.1"],
    "userAgent": "kubectl/v1.29",
    "objectRef": {"resource": "pods", "subresource": "exec", "namespace": "shop", "name": "web-1", "apiVersion": "v1"},
    "responseStatus": {"metadata": {}, "status": "Failure", "reason": "Forbidden", "message": "no", "code": 403},
    "requestReceivedTimestamp": "2026-03-01T10:00:00.123456Z",
    "stageTimestamp": "2026-03-01T10:00:00.200000Z",
    "annotations": {"authorization.k8s.io/decision": "forbid", "authorization.k8s.io/reason": "RBAC"},
}
GRANTED = (
    'time="2026-03-01T10:00:00Z" level=info msg="access granted" arn="arn:aws:iam::111122223333:role/Deployer" '
    'client="127.0.0.1:34876" groups="[system:masters]" method=POST path=/authenticate '
    'uid="aws-iam-authenticator:1:AROA" username=shop-deployer'
)
KLOG = "W0301 10:00:00.123456      11 dispatcher.go:225] Failed calling webhook, failing open x"
GROUP = "/aws/eks/acme-shop/cluster"


def wrapped(*messages, stream="kube-apiserver-audit-1"):
    texts = (one if isinstance(one, str) else json.dumps(one, separators=(",", ":")) for one in messages)
    lines = ({"logStreamName": stream, "timestamp": 1772359201000, "message": text} for text in texts)
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    data = wrapped(EVENT, EVENT | {"stage": "RequestReceived"}) + wrapped(GRANTED, stream="authenticator-1")
    return data, "eks.jsonl", {"log_group": GROUP}, 3


def read(data, **notes):
    outcome = Outcome(FORM.examine(iter([member(data, "eks.jsonl", **notes)])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(*messages, **notes):
    [row] = read(wrapped(*messages), **notes).rows
    return row


def test_an_audit_event():
    row = row_of(EVENT, log_group=GROUP)
    assert row["event_time"] == datetime(2026, 3, 1, 10, 0, 0, 123456)
    assert (row["cluster"], row["component"], row["log_stream"]) == ("acme-shop", "audit", "kube-apiserver-audit-1")
    assert (row["verb"], row["object_resource"], row["object_subresource"]) == ("create", "pods", "exec")
    assert (row["object_namespace"], row["object_name"]) == ("shop", "web-1")
    assert (row["response_code"], row["response_reason"]) == (403, "Forbidden")
    assert (row["authorization_decision"], row["authorization_reason"]) == ("forbid", "RBAC")
    assert json.loads(row["user_groups"]) == ["system:masters", "system:authenticated"]


def test_who_the_caller_is_to_iam():
    row = row_of(EVENT)
    assert (row["user_name"], row["user_arn"]) == ("shop-deployer", SESSION)
    assert (row["user_access_key_id"], row["user_session_name"]) == ("ASIAEXAMPLE", "rin")


def test_the_client_is_the_first_of_the_addresses():
    row = row_of(EVENT)
    assert (row["source_ip"], json.loads(row["source_ips"])) == ("203.0.113.9", ["203.0.113.9", "10.0.0.1"])


def test_each_stage_of_a_request_is_an_event_and_the_same_one_twice_is_a_copy():
    rows = read(wrapped(EVENT, EVENT, EVENT | {"stage": "RequestReceived"})).rows
    assert [row["event_id"] for row in rows] == ["8d8f1a5e-0001/ResponseComplete"] * 2 + [
        "8d8f1a5e-0001/RequestReceived"
    ]


def test_events_outside_a_log_group():
    for data in (json.dumps(EVENT).encode() + b"\n" + json.dumps(EVENT).encode(), json.dumps([EVENT, EVENT]).encode()):
        assert [row["user_name"] for row in read(data).rows] == ["shop-deployer"] * 2


def test_an_event_with_little_in_it():
    row = row_of({"kind": "Event", "verb": "list", "stage": "ResponseComplete"})
    assert (row["verb"], row["event_id"], row["event_time"]) == ("list", None, datetime(2026, 3, 1, 10, 0, 1))


def test_fields_that_are_new_are_kept():
    row = row_of(EVENT | {"authenticationMetadata": {"impersonationConstraint": "x"}})
    assert json.loads(row["fields"]) == {"authenticationMetadata": {"impersonationConstraint": "x"}}


@pytest.mark.parametrize(
    "odd",
    [
        {"user": "root"},
        {"user": {"extra": []}},
        {"user": {"extra": {"arn": []}}},
        {"sourceIPs": "1.1.1.1"},
        {"sourceIPs": [None]},
        {"objectRef": [1]},
        {"responseStatus": {"code": "teapot"}},
        {"responseStatus": {"code": 10**30}},
        {"requestReceivedTimestamp": 5},
        {"annotations": None},
        {"verb": {"a": [1]}},
        {"auditID": 7},
    ],
)
def test_values_of_other_types_cost_no_row(odd):
    assert row_of(EVENT | odd)["level"] == "RequestResponse"


def test_whom_the_authenticator_let_in():
    [row] = read(wrapped(GRANTED, stream="authenticator-1"), log_group=GROUP).rows
    assert (row["component"], row["verb"], row["event_time"]) == (
        "authenticator",
        "access granted",
        datetime(2026, 3, 1, 10),
    )
    assert (row["user_arn"], row["user_name"]) == ("arn:aws:iam::111122223333:role/Deployer", "shop-deployer")
    assert (row["source_ip"], row["message"]) == ("127.0.0.1", GRANTED)


def test_a_line_of_klog_has_the_year_of_the_log_group():
    [row] = read(wrapped(KLOG, stream="kube-apiserver-1")).rows
    assert (row["event_time"], row["component"]) == (datetime(2026, 3, 1, 10, 0, 0, 123456), "kube-apiserver")
    assert json.loads(row["fields"]) == {"severity": "warning", "at": "dispatcher.go:225"}


def test_any_other_line_of_the_group_is_kept():
    row = row_of("panic: what?")
    assert (row["message"], row["event_time"]) == ("panic: what?", datetime(2026, 3, 1, 10, 0, 1))


def test_an_event_cut_off_by_cloudwatch_is_quarantined_and_its_neighbours_stay():
    outcome = read(wrapped(EVENT, json.dumps(EVENT)[:300], EVENT))
    assert (len(outcome.rows), outcome.quarantined[0].row, "not JSON" in outcome.reasons[0]) == (2, 1, True)


@pytest.mark.parametrize("line", ['{"kind": "Pod"}', "[1]", "5", "hello", '{"a":' * 5_000])
def test_what_is_no_event_outside_a_log_group_is_quarantined(line):
    outcome = read(f"{json.dumps(EVENT)}\n{line}\n{json.dumps(EVENT)}\n".encode())
    assert (len(outcome.rows), len(outcome.quarantined)) == (2, 1)


def test_in_the_timeline_it_is_named_by_verb_and_object():
    assert "'kubernetes'" in FAMILIES["kubernetes_audit"].shown["event_source"]


@pytest.mark.parametrize("hostile", ["\x00", "\u202e", "<script>", "\ud800", "'; DROP TABLE x; --"])
def test_hostile_characters_stay_in_the_row(hostile):
    assert row_of(EVENT | {"userAgent": f"kubectl{hostile}"})["user_agent"].startswith("kubectl")


def test_an_event_longer_than_the_head_is_claimed():
    long = EVENT | {"requestObject": {"x": "é" * 200_000}}
    assert looks_like_eks_audit(wrapped(long)[: 64 << 10], "x") == 95
    assert looks_like_eks_audit(json.dumps(long, separators=(",", ":")).encode()[: 64 << 10], "x") == 95


@pytest.mark.parametrize(("line", "stream"), [(GRANTED, "authenticator-1"), (KLOG, "kube-scheduler-1")])
def test_a_quiet_hour_without_audit_events_is_claimed_by_its_streams(line, stream):
    assert looks_like_eks_audit(wrapped(line, stream=stream), "x") == 90
    assert looks_like_eks_audit(wrapped(line, stream="app"), "x") == 0


@pytest.mark.parametrize(
    "line",
    [
        'time="x" level=info msg=' + 'a="' * 300_000,
        GRANTED + ' a="\\' + '\\"' * 300_000,
        KLOG + "x" * 900_000,
        "a=" * 400_000,
    ],
)
def test_a_crafted_line_takes_no_longer_than_any_other(line):
    began = time.process_time()
    assert len(read(wrapped(line)).rows) == 1
    assert time.process_time() - began < 2


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_eks_audit(text.encode(), "eks.jsonl") == 0
