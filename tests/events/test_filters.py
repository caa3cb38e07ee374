import pytest
from hypothesis import given
from hypothesis import strategies as st

from events import FIELDS, BadFilter, Filters
from events.filters import LATEST, LONGEST


@pytest.mark.parametrize("key", ["event_name__contains", "principal; --", "not_start", "not_", "EVENT_NAME", "after"])
def test_it_refuses_a_field_that_is_not_offered_and_names_those_that_are(key):
    with pytest.raises(BadFilter, match=r"event_name.*not_FIELD"):
        Filters.from_query({key: "x"})


@pytest.mark.parametrize("value", ["yesterday", "2026-13-01", "0001-01-01T00:00:00+23:59", "12"])
def test_it_refuses_a_time_that_is_none(value):
    with pytest.raises(BadFilter, match="2026-03-01"):
        Filters.from_query({"start": value})


@pytest.mark.parametrize(("value", "year"), [("0001-01-01", 1900), ("9999-12-31T23:59:59.999999", 2200)])
def test_a_time_at_the_calendars_end_leaves_room_for_a_bucket(value, year):
    assert Filters.from_query({"start": value}).start.year == year


@pytest.mark.parametrize("end", ["2026-03-01", "2026-02-28T23:59:59Z"])
def test_it_refuses_a_window_that_ends_before_it_begins(end):
    with pytest.raises(BadFilter, match="ends before it begins") as refused:
        Filters.from_query({"start": "2026-03-01", "end": end})
    assert refused.value.field == "end"


def test_a_leap_day_beyond_the_calendars_end_is_a_time():
    assert Filters.from_query({"start": "2204-02-29"}).start == LATEST


@pytest.mark.parametrize("value", ["a\0b", "x" * (LONGEST + 1)])
def test_it_refuses_values_that_no_log_has(value):
    with pytest.raises(BadFilter, match="'q'"):
        Filters.from_query({"q": value})


def test_empty_values_ask_for_nothing():
    assert Filters.from_query({"q": "", "region": "", "start": ""}) == Filters()


def test_a_list_is_read_once_each_and_trimmed():
    assert Filters.from_query({"region": "a, b,a,,"}).only == {"region": ("a", "b")}


words = (
    st.text(st.characters(exclude_characters="\0\\", exclude_categories=["Cs"]), min_size=1).map(str.strip).filter(bool)
)


@given(
    st.dictionaries(
        st.sampled_from([*FIELDS, *(f"not_{name}" for name in FIELDS)]), st.lists(words, min_size=1, unique=True)
    )
)
def test_what_is_asked_survives_the_query_string(asked):
    only = {key: tuple(asked[key]) for key in FIELDS if key in asked}
    without = {key: tuple(asked[f"not_{key}"]) for key in FIELDS if f"not_{key}" in asked}
    filters = Filters(only=only, without=without)
    assert Filters.from_query(filters.to_query()) == filters
