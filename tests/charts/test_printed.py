from xml.etree import ElementTree

import pytest

from charts import Bucket, Edge, Node, Palette, printed_chain, printed_histogram

SVG = "{http://www.w3.org/2000/svg}"
BUCKETS = [Bucket(f"{hour:02}:00", (hour, 2)) for hour in range(24)]


@pytest.fixture
def plot():
    return ElementTree.fromstring(printed_histogram(BUCKETS, series=("management", "data"), title="Events per hour"))


def texts(svg):
    return [text.text for text in svg.iter(f"{SVG}text")]


def test_it_carries_its_own_colours(plot):
    fills = {rect.get("fill") for rect in plot.iter(f"{SVG}rect")}
    assert fills == {"#ffffff", "#3049c9", "#2b9a88"}
    assert not any(part.get("class") or part.get("style") for part in plot.iter())


def test_legend_numbers_and_times_are_written(plot):
    assert texts(plot)[:2] == ["management", "data"]
    assert texts(plot)[2:7] == ["40", "30", "20", "10", "0"]
    assert texts(plot)[7:] == ["00:00", "04:00", "08:00", "12:00", "16:00", "20:00"]


def test_a_time_that_would_run_over_the_edge_is_left_out():
    long = [Bucket(f"2026-11-22 21:{minute:02}", (1,)) for minute in range(51)]
    written = texts(ElementTree.fromstring(printed_histogram(long, series=("data",), title="t")))
    assert written[6:] == [
        "2026-11-22 21:00",
        "2026-11-22 21:09",
        "2026-11-22 21:18",
        "2026-11-22 21:27",
        "2026-11-22 21:36",
    ]


def test_it_is_one_image_with_a_title(plot):
    assert plot.get("role") == "img"
    assert plot.find(f"{SVG}title").text == "Events per hour"


def test_another_palette_is_another_picture():
    night = Palette(paper="#000000")
    assert 'fill="#000000"' in printed_histogram([], series=(), title="t", palette=night)


def test_no_events_still_make_a_picture():
    svg = ElementTree.fromstring(printed_histogram([], series=("management",), title="t"))
    assert texts(svg) == ["management", "4", "3", "2", "1", "0"]


def test_a_role_chain_prints_its_names_and_why():
    nodes = [Node("u", "ci-deploy", "principal", is_hot=True), Node("r", "admin", "role")]
    svg = ElementTree.fromstring(printed_chain(nodes, [Edge("u", "r", "assumed", is_hot=True)], title="t"))
    assert texts(svg) == ["assumed", "ci-deploy", "principal", "admin", "role"]
    assert svg.find(f"{SVG}circle").get("stroke") == "#cf3a2d"
