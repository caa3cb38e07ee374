"""A rule's gate lets every event through that the rule matches, whatever else the rule says."""

from dataclasses import replace

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import Asked, Material
from analyzers.asking import possible_rules
from analyzers.detections import detect
from analyzers.sigma import load_rules
from tests.analyzers.building import record
from tests.analyzers.evaluator import is_match

NAMES = ("Go", "GoOn", "Stop", "stop")
EVENTS = st.builds(
    lambda name, source, agent: record(eventName=name, eventSource=source, userAgent=agent),
    st.sampled_from(NAMES),
    st.sampled_from(["ec2.amazonaws.com", "iam.amazonaws.com"]),
    st.sampled_from(["x", "y"]),
)
ITEMS = st.sampled_from(
    [
        {"eventName": "Go"},
        {"eventName|startswith": "Go"},
        {"eventName|re": "^S"},
        {"eventName": ["Stop", "Go"]},
        {"eventName|cased": "stop"},
        {"eventName|neq": "Go"},
        {"eventName|fieldref": "userAgent"},
        {"eventName|exists": True},
        {"eventSource": "iam.amazonaws.com"},
        {"eventSource|contains": "ec2", "userAgent": "x"},
        {"userAgent": "x"},
        [{"eventName": "Go"}, {"userAgent": "y"}],
        ["stop"],
    ]
)
CONDITIONS = st.sampled_from(
    ["a", "not a", "a and b", "a or b", "not a and not b", "not (a or b)", "not (a and not b)", "1 of them"]
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "rule.yml"

    def make(detection):
        rule = {"title": "A rule", "logsource": {"product": "aws", "service": "cloudtrail"}, "detection": detection}
        path.write_text(yaml.safe_dump(rule))
        [found] = load_rules(path).rules
        return found, rule

    return make


@pytest.fixture
def go(compiled):
    return compiled({"s": {"eventName": "Go", "userAgent": "x"}, "condition": "s"})[0]


@settings(max_examples=150, deadline=None)
@given(records=st.lists(EVENTS, min_size=4, max_size=8), a=ITEMS, b=ITEMS, condition=CONDITIONS)
def test_no_match_is_kept_out(engine, compiled, records, a, b, condition):
    rule, told = compiled({"a": a, "b": b, "condition": condition})
    engine.hold(records)
    passed = engine.find(f"chosen AS (SELECT * FROM seen WHERE {rule.gate})")
    assert {place for place, one in enumerate(records) if is_match(told, one)} <= passed


def test_a_rule_about_calls_that_nobody_made_is_answered_without_being_asked(go, events_of):
    broken = replace(go, sql="chosen AS (SELECT nonsense FROM seen)")
    told = list(detect(Material(events_of({"eventName": "Stop"}), rules=(broken,))))
    assert told == [Asked(broken.id, broken.version, 0)]


@pytest.mark.parametrize(("name", "is_open"), [("Go", True), ("GO", True), ("Stop", False)])
def test_a_gate_opens_for_the_name_whatever_else_the_rule_asks(go, events_of, name, is_open):
    assert possible_rules((go,), Material(events_of({"eventName": name}))) == ({go.id} if is_open else set())


def test_a_gate_that_the_engine_refuses_stands_open(go, events_of):
    rule = replace(go, gate="nonsense = 1")
    assert possible_rules((rule,), Material(events_of({"eventName": "Stop"}))) == {rule.id}


def test_without_events_no_gate_is_open(compiled, events_of):
    rule, _ = compiled({"s": {"userAgent": "x"}, "condition": "s"})
    assert possible_rules((rule,), Material(events_of())) == set()


PART = """title: {0}
name: {0}
logsource: {{product: aws, service: cloudtrail}}
detection: {{s: {{eventName: {0}}}, condition: s}}
---
"""


@pytest.mark.parametrize(("name", "is_open"), [("Stop", True), ("Other", False)])
def test_a_correlation_is_asked_where_one_of_its_rules_may_match(load, events_of, name, is_open):
    both = "title: Both\ncorrelation: {type: temporal, rules: [Go, Stop], timespan: 1m}\n"
    rules = load(both=PART.format("Go") + PART.format("Stop") + both).rules
    assert bool(possible_rules(rules, Material(events_of({"eventName": name})))) == is_open
