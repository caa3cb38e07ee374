from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import mini, strip
from charts.strip import CLASSES, shares


def classes_of(svg):
    return Counter(rect.get("class") for rect in ElementTree.fromstring(svg).iter("rect"))


def test_each_unit_is_one_tick():
    found = classes_of(strip({"done": 41, "running": 3, "planned": 4}))
    assert found == {"done": 41, "running": 3, "planned": 4}


def test_what_could_not_be_had_is_one_class_with_a_cap_of_its_own():
    assert classes_of(strip({"denied": 1, "not_enabled": 1, "out_of_retention": 1})) == {"gap": 6}


def test_one_failure_among_thousands_keeps_its_tick():
    found = classes_of(strip({"done": 9_000, "failed": 1}))
    assert found["failed"] == 1
    assert found.total() <= 97


def test_it_says_its_numbers_in_words_by_state():
    svg = ElementTree.fromstring(strip({"planned": 1, "done": 4_100, "not_enabled": 2}))
    assert svg.get("role") == "img"
    assert svg.find("title").text == "4100 done, 2 not enabled, 1 planned"


def test_the_callers_words_win():
    assert ElementTree.fromstring(strip({"done": 1}, label="1 von 1")).get("aria-label") == "1 von 1"


def test_no_units_is_said_and_drawn_as_nothing():
    svg = ElementTree.fromstring(strip({}))
    assert svg.find("title").text == "no units yet"
    assert svg.find("rect") is None


def test_it_refuses_a_state_that_no_unit_has():
    with pytest.raises(KeyError):
        strip({"sideways": 1})


@given(st.dictionaries(st.sampled_from(sorted(set(CLASSES.values()))), st.integers(1, 10**6), min_size=1))
def test_every_state_that_occurs_is_seen(counts):
    given_ticks = shares(counts, 96)
    assert set(given_ticks) == set(counts)
    assert min(given_ticks.values()) >= 1
    assert sum(given_ticks.values()) <= min(sum(counts.values()), 96 + len(counts))


def test_mini_has_a_station_per_phase_filled_by_its_share():
    svg = ElementTree.fromstring(mini([{"done": 1, "planned": 1}, {"failed": 3}, {}, {}], label="half collected"))
    grounds = [rect for rect in svg.iter("rect") if rect.get("class") is None]
    filled = {rect.get("class"): float(rect.get("width")) for rect in svg.iter("rect") if rect.get("class")}
    assert len(grounds) == 4
    assert filled == {"done": 11.0, "failed": 22.0}
    assert svg.get("aria-label") == "half collected"
