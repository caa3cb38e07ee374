"""Windows of events: the queries against a slow reading of the same words, on any events at all."""

from datetime import datetime, timedelta
from itertools import chain

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.sigma import query_of
from analyzers.sigma.correlations import Correlation, Step, windows_sql
from tests.analyzers.evaluator import in_windows

from .conftest import RULE

SPAN = 10
START = datetime(2026, 3, 1)
STEPS = tuple(Step(name, f"contains(event_name, '{name}')") for name in "abc")
EVENTS = st.lists(
    st.tuples(
        st.integers(0, 40),
        st.sampled_from(["", "a", "b", "c", "ab", "abc"]),
        st.sampled_from([None, "x", "y"]),
        st.sampled_from([None, "p", "q"]),
    ),
    max_size=25,
)


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as connection:
        connection.execute("""CREATE TABLE seen (evidence VARCHAR, part INTEGER, member INTEGER, src_file VARCHAR,
            src_row INTEGER, event_time TIMESTAMP, principal VARCHAR, event_name VARCHAR, error_code VARCHAR, who VARCHAR,
            value VARCHAR, session_issuer_arn VARCHAR, user_identity_access_key_id VARCHAR,
            source_ip_address VARCHAR)""")
        yield connection


def by_query(engine, correlation, events):
    engine.execute("DELETE FROM seen")
    rows = [
        ("E1", 1, 0, "f", row, START + timedelta(seconds=at), who, name, None, who, value, None, None, None)
        for row, (at, name, who, value) in enumerate(events)
    ]
    if rows:
        places = f"({', '.join('?' * len(rows[0]))})"
        engine.execute(f"INSERT INTO seen VALUES {', '.join([places] * len(rows))}", [*chain.from_iterable(rows)])
    rows = engine.execute(f"WITH {windows_sql(correlation)} SELECT src_row FROM chosen").fetchall()
    return {row for (row,) in rows}


def by_hand(told, steps, events):
    groups = {}
    for place, (at, name, who, value) in enumerate(events):
        marks = [step.name in name for step in steps]
        if any(marks) and who is not None:
            groups.setdefault(who, []).append((at, place, marks, value if told["condition"].get("field") else ""))
    return set().union(*(in_windows(told, group) for group in groups.values()))


@pytest.mark.parametrize("kind", ["event_count", "value_count", "temporal", "temporal_ordered"])
@pytest.mark.parametrize(
    "bound", [("gte", ">="), ("gt", ">"), ("eq", "="), ("lte", "<="), ("lt", "<")], ids=lambda bound: bound[0]
)
@settings(max_examples=25, deadline=None)
@given(events=EVENTS, threshold=st.integers(1, 4), steps=st.integers(1, 3))
def test_the_query_finds_what_reading_by_hand_finds(engine, kind, bound, events, threshold, steps):
    used, counted = STEPS[:steps], "value" if kind == "value_count" else ""
    correlation = Correlation(kind, used, SPAN, ("who",), counted, bound[1], threshold)
    condition = {bound[0]: threshold} | ({"field": "value"} if counted else {})
    told = {"type": kind, "timespan": f"{SPAN}s", "condition": condition, "rules": [step.name for step in used]}
    assert by_query(engine, correlation, events) == by_hand(told, used, events)


PAIR = """
title: Base
name: base
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: Go}, condition: s}
---
title: Pair
level: high
correlation:
  type: event_count
  rules: [base]
  timespan: 1m
  condition: {gte: 2}
"""


@pytest.fixture
def told(load, events_of):
    """The rows that a correlation's file gives for some events."""

    def ask(text, *events):
        pack = load(pair=text)
        assert pack.errors == ()
        return events_of(*events).select(*query_of(pack.rules[0].sql, None))

    return ask


def test_both_ends_of_a_window_count(told):
    assert told(PAIR, {"eventName": "Go"}, {"at": 60, "eventName": "Go"})[0][1] == 2
    assert told(PAIR, {"eventName": "Go"}, {"at": 61, "eventName": "Go"}) == []


def test_without_a_group_all_events_are_one(told):
    rows = told(PAIR, {"eventName": "Go"}, {"eventName": "Go", "actor": "root"})
    assert [row[0] for row in rows] == ["*"]


def test_several_group_fields_are_told_apart_whatever_they_hold(told):
    text = PAIR.replace("  timespan", "  group-by: [userAgent, awsRegion]\n  timespan")
    events = [{"eventName": "Go", "userAgent": '","', "awsRegion": "r"}] * 2
    assert [row[0] for row in told(text, *events)] == ['["\\",\\"","r"]']


def test_an_alias_groups_by_another_field_for_each_rule(told):
    second = (
        RULE.format(number=7, detection="  s: {eventName: Stop}\n  condition: s")
        .replace("A rule", "B")
        .replace("level", "name: stop\nlevel")
    )
    text = (
        second
        + "---"
        + PAIR.replace(
            "[base]", "[base, stop]\n  group-by: [key]\n  aliases: {key: {base: userAgent, stop: awsRegion}}"
        )
    )
    rows = told(text, {"eventName": "Go", "userAgent": "k"}, {"eventName": "Stop", "awsRegion": "k"})
    assert [row[:2] for row in rows] == [("k", 2)]


def test_values_of_several_fields_are_counted_together(told):
    text = PAIR.replace("event_count", "value_count").replace("{gte: 2}", "{gte: 2, field: [userAgent, awsRegion]}")
    same = {"eventName": "Go", "userAgent": "a", "awsRegion": "r"}
    assert told(text, same, same) == []
    assert told(text, same, same | {"awsRegion": "s"})[0][1] == 2


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("event_count", "value_median", "value_median"),
        ("type: event_count", "type: temporal_ordered", "all of its rules in order"),
        ("  type: event_count\n", "  type: temporal\n", "extended"),
    ],
)
def test_it_refuses_what_it_does_not_know_by_name(load, old, new, reason):
    text = PAIR.replace(old, new).replace("{gte: 2}", "base" if reason == "extended" else "{gte: 2, field: awsRegion}")
    assert reason in load(pair=text).errors[0].reason


def test_a_correlation_of_a_correlation_is_refused(load):
    third = (
        PAIR.split("---")[1]
        .replace("title: Pair", "title: Third\nid: 00000000-0000-4000-8000-000000000009")
        .replace("[base]", "[pair]")
    )
    pack = load(pair=PAIR.replace("title: Pair", "title: Pair\nname: pair") + "---" + third)
    assert "correlations of correlations" in pack.errors[0].reason
