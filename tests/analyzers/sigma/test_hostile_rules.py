"""Whatever stands in a folder of rules: each file comes to a rule or to a reason, and none spoils its neighbours."""

import copy

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from analyzers.sigma import load_rules
from analyzers.sigma.trying import refused

RULE = {
    "title": "A rule",
    "id": "00000000-0000-4000-8000-000000000001",
    "name": "base",
    "level": "low",
    "tags": ["attack.t1078.004"],
    "logsource": {"product": "aws", "service": "cloudtrail"},
    "detection": {
        "s": {"eventName|contains": ["Go"], "errorCode": None},
        "condition": "s and not 1 of f_*",
        "f_a": ["x"],
    },
}
CORRELATION = {
    "title": "Many",
    "correlation": {
        "type": "value_count",
        "rules": ["base"],
        "group-by": ["userIdentity.arn"],
        "timespan": "5m",
        "condition": {"gte": 3, "field": "eventName"},
        "aliases": {"a": {"base": "eventName"}},
    },
}
ODD = st.sampled_from(
    ["base", "99999999999d", "10y", 10**30, "*", "a\0b", "((((", "s and", "1 of them", "%x%", "\\", "Go|count() > 3"]
)
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(), st.text(max_size=6), st.dates(), ODD),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=6), inner, max_size=2),
    max_leaves=4,
)
KEYS = st.one_of(
    st.sampled_from(["a|re", "a|cidr", "a|windash|base64", "|all", "correlation", "filter"]), st.text(max_size=6)
)


def places(value, at=()):
    """Every place inside of nested maps and lists."""
    yield at
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield from places(one, (*at, key))


@st.composite
def spoilt(draw, document):
    """The document with something else in a place or two."""
    made = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, 2))):
        *way, last = draw(st.sampled_from(list(places(made))[1:]))
        parent = made
        for step in way:
            parent = parent[step]
        if isinstance(parent, dict) and draw(st.booleans()):
            parent[draw(KEYS)] = parent.pop(last)
        else:
            parent[last] = draw(JUNK)
    return made


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("rules")
    (path / "good.yml").write_text(
        yaml.safe_dump(RULE | {"id": "00000000-0000-4000-8000-000000000009", "name": "good"})
    )
    assert list(refused(load_rules(path).rules)) == []
    return path


@settings(max_examples=150, deadline=None)
@given(documents=st.tuples(spoilt(RULE), spoilt(CORRELATION)))
def test_a_spoilt_file_is_named_or_can_be_asked(folder, documents):
    (folder / "odd.yml").write_text(yaml.safe_dump_all(documents, allow_unicode=True), "utf-8", "replace")
    pack = load_rules(folder)
    assert "good.yml" in [rule.source for rule in pack.rules]
    # The good one was asked before; half of the odd ones do not load, and to ask takes an engine.
    odd = [rule for rule in pack.rules if rule.source != "good.yml"]
    assert not odd or list(refused(odd)) == []
    assert len(pack.errors) <= 1


@settings(max_examples=100, deadline=None)
@given(content=st.one_of(st.binary(max_size=80), st.text(": -[]{}&*!|>'\"%@`#\n\tab", max_size=80).map(str.encode)))
def test_bytes_that_are_no_rule_are_named(folder, content):
    (folder / "odd.yml").write_bytes(content)
    assert [rule.source for rule in load_rules(folder).rules] == ["good.yml"]
