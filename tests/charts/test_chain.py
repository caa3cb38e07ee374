from itertools import pairwise
from xml.etree import ElementTree

import pytest

from charts import Edge, Node, chain
from charts.chain import lay_out, shortened

NODES = [
    Node("u", "ci-deploy", "principal", is_hot=True, href="/p/1"),
    Node("r", "arn:aws:iam::111122223333:role/build-runner", "role"),
    Node("k", "AKIAEXAMPLE", "access_key"),
]
EDGES = [Edge("u", "r", "assumed 21:47", is_hot=True), Edge("r", "k")]


@pytest.fixture
def graph():
    return ElementTree.fromstring(chain(NODES, EDGES, title="Who became whom"))


def test_each_step_stands_one_column_to_the_right():
    places = lay_out(NODES, EDGES)
    assert places["u"][0] < places["r"][0] < places["k"][0]


def test_things_of_one_column_stand_below_each_other():
    nodes = [Node("a", "a", "role"), Node("b", "b", "role")]
    (_, first), (_, second) = lay_out(nodes, []).values()
    assert first < second


def test_a_circle_of_roles_ends():
    circle = [Edge("u", "r"), Edge("r", "k"), Edge("k", "u")]
    assert ElementTree.fromstring(chain(NODES, circle, title="t")).get("class") == "graph"


def test_a_role_that_assumes_itself_is_no_edge():
    svg = ElementTree.fromstring(chain(NODES, [Edge("r", "r"), Edge("r", "nobody")], title="t"))
    assert svg.find("path") is None


def test_a_node_with_a_page_is_a_link_and_others_are_named_images(graph):
    assert graph.find("a").get("aria-label") == "principal ci-deploy"
    assert [part.get("role") for part in graph.findall("g")] == ["img", "img"]


def test_the_shape_says_the_kind(graph):
    inside = [part.find("g")[0].tag for part in [graph.find("a"), *graph.findall("g")]]
    assert inside == ["circle", "path", "rect"]


def test_hot_parts_are_classes(graph):
    assert [path.get("class") for path in graph.findall("path")] == ["e hot", "e"]
    assert graph.find("a/g").get("class") == "n hot"


def test_a_long_name_keeps_both_ends_and_its_whole_in_the_title(graph):
    role = graph.findall("g")[0]
    assert role.find("title").text == NODES[1].label
    assert role.find("text").text == "arn:aws:iam…build-runner"
    assert shortened("short") == "short"


def test_the_words_of_a_fan_do_not_lie_on_each_other():
    nodes = [Node(name, name, "role") for name in "abcd"]
    fan = [Edge("a", name, f"to {name}") for name in "bcd"]
    for edges, anchor in ((fan, "end"), ([Edge(e.target, e.source, e.label) for e in fan], "start")):
        svg = ElementTree.fromstring(chain(nodes, edges, title="t"))
        words = svg.findall("text")
        assert {text.get("text-anchor") for text in words} == {anchor}
        places = sorted(float(text.get("y")) for text in words)
        assert all(below - above >= 72 for above, below in pairwise(places))


def test_an_edge_says_why(graph):
    assert graph.find("text").text == "assumed 21:47"
