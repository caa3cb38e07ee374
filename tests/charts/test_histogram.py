from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charts import Bucket, Selection, ceiling, histogram, steps, ticks
from charts.histogram import stack

BUCKETS = [Bucket("2026-11-22T21:00Z", (30, 156)), Bucket("2026-11-22T21:15Z", (0, 0)), Bucket("21:30", (1, 0))]


def drawn(**given):
    return ElementTree.fromstring(
        histogram(given.pop("buckets", BUCKETS), series=("management", "data"), title="t", **given)
    )


def test_each_bar_is_a_link_to_its_events_and_says_what_it_counts():
    links = drawn(href=lambda bucket: f"?at={bucket.start}&x=1").findall("a")
    assert links[0].get("href") == "?at=2026-11-22T21:00Z&x=1"
    assert links[0].get("aria-label") == "2026-11-22T21:00Z: 186 (management 30, data 156)"
    assert links[1].find("title").text == "2026-11-22T21:15Z: 0"


def test_without_links_bars_still_carry_their_titles():
    svg = drawn()
    assert svg.find("a") is None
    assert len(svg.findall("g/title")) == len(BUCKETS)


def test_it_is_a_group_because_an_image_would_hide_its_links():
    svg = drawn()
    assert (svg.get("role"), svg.get("aria-label")) == ("group", "t")


def test_series_are_classes_so_that_the_theme_colours_them():
    classes = [rect.get("class") for rect in drawn().iter("rect")]
    assert classes == ["hit", "s1", "s2", "hit", "hit", "s1"]


def test_the_chosen_window_has_two_edges_that_keys_can_move():
    edges = [rect for rect in drawn(window=Selection(1, 3)).iter("rect") if rect.get("role") == "slider"]
    assert [edge.get("aria-valuenow") for edge in edges] == ["1", "3"]
    assert [edge.get("aria-valuetext") for edge in edges] == ["2026-11-22T21:15Z", "> 21:30"]


def test_an_empty_time_has_a_grid_and_no_edges():
    svg = drawn(buckets=[], window=Selection(0, 0))
    assert [part.tag for part in svg] == ["g"]


def test_it_passes_the_brush_its_attributes():
    assert drawn(extra={"data-bins": "3"}).get("data-bins") == "3"


def test_hostile_labels_stay_text():
    svg = drawn(buckets=[Bucket('"><script>\u202e', (1, 1))], href=lambda bucket: bucket.start)
    assert svg.find(".//script") is None
    assert svg.find("a").get("href") == '"><script>⟨U+202E⟩'


@pytest.mark.parametrize(("highest", "top"), [(0, 4), (4, 4), (5, 8), (19, 20), (41, 60), (458, 600), (84113, 100_000)])
def test_the_axis_ends_on_whole_grid_lines(highest, top):
    assert ceiling(highest) == top
    assert steps(top)[0] == top
    assert len(steps(top)) == 5


def test_ticks_never_exceed_what_fits():
    many = [Bucket(str(n), (1,)) for n in range(97)]
    assert [bucket.start for bucket in ticks(many, 4)] == ["0", "25", "50", "75"]


@given(st.lists(st.lists(st.integers(0, 10_000), min_size=6, max_size=6), min_size=1, max_size=40))
def test_bars_stay_inside_the_plot_and_share_four_colours(counts):
    buckets = [Bucket("x", tuple(each)) for each in counts]
    top = ceiling(max(bucket.total for bucket in buckets))
    for bar in (bar for bars in stack(buckets, top) for bar in bars):
        assert bar.y >= 0
        assert bar.y <= 152
        assert bar.series <= 3
        assert 0 <= bar.x <= bar.x + bar.width <= 960
