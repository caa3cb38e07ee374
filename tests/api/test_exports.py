import json

import pytest

from cases.models import CustodyEntry


def test_the_formats_are_listed_with_their_addresses(as_rin, base):
    found = as_rin.get(f"{base}exports/").json()["results"]
    assert {"csv", "ocsf", "stix"} <= {one["name"] for one in found}
    assert all(one["url"].endswith(f"{base}exports/{one['name']}/") or one["name"] in one["url"] for one in found)


def test_events_are_taken_out_with_a_filter(as_rin, base, examined):
    answer = as_rin.get(f"{base}exports/jsonl/", event_name="DeleteTrail")
    events = [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]
    assert {event["event_name"] for event in events} == {"DeleteTrail"}
    assert CustodyEntry.objects.filter(action="exported").count() == 1


@pytest.mark.parametrize(("path", "status"), [("exports/docx/", 404), ("exports/csv/?colour=red", 400)])
def test_what_does_not_exist_is_said(as_rin, base, path, status):
    assert as_rin.get(f"{base}{path}").status_code == status


def test_a_stranger_takes_nothing_out(as_otto, base, examined):
    assert as_otto.get(f"{base}exports/csv/").status_code == 404
