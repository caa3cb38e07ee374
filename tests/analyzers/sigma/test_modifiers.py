"""Every modifier of the specification, on any events at all: the query finds what the evaluator finds by the book."""

import base64
from datetime import datetime

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analyzers.sigma import load_rules
from tests.analyzers.building import record
from tests.analyzers.evaluator import is_match

LETTERS = "aAbB1 -*?\\/'üÜσ"
WORDS = st.text(LETTERS, max_size=3)
FEW = st.text("aAb?", max_size=3)
ADDRESSES = st.one_of(
    st.ip_addresses(v=4).map(str),
    st.ip_addresses(v=4, network="10.1.0.0/20").map(str),
    st.ip_addresses(v=6, network="2001:db8::/46").map(str),
    st.ip_addresses(v=6, network="2001:db8::/46").map(lambda address: address.exploded.upper()),
    st.sampled_from(["10.1.2", "10.300.0.1", "010.1.2.3", "10.1.2.3", "1::2::3", "::", "2001:db8:1", "2001:DB8::1"]),
    st.sampled_from(["10.1.2.3.example.com", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::8", "2001:db8::"]),
)
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map("{:%Y-%m-%dT%H:%M:%SZ}".format)
NUMBERS = st.one_of(st.integers(-3, 9), st.sampled_from([1.5, 22.0, -0.5, 10**12]))
ODD = st.sampled_from(["nan", "inf", "1_0", " 2", "1e1", "0x10", "", "TRUE", "true", "02", "2.0", "a\nb", "A\nB\n"])
VALUES = st.one_of(WORDS, NUMBERS, NUMBERS.map(str), ODD, st.booleans(), st.none(), st.lists(WORDS, max_size=2))
FIELDS = ("userAgent", "requestParameters.name", "requestParameters.of.inner", "errorCode")
TEXT_MODIFIERS = ("", "|contains", "|startswith", "|endswith", "|cased", "|contains|cased", "|startswith|cased", "|neq")


@st.composite
def events(draw, texts, values):
    """A record with odd values where a rule may look: beside each other, absent, null."""
    parts = draw(st.fixed_dictionaries({}, optional={"name": values, "of": values}))
    if draw(st.booleans()):
        parts["of"] = {"inner": draw(values)}
    code = draw(st.one_of(st.none(), texts))
    return record(requestParameters=parts, userAgent=draw(texts)) | ({} if code is None else {"errorCode": code})


def batches(texts=WORDS, values=VALUES):
    """Records of which some texts and values are of one kind; ``values`` stand in nested parts and may be anything."""
    return st.lists(events(texts, st.one_of(texts, values)), min_size=6, max_size=10)


BATCHES = batches()


def lists_of(values):
    """One value, or several that are alternatives."""
    return st.one_of(values, st.lists(values, min_size=2, max_size=3))


def items(modifiers, values):
    """Detection items: one of the fields with one of the modifiers, and a value for it."""
    keys = st.tuples(st.sampled_from(FIELDS), st.sampled_from(modifiers)).map("".join)
    return st.tuples(keys, values).map(lambda item: dict([item]))


@pytest.fixture(scope="module")
def agree(engine, tmp_path_factory):
    """Hold both against each other for one detection; a rule that is refused has to say so."""
    path = tmp_path_factory.mktemp("rules") / "rule.yml"

    def compare(detection, records):
        rule = {"title": "A rule", "logsource": {"product": "aws", "service": "cloudtrail"}, "detection": detection}
        path.write_text(yaml.safe_dump(rule, allow_unicode=True))
        pack = load_rules(path)
        assert pack.errors == ()
        engine.hold(records)
        by_hand = {place for place, one in enumerate(records) if is_match(rule, one)}
        assert engine.find(pack.rules[0].sql) == by_hand

    return compare


def one(item):
    return {"s": item, "condition": "s"}


@settings(max_examples=100, deadline=None)
@given(records=BATCHES, item=items(TEXT_MODIFIERS, lists_of(WORDS)))
def test_texts_with_and_without_wildcards(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(records=batches(FEW), item=items(("|contains|all", "|startswith|all"), st.lists(FEW, min_size=2, max_size=3)))
def test_all_values_at_once(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(records=BATCHES, item=items(("", "|neq"), lists_of(st.one_of(st.none(), st.booleans(), NUMBERS, WORDS))))
def test_values_of_any_type(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(records=batches(st.one_of(NUMBERS.map(str), ODD)), item=items(("|gt", "|gte", "|lt", "|lte"), NUMBERS))
def test_comparisons_of_numbers(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(records=BATCHES, item=items(("|exists",), st.booleans()))
@example(records=[record(requestParameters={"name": None})], item={"requestParameters.name|exists": True})
def test_presence(agree, records, item):
    agree(one(item), records)


EXPRESSIONS = ("a", "^a", "b$", "^a.b$", "[a-z]+[0-9]", "(a|b){2,3}", "\\.1", "\\d+", "^\\w*$", "^$", "'", "A.*B")


@settings(max_examples=60, deadline=None)
@given(records=BATCHES, item=items(("|re", "|re|i", "|re|m", "|re|s", "|re|i|m|s"), st.sampled_from(EXPRESSIONS)))
def test_regular_expressions(agree, records, item):
    agree(one(item), records)


NETWORKS = ("10.1.0.0/16", "10.1.2.0/23", "0.0.0.0/0", "10.1.2.3/32", "2001:db8::/47", "::/0", "2001:db8::1/128")


@settings(max_examples=60, deadline=None)
@given(records=batches(ADDRESSES), item=items(("|cidr",), lists_of(st.sampled_from(NETWORKS))))
def test_networks(agree, records, item):
    agree(one(item), records)


ENCODERS = (
    *("|base64", "|base64|contains", "|base64offset|contains", "|wide|base64offset|contains"),
    *("|utf16le|base64", "|utf16be|base64", "|utf16|base64|startswith"),
)


# What those make of the texts below, and neighbours of it.
PLAIN = ("root", " abc", "ab", "b", "C:\\x")
BYTES = st.builds(
    lambda before, text, code, after: before + text.encode(code) + after,
    st.sampled_from([b"", b" ", b"xy", b"\xff\xfe"]),
    st.sampled_from(PLAIN),
    st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]),
    st.sampled_from([b"", b"z", b"zz"]),
)
ENCODED = BYTES.map(lambda data: base64.b64encode(data).decode())


@settings(max_examples=60, deadline=None)
@given(records=batches(ENCODED), item=items(ENCODERS, lists_of(st.sampled_from(PLAIN))))
def test_encodings(agree, records, item):
    agree(one(item), records)


DASHES = st.sampled_from("-/\u2013\u2014\u2015")
DASHED = st.lists(st.one_of(DASHES.map("{}a".format), DASHES.map(" {}B".format), DASHES, st.just("b"))).map("".join)


@settings(max_examples=50, deadline=None)
@given(
    records=batches(DASHED),
    item=items(("|windash", "|windash|contains"), st.sampled_from(["-a", "/b", "a -b", "-b /a"])),
)
def test_dashes(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(
    records=BATCHES,
    item=items(
        ("|fieldref", "|fieldref|contains", "|fieldref|startswith", "|fieldref|endswith", "|fieldref|neq"),
        st.sampled_from(FIELDS),
    ),
)
def test_one_field_against_another(agree, records, item):
    agree(one(item), records)


@settings(max_examples=40, deadline=None)
@given(
    records=batches(TIMES),
    item=items(("|minute", "|hour", "|day", "|week", "|month", "|year"), lists_of(st.integers(0, 60))),
)
@example(records=[record(userAgent="2026-12-31T23:59:00Z")], item={"userAgent|week": 53})
@example(records=[record(userAgent="2027-01-01T00:00:00Z")], item={"userAgent|year": 2027})
@example(records=[record(userAgent="infinity"), record(userAgent="2027-01-01T00:00:00Z")], item={"userAgent|day": 1})
def test_parts_of_times(agree, records, item):
    agree(one(item), records)


KEYWORDS = st.one_of(
    st.lists(st.text("aAbBüÜ*?", min_size=2, max_size=3), min_size=1, max_size=3),
    st.lists(st.sampled_from(['"eventName":"DescribeInstances"', "MALLORY", "readOnly", "nowhere"]), min_size=1),
    st.lists(st.integers(0, 99), min_size=1, max_size=2),
)


@settings(max_examples=40, deadline=None)
@given(records=BATCHES, keywords=KEYWORDS, key=st.sampled_from([None, "|all", "|cased", "|contains", "|contains|all"]))
def test_keywords(agree, records, keywords, key):
    told = [str(keyword) for keyword in keywords] if key else keywords
    agree({"keywords": {key: told} if key else told, "condition": "keywords"}, records)


CONDITIONS = (
    "a", "not a", "a and b", "a or b", "not a and b", "a or b and not c_1", "(a or b) and c_1", "not (a and not b)",
    "1 of c_*", "all of c_*", "not 1 of c_*", "1 of them", "all of them", "any of c_*", "a and not all of c_*", "_d or a",
)  # fmt: skip


@settings(max_examples=75, deadline=None)
@given(
    records=BATCHES,
    told=st.fixed_dictionaries({name: items(TEXT_MODIFIERS, WORDS) for name in ("a", "b", "c_1", "c_2", "_d")}),
    condition=lists_of(st.sampled_from(CONDITIONS)),
)
def test_conditions(agree, records, told, condition):
    agree(told | {"condition": condition}, records)


@settings(max_examples=40, deadline=None)
@given(records=BATCHES, maps=st.lists(items(TEXT_MODIFIERS, WORDS), min_size=2, max_size=3))
def test_lists_of_maps(agree, records, maps):
    agree(one(maps), records)
