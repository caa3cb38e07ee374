import base64
import json

import pytest


def test_it_shows_events_with_the_file_and_row_they_came_from(as_rin, base, examined):
    found = as_rin.get(f"{base}events/").json()["results"]
    assert [event["src_row"] for event in found] == list(range(10))
    assert found[0]["src_file"].endswith("trail.json.gz")


def test_it_goes_from_page_to_page_without_loss(as_rin, base, examined):
    first = as_rin.get(f"{base}events/", limit=6).json()
    second = as_rin.get(first["next"]).json()
    assert [e["src_row"] for e in first["results"] + second["results"]] == list(range(10))
    assert second["next"] is None


def test_it_shows_the_newest_first_when_asked(as_rin, base, examined):
    found = as_rin.get(f"{base}events/", ordering="-event_time", limit=1).json()["results"]
    assert found[0]["src_row"] == 9


def test_it_filters_events(as_rin, base, examined):
    found = as_rin.get(f"{base}events/", event_name="DeleteTrail", start="2026-11-20T09:04:00Z").json()["results"]
    assert [event["src_row"] for event in found] == [4, 6, 8]


def test_it_refuses_a_filter_that_does_not_exist_and_names_it(as_rin, base, examined):
    answer = as_rin.get(f"{base}events/", event_name__contains="x")
    assert answer.status_code == 400
    assert "event_name__contains" in answer.json()["detail"]


def test_it_refuses_a_cursor_that_it_never_gave_out(as_rin, base, examined):
    answer = as_rin.get(f"{base}events/", cursor="bm9uc2Vuc2U")
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:forensics-portal:problem:bad-cursor")


def test_it_counts_events_over_time(as_rin, base, examined):
    answer = as_rin.get(f"{base}events/histogram/", buckets=5).json()
    assert answer["total"] == 10
    assert len(answer["buckets"]) <= 6


def test_it_shows_one_event_in_full(as_rin, base, examined):
    key = as_rin.get(f"{base}events/").json()["results"][0]["key"]
    event = as_rin.get(f"{base}events/{key}/").json()
    assert event["event_id"] == "00000000-0000-4000-8000-000000000000"


def test_an_event_that_is_not_there_is_404(as_rin, base, examined):
    assert as_rin.get(f"{base}events/E0001-1-0-999/").status_code == 404


def test_an_incident_without_events_has_an_empty_page(as_rin, base):
    assert as_rin.get(f"{base}events/").json() == {"next": None, "results": []}


def test_it_counts_events_over_time_by_kind_of_log(as_rin, base, examined):
    answer = as_rin.get(f"{base}events/histogram/", buckets=5, by="family").json()
    assert (answer["series"], answer["total"]) == (["cloudtrail"], 10)


def test_an_incident_without_events_has_an_empty_histogram(as_rin, base):
    assert as_rin.get(f"{base}events/histogram/").json()["buckets"] == []


def test_filters_take_what_people_type(as_rin, base, examined):
    for query in ({"event_name": "DeleteT*"}, {"event_source": "*.amazonaws.com"}, {"family": "CloudTrail events"}):
        found = as_rin.get(f"{base}events/", **query).json()["results"]
        assert found, query
        assert "summary" in found[0]


def test_it_refuses_a_range_of_addresses_that_cannot_be(as_rin, base, examined):
    answer = as_rin.get(f"{base}events/", source_ip="203.0.113.0/64")
    assert answer.status_code == 400
    assert "203.0.113.0/24" in answer.json()["detail"]


def test_changes_come_from_aws_config(as_rin, base, examined):
    assert as_rin.get(f"{base}changes/").json() == {"next": None, "results": []}


def test_conversations_come_from_flow_logs(as_rin, base):
    assert as_rin.get(f"{base}conversations/").json() == {"next": None, "results": []}
    answer = as_rin.get(f"{base}conversations/?order=colour")
    assert (answer.status_code, [error["field"] for error in answer.json()["errors"]]) == (400, ["order"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"start": "now"}, "start"),
        ({"end": "2026-13-01"}, "end"),
        ({"start": "2026-03-02", "end": "2026-03-01"}, "end"),
        ({"source_ip": "1.2.3.4/99"}, "source_ip"),
        ({"not_source_ip": "1.2.3.4/99"}, "not_source_ip"),
        ({"q": "\0"}, "q"),
        ({"zzz": "1"}, "zzz"),
        ({"cursor": "xx"}, "cursor"),
    ],
)
@pytest.mark.parametrize("list_of", ["events", "exports/jsonl"])
def test_a_refusal_names_the_part_of_the_question(as_ida, base, examined, list_of, query, field):
    answer = as_ida.get(f"{base}{list_of}/", **query)
    assert answer.status_code == 400
    assert [error["field"] for error in answer.json()["errors"]] == [field]


@pytest.mark.parametrize(
    "place",
    [
        [-144115188075855871, "x", 0, 0, 0, 0],
        [-62135596800 * 10**6 - 1, "x", 0, 0, 0, 0],
        [253402300800 * 10**6, "x", 0, 0, 0, 0],
        [1, "\ud800", 0, 0, 0, 0],
        [1, "\N{LATIN SMALL LETTER E WITH ACUTE}", 0, 0, 0, 0],
    ],
)
def test_a_cursor_of_no_event_is_refused(as_rin, base, examined, place):
    assert as_rin.get(f"{base}events/", cursor=cursor_of(place)).status_code == 400


@pytest.mark.parametrize("micros", [-62135596800 * 10**6, 253402300800 * 10**6 - 1])
def test_a_cursor_at_the_calendars_end_is_a_cursor(as_rin, base, examined, micros):
    assert as_rin.get(f"{base}events/", cursor=cursor_of([micros, "x", 0, 0, 0, 0])).status_code == 200


def cursor_of(place):
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")
