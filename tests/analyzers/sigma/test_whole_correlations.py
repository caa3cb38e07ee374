"""Correlations as people write them, from the file on: the same events as by the book, whatever the events are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.sigma import load_rules
from tests.analyzers.building import record
from tests.analyzers.evaluator import evaluate

BASES = """
title: Go
name: go
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: Go}, condition: s}
---
title: Stop
name: stop
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName|startswith: St}, condition: s}
---
title: Together
correlation:
"""
GROUPS = (
    "",
    "  group-by: [userAgent]\n",
    "  group-by: [userAgent, awsRegion]\n",
    "  group-by: who\n  aliases: {who: {go: userAgent, stop: requestParameters.name}}\n",
)
COUNTED = ("awsRegion", "requestParameters.name", "[awsRegion, requestParameters.name]")
EVENTS = st.builds(
    lambda name, at, agent, region, value: record(
        eventName=name, at=at, userAgent=agent, awsRegion=region, requestParameters={"name": value}
    ),
    st.sampled_from(["Go", "Stop", "Start", "Wait"]),
    st.integers(0, 200),
    st.sampled_from(["x", "y"]),
    st.sampled_from(["p", "q"]),
    st.sampled_from(["x", "y", None]),
)


@pytest.fixture(scope="module")
def agree(engine, tmp_path_factory):
    path = tmp_path_factory.mktemp("rules") / "rule.yml"

    def compare(correlation, records):
        path.write_text(BASES + correlation)
        pack = load_rules(path)
        assert pack.errors == ()
        engine.hold(records)
        assert engine.find(pack.rules[0].sql) == evaluate(path.read_text(), records)

    return compare


def correlation(kind, group, span, condition=""):
    return f"  type: {kind}\n  rules: [go, stop]\n{group}  timespan: {span}\n{condition}"


@settings(max_examples=60, deadline=None)
@given(
    records=st.lists(EVENTS, min_size=8, max_size=16),
    group=st.sampled_from(GROUPS),
    span=st.sampled_from(["20s", "1m"]),
    bound=st.sampled_from(["gt", "gte", "eq", "lt", "lte"]),
    count=st.integers(1, 4),
)
def test_counts_of_events(agree, records, group, span, bound, count):
    agree(correlation("event_count", group, span, f"  condition: {{{bound}: {count}}}\n"), records)


@settings(max_examples=60, deadline=None)
@given(
    records=st.lists(EVENTS, min_size=8, max_size=16),
    group=st.sampled_from(GROUPS),
    field=st.sampled_from(COUNTED),
    count=st.integers(1, 3),
)
def test_counts_of_values(agree, records, group, field, count):
    agree(correlation("value_count", group, "1m", f"  condition: {{gte: {count}, field: {field}}}\n"), records)


@settings(max_examples=60, deadline=None)
@given(
    records=st.lists(EVENTS, min_size=8, max_size=16),
    group=st.sampled_from(GROUPS),
    kind=st.sampled_from(["temporal", "temporal_ordered"]),
    span=st.sampled_from(["10s", "1m"]),
)
def test_sequences(agree, records, group, kind, span):
    agree(correlation(kind, group, span), records)
