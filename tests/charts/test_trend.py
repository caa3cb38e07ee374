from xml.etree import ElementTree

import pytest

from charts import Reading, trend

TWO = [Reading("Monday", 40), Reading("Tuesday", 60)]


def drawn(*readings):
    return ElementTree.fromstring(trend(readings, most=100, title="Score"))


def test_each_reading_is_a_dot_with_its_name():
    names = [dot.find("title").text for dot in drawn(*TWO).iter("circle")]
    assert names == ["Monday: 40", "Tuesday: 60"]


def test_more_is_higher_and_later_is_further_right():
    first, second = drawn(*TWO).iter("circle")
    assert float(first.get("cy")) > float(second.get("cy"))
    assert float(first.get("cx")) < float(second.get("cx"))


def test_a_single_reading_is_a_dot_without_a_line():
    svg = drawn(Reading("Monday", 40))
    assert svg.find("polyline") is None
    assert svg.find("circle").get("cx") == "314"


@pytest.mark.parametrize(("value", "y"), [(0, "90"), (100, "6"), (400, "6"), (-5, "90")])
def test_a_value_stays_on_its_axis(value, y):
    assert drawn(Reading("x", value)).find("circle").get("cy") == y


def test_a_screen_reader_hears_every_reading():
    assert drawn(*TWO).find("desc").text == "Monday: 40, Tuesday: 60"


def test_without_readings_it_says_so():
    assert drawn().find("desc").text == "no readings yet"
