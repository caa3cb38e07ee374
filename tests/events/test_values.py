import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import BadFilter, Filters, exactly
from events.values import condition, is_wild, literal
from tests.events.making import at

USER = "arn:aws:iam::111122223333:user/ci-deploy"
PATHED = "arn:aws:iam::111122223333:user/build/ci-deploy-2"
SESSION = "arn:aws:sts::111122223333:assumed-role/WebServer/i-0abc"
ROOT = "arn:aws:iam::111122223333:root"
ADDRESSES = ("203.0.113.7", "203.0.114.7", "2001:db8::5", "s3.amazonaws.com")


@pytest.fixture
def reader(read):
    arns = (USER, PATHED, SESSION, ROOT)
    names = ("GetObject", "GetObjectAcl", "PutObject", "Get_bject")
    return read(
        [
            at(number, names[number], userIdentity={"arn": arn}, sourceIPAddress=ADDRESSES[number])
            for number, arn in enumerate(arns)
        ]
    )


def found(reader, **query):
    rows = reader.page(Filters.from_query(query)).rows
    return [row["src_row"] for row in rows]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        (USER, [0]),
        ("user/ci-deploy", [0]),
        ("CI-Deploy", [0]),
        ("deploy", []),
        ("ci-deploy-2", [1]),
        ("user/build/ci-deploy-2", [1]),
        ("ci-*", [0, 1]),
        ("user/*", [0, 1]),
        ("WebServer", [2]),
        ("assumed-role/WebServer", [2]),
        ("assumed-role/WebServer/i-0abc", [2]),
        ("i-0abc", [2]),
        ("root", [3]),
        ("ci_deploy", []),
        ("%", []),
        ("arn:aws:iam::*:root", [3]),
        ("ci-deploy,root", [0, 3]),
    ],
)
def test_a_principal_is_found_by_the_name_that_the_list_shows(reader, typed, rows):
    assert found(reader, principal=typed) == rows
    assert found(reader, not_principal=typed) == [row for row in range(4) if row not in rows]


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("GetO*", [0, 1]),
        ("*objectacl", [1]),
        ("Get?bject", [0, 3]),
        ("Get_bject", [3]),
        ("Get%", []),
        ("Get[?]bject", []),
        ("*", [0, 1, 2, 3]),
    ],
)
def test_wildcards_stand_for_characters_and_sql_signs_for_themselves(reader, typed, rows):
    assert found(reader, event_name=typed) == rows


@pytest.mark.parametrize(
    ("typed", "rows"),
    [
        ("203.0.113.0/24", [0]),
        ("203.0.112.0/22", [0, 1]),
        ("2001:db8::/32", [2]),
        ("203.0.*", [0, 1]),
        ("203.0.113.7", [0]),
        ("203.0.113.0/24,2001:db8::5", [0, 2]),
    ],
)
def test_addresses_are_found_by_range(reader, typed, rows):
    assert found(reader, source_ip=typed) == rows
    assert found(reader, not_source_ip=typed) == [row for row in range(4) if row not in rows]


@pytest.mark.parametrize(("field", "typed"), [("family", "cloudtrail"), ("outcome", "OK"), ("category", "management")])
def test_choices_are_found_by_title_or_value(reader, field, typed):
    assert len(found(reader, **{field: typed})) == 4


def test_a_service_needs_no_domain_and_an_exhibit_no_incident(reader):
    assert found(reader, event_source="S3") == found(reader, event_source="s3.amazonaws.com") == [0, 1, 2, 3]
    assert found(reader, evidence="E0001") == [0, 1, 2, 3]
    assert found(reader, evidence="0001") == []


def test_a_range_that_cannot_be_is_refused_before_anything_is_asked():
    with pytest.raises(BadFilter, match=r"203\.0\.113\.0/24"):
        Filters.from_query({"not_source_ip": "10.0.0.0/40"})


def test_plain_values_are_one_plain_equality():
    sql, bound = condition("event_name", "event_name", ["GetObject", "PutObject"])
    assert sql == "coalesce(lower(event_name), '') IN (?, ?)"
    assert bound == ["getobject", "putobject"]
    assert "LIKE" not in condition("principal", "principal", [USER])[0]


def test_nothing_typed_is_part_of_the_sql():
    for typed in ("' OR 1=1 --*", "\\?' --", "x%_*"):
        assert typed.rstrip("*") not in condition("principal", "principal", [typed])[0]


@given(st.text(st.sampled_from("[]*?\\%_ab")))
def test_a_value_of_the_logs_is_taken_as_it_is(value):
    assert not is_wild(exactly(value))
    assert literal(exactly(value)) == value


def test_a_value_of_the_logs_with_stars_is_found_alone(read):
    reader = read([at(0, userAgent="a*b?"), at(1, userAgent="axxb!")])
    assert found(reader, user_agent=exactly("a*b?")) == [0]
    assert found(reader, user_agent="a*b?") == [0, 1]
