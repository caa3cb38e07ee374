"""What each modifier and kind of value means, asked of real events."""

import pytest

from analyzers.asking import LONGEST
from analyzers.sigma import query_of


@pytest.fixture
def found(rule_of, events_of):
    """The positions of the events that match a detection."""

    def ask(detection, *events):
        rule = rule_of(*detection)
        rows = events_of(*events).select(*query_of(rule.sql, None), seconds=LONGEST)
        return sorted(example["src_row"] for row in rows for example in row[6])

    return ask


def named(name):
    return {"requestParameters": {"name": name}}


def matching(found, told, *names):
    """Which of the names match a detection item for requestParameters.name."""
    places = found([f"s: {{{told}}}", "condition: s"], *map(named, names))
    return [names[place] for place in places]


@pytest.mark.parametrize(
    ("told", "names", "expected"),
    [
        ("requestParameters.name: Prod", ["prod", "PROD", "production"], ["prod", "PROD"]),
        ("requestParameters.name|cased: Prod", ["Prod", "prod"], ["Prod"]),
        ("requestParameters.name|contains: od", ["PROD", "web"], ["PROD"]),
        ("requestParameters.name|startswith: pr", ["Prod", "a-prod"], ["Prod"]),
        ("requestParameters.name|endswith: d", ["ProD", "dev"], ["ProD"]),
        ("requestParameters.name|contains|all: [a, b]", ["ab", "a", "b"], ["ab"]),
        ("requestParameters.name: 'p*d'", ["pd", "prod", "prods"], ["pd", "prod"]),
        ("requestParameters.name: 'p?d'", ["pod", "pd"], ["pod"]),
        ("requestParameters.name: '*'", ["x", None], ["x"]),
        (r"requestParameters.name: 'a\*b'", ["a*b", "axb"], ["a*b"]),
        ("requestParameters.name: '50%_x'", ["50%_x", "501_x", "50%ax"], ["50%_x"]),
        ("requestParameters.name: 'a_*'", ["a_b", "axb"], ["a_b"]),
        (r"requestParameters.name: 'C:\\x*y'", ["C:\\xy", "C:xy"], ["C:\\xy"]),
        (r"requestParameters.name|re: '^i-[0-9]{2}\s?$'", ["i-07", "I-07", "i-7"], ["i-07"]),
        ("requestParameters.name|re|i: '^i-[0-9]{2}$'", ["I-07", "i-7"], ["I-07"]),
        ("requestParameters.name: null", ["", None], [None]),
        ("requestParameters.name: ''", ["", None, "x"], [""]),
        ("requestParameters.name|exists: true", ["", None], ["", None]),
        ("requestParameters.name|exists: false", ["", None], []),
        ("requestParameters.other|exists: false", ["x"], ["x"]),
        ("requestParameters.name: 22", [22, "22", 2222], [22, "22"]),
        ("requestParameters.name|gte: 22", [22, "23", 9, "text"], [22, "23"]),
        ("requestParameters.name|lt: 22", [22, "9", "text", None], ["9"]),
        ("requestParameters.name: true", [True, "true", False, 1], [True, "true"]),
        ("requestParameters.name|cidr: 10.1.0.0/16", ["10.1.2.3", "10.2.0.1", "10.1.example.com"], ["10.1.2.3"]),
        ("requestParameters.name|fieldref: userIdentity.userName", ["Mallory", "bob"], ["Mallory"]),
        ("requestParameters.name|fieldref|startswith: userIdentity.userName", ["mallory2", "xmallory"], ["mallory2"]),
        ("requestParameters.name|contains: 'a\":1'", [{"a": 1}, {"a": 2}], [{"a": 1}]),
        ("requestParameters.name|base64: root", ["cm9vdA==", "root"], ["cm9vdA=="]),
        ("requestParameters.name: [a, B]", ["b", "c"], ["b"]),
        ("requestParameters.name: Zürich", ["zÜRICH", "Zurich"], ["zÜRICH"]),
    ],
)
def test_a_value_means_what_sigma_says(found, told, names, expected):
    assert matching(found, told, *names) == expected


@pytest.mark.parametrize(
    "hostile", ["'; DROP TABLE logs; --", "\\' OR 1=1 --", "{0} %s $1 ?", "`\"''", "\u202e\U0001f600"]
)
def test_a_hostile_value_is_only_a_value(found, hostile):
    told = "requestParameters.name: '" + hostile.replace("'", "''").replace("\\", "\\\\").replace("?", "\\?") + "'"
    assert matching(found, told, hostile, "x") == [hostile]


def test_not_is_true_where_the_field_is_absent(found):
    places = found(["s: {eventName: Go}", "f: {errorCode: Denied}", "condition: s and not f"], {"eventName": "Go"})
    assert places == [0]


def test_a_double_not_is_what_stood_there_before(found):
    detection = ["s: {errorCode: Denied}", "condition: not (not s)"]
    assert found(detection, {"errorCode": "Denied"}, {"eventName": "Go"}) == [0]


def test_a_list_of_maps_is_an_alternative(found):
    detection = ["s:", "  - eventName: A", "  - errorCode: B", "condition: s"]
    assert found(detection, {"eventName": "A"}, {"errorCode": "B"}, {"eventName": "C"}) == [0, 1]


def test_several_searches_can_be_named_by_a_pattern(found):
    detection = ["s_a: {eventName: A}", "s_b: {awsRegion: eu-west-1}", "condition: 1 of s_*"]
    assert found(detection, {"eventName": "A"}, {"awsRegion": "eu-west-1"}, {"eventName": "C"}) == [0, 1]


def test_a_keyword_is_looked_for_in_all_of_the_event(found):
    detection = ["keywords: [Needle]", "condition: keywords"]
    assert found(detection, {"userAgent": "a needle b"}, named("NEEDLE"), {"eventName": "Hay"}) == [0, 1]


def test_a_flag_of_the_record_can_be_asked_for(found):
    assert found(["s: {readOnly: true}", "condition: s"], {"readOnly": True}, {"readOnly": False}) == [0]


def test_an_event_time_has_parts(found):
    detection = ["s: {eventTime|hour: 11}", "condition: s"]
    assert found(detection, {"at": 0}, {"at": 3600}) == [1]


def test_two_lists_of_thousands_of_values_are_no_trouble(found):
    many = ", ".join(f"n{number}" for number in range(3000))
    assert matching(found, f"requestParameters.name: [{many}]", "n2999", "n3000") == ["n2999"]
