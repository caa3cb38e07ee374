from datetime import UTC, datetime
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.filter_choices import choices_of
from dashboard.filter_links import LABELS, Question, with_addition
from events import FIELDS, BadFilter

VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=40).filter(
    lambda text: text == text.strip()
)


def read(address):
    return Question.of(dict(parse_qsl(address.removeprefix("?"))))


@given(st.sampled_from(sorted(FIELDS)), VALUES.filter(lambda text: not text.endswith("\\") and "\\," not in text))
def test_an_address_reads_back_as_the_question_that_wrote_it(field, value):
    question = Question().only(field, value).without("region", "us-east-1")
    assert read(question.address()) == question


def test_every_field_has_a_word():
    assert set(LABELS) == set(FIELDS)


def test_a_value_is_wanted_or_unwanted_but_never_both():
    question = Question().only("region", "us-east-1").without("region", "us-east-1")
    assert question.filters.only == {}
    assert question.filters.without == {"region": ("us-east-1",)}


def test_taking_a_value_away_leaves_its_neighbours():
    question = Question().only("region", "us-east-1").only("region", "us-west-2").free_of("region", "us-east-1")
    assert question.filters.only == {"region": ("us-west-2",)}


def test_a_window_is_dropped_alone():
    start = datetime(2026, 11, 22, tzinfo=UTC)
    question = Question().only("outcome", "error").between(start, None)
    assert question.whole.address() == "?outcome=error"


def test_forms_carry_what_they_do_not_ask_for():
    question = Question.of({"outcome": "error", "q": "key", "start": "2026-11-22", "order": "newest"})
    assert question.hidden == {"outcome": "error", "order": "newest"}
    assert question.carried == {"order": "newest", "start": "2026-11-22T00:00:00Z"}


def test_hidden_characters_in_a_chip_are_marks():
    assert Question().only("principal", "a\u202eb").chips[0].value == "a⟨U+202E⟩b"


def test_a_field_that_is_not_offered_is_refused():
    with pytest.raises(BadFilter, match="there is no field 'password'"):
        Question().only("password", "x")


@pytest.mark.parametrize(
    ("query", "address"), [({"field": "region", "value": ""}, "?window=all"), ({"field": ""}, None), ({}, None)]
)
def test_an_addition_without_a_value_adds_nothing(query, address):
    added = with_addition(Question(), query)
    assert (added.address() if added else None) == address


@pytest.mark.parametrize(
    ("asked", "chosen"),
    [({}, ""), ({"family": "network_flows"}, "network_flows"), ({"family": "network_flows,dns_queries"}, None)],
)
def test_the_lists_show_what_is_asked(asked, chosen):
    lists = {choice.name: choice.options for choice in choices_of(Question.of(asked))}
    assert set(lists) == {"family", "outcome", "category"}
    picked = [option.value for option in lists["family"] if option.is_chosen]
    assert picked == {"": [], None: ["network_flows,dns_queries"]}.get(chosen, [chosen])


def test_a_part_of_a_title_adds_each_value_that_it_means():
    added = with_addition(Question(), {"field": "category", "value": "network", "sense": "not"})
    assert added.filters.without == {"category": ("NetworkActivity", "NetworkFlow")}


def test_a_bare_question_says_that_it_wants_everything():
    assert Question().address() == "?window=all"
    assert read("?window=all") == Question()
