"""Indicators over the API: taken in value by value, safe to repeat, and where they were seen."""

import pytest

from cases.models import CustodyEntry, Finding, Incident, Indicator

BUNDLE = {
    "type": "bundle",
    "objects": [
        {"type": "indicator", "id": "indicator--1", "name": "C2", "pattern": "[domain-name:value = 'evil.example']"},
        {"type": "indicator", "id": "indicator--2", "pattern": "[domain-name:value LIKE '%.example']"},
        {"type": "malware"},
    ],
}


@pytest.fixture
def post(as_rin, base):
    return lambda body, **headers: as_rin.client.post(
        f"/api/v1/{base}indicators/", body, content_type="application/json", headers=headers
    )


def test_a_list_is_taken_in_and_a_repeat_is_known(post):
    body = [{"value": "203.0.113.9/24", "label": "C2"}, {"type": "user-agent", "value": "Nmap"}]
    assert post(body).json() == {"read": 2, "taken": 2, "known": 0, "refused": [], "around": {}}
    entries = CustodyEntry.objects.count()
    assert post(body).json() == {"read": 2, "taken": 0, "known": 2, "refused": [], "around": {}}
    assert (Indicator.objects.count(), CustodyEntry.objects.count()) == (2, entries)


def test_of_a_bundle_it_says_what_cannot_be_used(post):
    answer = post(BUNDLE).json()
    assert (answer["read"], answer["taken"], answer["around"]) == (2, 1, {"malware": 1})
    [refused] = answer["refused"]
    assert (refused["place"], "found LIKE" in refused["reason"]) == ("object 2, indicator--2", True)


def test_the_list_says_what_is_looked_for_and_where_it_was_seen(post, as_rin, base, incident, finding):
    post([{"value": "evil.example", "label": "C2"}, {"value": "192.0.2.1"}])
    Finding.objects.update(question="indicators", entity_kind="domain-name", entity="evil.example", count=3)
    evil, other = as_rin.get(f"{base}indicators/").json()["results"]
    assert {name: evil[name] for name in ("type", "value", "label", "origin", "added_by", "events")} == {
        "type": "domain-name", "value": "evil.example", "label": "C2", "origin": "API", "added_by": "rin", "events": 3,
    }  # fmt: skip
    assert as_rin.get(evil["finding"]).json()["entity"] == "evil.example"
    assert (other["events"], other["finding"]) == (None, None)


def test_it_is_filtered_and_paged(post, as_rin, base):
    post([{"value": "evil.example"}, {"value": "192.0.2.1"}, {"value": "192.0.2.2"}])
    path = f"{base}indicators/"
    assert [one["value"] for one in as_rin.get(path, type="domain-name").json()["results"]] == ["evil.example"]
    first = as_rin.get(path, type="ipv4-addr", limit=1).json()
    assert [one["value"] for one in first["results"]] == ["192.0.2.1"]
    assert [one["value"] for one in as_rin.get(first["next"]).json()["results"]] == ["192.0.2.2"]


@pytest.mark.parametrize("body", [{}, {"type": "report"}, {"type": "bundle"}, '"evil.example"', 7])
def test_what_is_neither_a_list_nor_a_bundle_is_refused(post, body):
    answer = post(body)
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (422, "refused")
    assert "STIX" in answer.json()["detail"]


def test_odd_items_are_refused_one_by_one(post):
    odd = [None, [], 7, {"value": {"a": 1}}, {"value": "evil.example", "is_trusted": True}, {"value": "\ud800"}, {}]
    answer = post([*odd, {"value": "evil.example"}]).json()
    assert (answer["read"], answer["taken"], len(answer["refused"])) == (8, 1, 7)


def test_a_key_gives_the_same_answer_again(post):
    first = post([{"value": "evil.example"}], **{"Idempotency-Key": "1"})
    again = post([{"value": "evil.example"}], **{"Idempotency-Key": "1"})
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")


def test_a_closed_incident_takes_none(post, incident):
    Incident.objects.update(state="closed", outcome="benign", closed_at=incident.opened_at)
    assert post([{"value": "evil.example"}]).status_code == 409
