"""A rule's gate lets every event through that the rule matches, whatever else the rule says."""

from dataclasses import replace
from datetime import timedelta

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers import Asked, Material
from analyzers.asking import possible_rules
from analyzers.detections import detect
from analyzers.sigma import Called, called_query, load_rules
from plugins import Window
from tests.analyzers.building import START, record
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
def test_no_match_is_kept_out(compiled, records, a, b, condition):
    rule, told = compiled({"a": a, "b": b, "condition": condition})
    passed = rule.gate.among(Called([(one["eventSource"], one["eventName"]) for one in records]))
    assert {place for place, one in enumerate(records) if is_match(told, one)} <= passed


def test_a_rule_about_calls_that_nobody_made_is_answered_without_being_asked(go, events_of):
    broken = replace(go, sql="chosen AS (SELECT nonsense FROM seen)")
    told = list(detect(Material(events_of({"eventName": "Stop"}), rules=(broken,))))
    assert told == [Asked(broken.id, broken.version, 0)]


@pytest.mark.parametrize(("name", "is_open"), [("Go", True), ("GO", True), ("Stop", False)])
def test_a_gate_opens_for_the_name_whatever_else_the_rule_asks(go, events_of, name, is_open):
    assert possible_rules((go,), Material(events_of({"eventName": name}))) == ({go.id} if is_open else set())


def test_names_that_cannot_be_had_leave_every_gate_open(go, events_of, monkeypatch):
    nonsense = "SELECT nonsense", []
    monkeypatch.setattr("analyzers.asking.called_query", lambda window: nonsense)
    assert possible_rules((go,), Material(events_of({"eventName": "Stop"}))) == {go.id}


@pytest.mark.parametrize(("name", "is_open"), [("GO-\N{KELVIN SIGN}", True), ("Gone", False)])
def test_a_name_beyond_ascii_opens_every_gate(compiled, events_of, name, is_open):
    rule, _ = compiled({"s": {"eventName|endswith": "K"}, "condition": "s"})
    assert bool(possible_rules((rule,), Material(events_of({"eventName": name})))) == is_open


@pytest.mark.parametrize(("most", "is_open"), [(1, True), (2, False)])
def test_a_log_of_made_up_names_opens_every_gate(go, events_of, monkeypatch, most, is_open):
    monkeypatch.setattr("analyzers.sigma.gates.MANY", most)
    events = events_of({"eventName": "A"}, {"eventName": "B"})
    assert bool(possible_rules((go,), Material(events))) == is_open


def test_the_calls_are_read_within_the_window(events_of):
    reader = events_of({"eventName": "Go"}, {"eventName": "Stop", "at": 60})
    [(_, name)] = reader.select(*called_query(Window(START, START + timedelta(seconds=60))))
    assert name == "Go"


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


OFTEN = "title: Often\ncorrelation: {type: event_count, rules: [Go], timespan: 1m, condition: {gte: 2}, group-by: [userIdentity.arn]}\n"


@pytest.fixture
def often(load):
    [rule] = load(often=PART.format("Go") + OFTEN).rules
    return rule


def asked_of(rule, reader):
    """What asking tells of the rule when its long question is wrong: an error only where it is asked."""
    [told] = [one for one in detect(Material(reader, rules=(replace(rule, sql="nonsense"),))) if isinstance(one, Asked)]
    return told.error


@pytest.mark.parametrize(("apart", "is_asked"), [(60, True), (200, False)])
def test_a_correlation_is_asked_where_some_group_could_fill_a_window(often, events_of, apart, is_asked):
    reader = events_of({"eventName": "Go"}, {"eventName": "Go", "at": apart})
    assert bool(asked_of(often, reader)) == is_asked


def test_a_short_question_that_the_engine_refuses_rules_nothing_out(often, events_of):
    rule = replace(often, enough="nonsense")
    assert asked_of(rule, events_of({"eventName": "Go"}))


def test_an_engine_far_away_is_not_asked_twice(often, events_of):
    reader = events_of({"eventName": "Go"})
    reader.is_near = False
    assert asked_of(often, reader)
