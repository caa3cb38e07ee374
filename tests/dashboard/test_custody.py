import json

import pytest
from django.urls import reverse

from cases import guards
from cases.actions.incidents import change_state
from cases.actor import Actor
from cases.models import CustodyEntry, CustodyLog
from custody import verifier

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(incident):
    return reverse("custody", args=[incident.reference])


@pytest.fixture
def long_log(incident, ida):
    """A log of more than one page."""
    for number in range(30):
        change_state(
            incident=incident, to="acknowledged" if not number else "on_hold", by=Actor(ida), reason=f"{number}"
        )
        if number:
            change_state(incident=incident, to="acknowledged", by=Actor(ida), reason="back")
    return incident


def test_it_shows_the_newest_entries_first(as_rin, url):
    lines = as_rin.get(url).context["page"].lines
    assert [line.action for line in lines] == ["access_granted", "opened"]
    assert [line.seq for line in lines] == [2, 1]


def test_it_shows_the_head(as_rin, url, incident):
    head = CustodyLog.objects.get(name=incident.reference)
    page = as_rin.get(url)
    assert head.root in page.text
    assert f"--size {head.size} --root {head.root}" in page.text


def test_it_says_what_the_log_does_not_prove(as_rin, url):
    assert "it proves nothing by itself" in as_rin.get(url).text


def test_pages_go_on_and_back(as_rin, url, long_log):
    first = as_rin.get(url).context["page"]
    older = as_rin.get(url, {"before": first.older}).context["page"]
    assert older.lines[0].seq == first.lines[-1].seq - 1
    assert older.older is None
    assert as_rin.get(url, {"after": older.newer}).context["page"].lines == first.lines


def test_the_queries_do_not_grow_with_the_log(as_rin, url, django_assert_num_queries, request):
    with django_assert_num_queries(5):
        as_rin.get(url)
    request.getfixturevalue("long_log")
    with django_assert_num_queries(5):
        as_rin.get(url)


def test_it_is_checked_when_asked(as_rin, url):
    assert "Whole and in order" not in as_rin.get(url).text
    assert "Whole and in order" in as_rin.get(url, {"check": ""}).text


def test_a_log_that_is_not_in_order_is_said_to_be(as_rin, url, incident):
    guards.remove()
    CustodyLog.objects.filter(name=incident.reference).update(root="0" * 64)
    page = as_rin.get(url, {"check": ""})
    assert "The log is not in order" in page.text
    assert "Whole and in order" not in page.text


def test_an_entry_shows_its_receipt_and_its_bytes(as_rin, incident):
    entry = CustodyEntry.objects.get(log__name=incident.reference, seq=2)
    page = as_rin.get(reverse("custody_entry", args=[incident.reference, 2]))
    assert entry.leaf_hash in page.text
    assert "".join(piece.text for piece in page.context["pieces"]) == bytes(entry.data).decode()


def test_an_entry_there_is_not_is_not_found(as_rin, incident):
    assert as_rin.get(reverse("custody_entry", args=[incident.reference, 99])).status_code == 404


def test_the_portals_own_log_is_nobodys(as_rin, as_otto, incident, url):
    assert as_rin.get("/incidents/portal/custody/").status_code == 404
    assert as_otto.get(url).status_code == 404
    assert as_otto.get(reverse("custody_entries", args=[incident.reference])).status_code == 404
    assert as_otto.get(reverse("custody_entry", args=[incident.reference, 1])).status_code == 404


def test_the_verifier_accepts_what_is_downloaded(as_rin, incident, tmp_path):
    response = as_rin.get(reverse("custody_entries", args=[incident.reference]))
    file = tmp_path / "entries.jsonl"
    file.write_bytes(b"".join(response.streaming_content))
    head = CustodyLog.objects.get(name=incident.reference)
    assert verifier.main([str(file), "--size", str(head.size), "--root", head.root]) == 0


def test_one_changed_byte_in_the_download_is_found(as_rin, incident, tmp_path):
    response = as_rin.get(reverse("custody_entries", args=[incident.reference]))
    file = tmp_path / "entries.jsonl"
    file.write_bytes(b"".join(response.streaming_content).replace(b"Rin Tanaka", b"Rin Tanakb"))
    head = CustodyLog.objects.get(name=incident.reference)
    assert verifier.main([str(file), "--size", str(head.size), "--root", head.root]) == 1


def test_what_an_entry_says_of_its_act_is_shown(as_rin, long_log, url):
    line = as_rin.get(url).context["page"].lines[0]
    assert line.reason == "back"
    said = json.loads(bytes(CustodyEntry.objects.get(log__name=long_log.reference, seq=line.seq).data))
    assert dict(line.facts).items() >= {"to": said["object"]["to"]}.items()
