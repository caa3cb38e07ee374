"""Whose export an object is, and what of it is the event's own."""

import pytest

from examiners.records import Malformed
from examiners.windows_records import flattened, of_flat, of_parts, of_powershell, of_text, reader_of


@pytest.mark.parametrize(
    "found",
    [
        {},
        {"EventID": 1},
        {"EventID": 1, "Channel": "x"},
        {"Id": 1, "Message": "x"},
        {"Event": {"System": "x"}},
        {"Event": "x"},
        {"winlog": {"channel": "x"}},
        {"winlog": "event_id"},
        {"event_id": 1},
    ],
)
def test_other_objects_are_no_events(found):
    assert reader_of(found) is None


def test_attributes_and_lists_become_texts_by_name():
    part = {
        "EventID": {"#attributes": {"Qualifiers": 1}, "#text": 7045},
        "Provider": {"@Name": "x"},
        "Data": [{"@Name": "a", "#text": "1"}, {"@Name": "a", "#text": "2"}, "plain", None],
        "Binary": None,
    }
    assert flattened(part) == {
        "EventID.Qualifiers": "1",
        "EventID": "7045",
        "Provider.Name": "x",
        "a": "1\n2",
        "Data": "plain\n",
        "Binary": "",
    }


@pytest.mark.parametrize("properties", [None, [], [{"Value": 1}, 2, {"other": 3}]])
def test_properties_of_an_event_that_is_not_known_keep_their_places(properties):
    record = of_powershell({"Id": 99999, "Properties": properties})
    expected = {} if not properties else {"Property0": 1, "Property1": 2, "Property2": None}
    assert record.data == expected


def test_more_properties_than_names_keep_their_places():
    data = of_powershell({"Id": 4720, "Properties": [{"Value": at} for at in range(9)]}).data
    assert (data["TargetUserName"], data["SubjectLogonId"], data["Property8"]) == (0, 6, 8)


def test_a_flat_event_keeps_all_that_is_not_its_header():
    record = of_flat(
        {"EventID": 1, "Channel": "x", "Computer": "y", "Image": "a", "EventData": {"b": 1}, "Level": "Error"}
    )
    assert (record.data, record.level) == ({"Image": "a", "b": 1}, "Error")


def test_an_event_without_an_id_is_refused():
    with pytest.raises(Malformed, match="EventID"):
        of_parts({"System": {"Channel": "x"}})


@pytest.mark.parametrize("text", ["", "[a]", "[a] [b] [c] [d] [e] [f]", "[a] [b] [1] [d] [e f] [g]", "x" * 100_000])
def test_a_text_that_is_not_the_agents_is_refused(text):
    with pytest.raises(Malformed, match="agent"):
        of_text(text)
