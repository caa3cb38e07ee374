"""The page of indicators: handing over, what was refused, and where the events name them."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from analyzers.stix import reading
from cases.actions.incidents import Particulars, open_incident, set_member
from cases.actor import Actor
from cases.models import CustodyEntry, Finding, Incident, Indicator, Membership, Run
from dashboard import indicator_pages
from tests.dashboard import casework
from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(incident):
    return reverse("indicators", args=[incident.reference])


def typed(client, url, text):
    return client.post(url, {"text": text})


def handed(client, url, data, name="feed.csv"):
    return client.post(url, {"file": SimpleUploadedFile(name, data)})


def removal(indicator):
    return reverse("remove_indicator", args=[indicator.incident.reference, indicator.pk])


def test_an_empty_page_says_how_to_begin(as_rin, url):
    page = as_rin.get(url).text
    assert "Nothing is looked for yet" in page
    assert "Look for them" in page


def test_what_is_typed_is_taken_in_its_one_form(as_rin, url, incident):
    page = as_rin.post(url, {"text": "evil[.]Example\n 203.0.113.9/24 \n\nuser-agent Nmap"}, follow=True)
    assert "3 taken, 0 known already" in page.text
    assert set(incident.indicators.values_list("kind", "value", "origin")) == {
        ("domain-name", "evil.example", "typed"),
        ("ipv4-addr", "203.0.113.0/24", "typed"),
        ("user-agent", "nmap", "typed"),
    }


def test_a_file_is_taken_in_and_again_is_known(as_rin, url, incident):
    feed = b"value,type,label\nevil.example,domain,c2\n"
    handed(as_rin, url, feed)
    assert "0 taken, 1 known already" in as_rin.post(url, {"file": SimpleUploadedFile("b.csv", feed)}, follow=True).text
    assert [(one.label, one.origin) for one in incident.indicators.all()] == [("c2", "feed.csv")]


def test_what_is_refused_is_listed_with_place_and_reason_and_what_was_typed_stays(as_rin, url):
    page = typed(as_rin, url, "evil.example\nnonsense\n<script>\u202e")
    assert page.status_code == 200
    assert "3 read = 1 taken + 0 known already + 2 refused" in page.text
    assert "line 2" in page.text
    assert "it is no address" in page.text
    assert "&lt;script&gt;⟨U+202E⟩" in page.text
    assert Indicator.objects.count() == 1


def test_where_nothing_can_be_used_nothing_is_done(as_rin, url):
    before = CustodyEntry.objects.count()
    page = typed(as_rin, url, "nonsense")
    assert (page.status_code, CustodyEntry.objects.count()) == (422, before)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"\xff\xfe\x00", "not text in UTF-8"),
        (b"{", "begins like JSON and is none"),
        (b'{"type": "report"}', "no STIX bundle"),
        (b"name\nx\n", "no column value"),
        (b"value\n", "no value to look for"),
        (b"[" * 100_000, "JSON"),
        (b'value\n"open', "no CSV"),
    ],
)
def test_a_file_that_is_none_is_refused_in_words(as_rin, url, data, words):
    page = handed(as_rin, url, data)
    assert page.status_code == 422
    assert words in page.text
    assert not Indicator.objects.exists()


def test_a_file_that_is_too_large_is_refused_before_it_is_read(as_rin, url, monkeypatch):
    monkeypatch.setattr("dashboard.forms.indicators.MOST_BYTES", 1 << 20)
    assert "larger than 1 MiB" in handed(as_rin, url, b"value\n" + b"x" * (1 << 20)).text


def test_too_many_values_are_refused_as_a_whole(as_rin, url, monkeypatch):
    monkeypatch.setattr(reading, "MOST", 2)
    assert "more than 2 values" in typed(as_rin, url, "a.example\nb.example\nc.example").text
    assert not Indicator.objects.exists()


@pytest.mark.parametrize("given", [{}, {"text": ""}, {"text": "a.example", "file": "x"}])
def test_a_file_or_a_text_is_needed(as_rin, url, given):
    if "file" in given:
        given = given | {"file": SimpleUploadedFile("a.csv", b"value")}
    assert "one of the two" in as_rin.post(url, given).text


@pytest.fixture
def analysed(examined, as_rin, url, tmp_path, memories):
    """The incident with two indicators, of which its events name one, and its analysis."""

    def asked():
        typed(as_rin, url, f"{casework.STRANGER}\nevil.example")
        casework.work("analyze")

    memories.lay_down(asked, tmp_path)
    examined.refresh_from_db()
    return examined


def test_an_indicator_leads_to_the_finding_about_it(as_rin, analysed, url):
    finding = Finding.objects.get(question="indicators")
    assert (finding.entity, finding.count, finding.is_current) == (casework.STRANGER, 30, True)
    rows = {row.indicator.value: (row.finding, row.events) for row in as_rin.get(url).context["rows"]}
    assert rows == {casework.STRANGER: (finding.label, 30), "evil.example": ("", 0)}
    assert finding.label in as_rin.get(url).text
    page = as_rin.get(reverse("finding", args=[analysed.reference, finding.label]))
    assert page.context["entity"] == f"?kind=address&value={casework.STRANGER}"
    assert as_rin.get(reverse("timeline", args=[analysed.reference]) + page.context["address"]).status_code == 200


def test_the_tab_shows_those_in_the_events(as_rin, analysed, url):
    assert [row.indicator.value for row in as_rin.get(url, {"seen": "1"}).context["rows"]] == [casework.STRANGER]


def test_new_indicators_ask_that_question_anew_and_no_other(as_rin, analysed, url):
    before = Run.objects.filter(phase="analysis").count()
    typed(as_rin, url, "aws-cli.example")
    assert [run.tool for run in Run.objects.filter(phase="analysis").order_by("pk")[before:]] == ["indicators"]


def test_what_is_removed_is_found_no_longer_and_may_come_back(as_rin, analysed, url):
    typed(as_rin, url, "198.51.100.9")
    casework.work("analyze")
    for _ in range(2):
        as_rin.post(removal(Indicator.objects.get(value=casework.STRANGER)))
        casework.work("analyze")
        assert not Finding.objects.get(question="indicators").is_current
        typed(as_rin, url, casework.STRANGER)
        casework.work("analyze")
        assert Finding.objects.get(question="indicators").is_current


def test_without_the_next_analysis_it_says_that_the_answer_is_about_others(as_rin, analysed, url):
    assert "The events were asked" in as_rin.get(url).text
    Incident.objects.update(auto_advance=False)
    typed(as_rin, url, "other.example")
    assert "Last asked about other indicators" in as_rin.get(url).text


def test_a_list_that_was_wrong_is_removed_as_a_whole(as_rin, url, incident):
    handed(as_rin, url, b"value\na.example\nb.example\n", "wrong list.csv")
    typed(as_rin, url, "c.example")
    assert [(one["origin"], one["total"]) for one in as_rin.get(url).context["lists"]] == [
        ("wrong list.csv", 2),
        ("typed", 1),
    ]
    address = reverse("remove_indicators", args=[incident.reference])
    assert "2 removed" in as_rin.post(address, {"origin": "wrong list.csv"}, follow=True).text
    assert [one.value for one in incident.indicators.all()] == ["c.example"]
    assert as_rin.post(address, {}).status_code == 404


def test_older_ones_are_on_the_next_page(as_rin, url, monkeypatch):
    monkeypatch.setattr(indicator_pages, "SHELF", 2)
    typed(as_rin, url, "a.example\nb.example\nc.example")
    first = as_rin.get(url)
    assert [row.indicator.value for row in first.context["rows"]] == ["c.example", "b.example"]
    assert [row.indicator.value for row in as_rin.get(url + first.context["older"]).context["rows"]] == ["a.example"]


def test_its_queries_do_not_grow_with_the_rows(as_rin, url, django_assert_num_queries):
    typed(as_rin, url, "a.example")
    as_rin.get(url)
    with django_assert_num_queries(9):
        as_rin.get(url)
    typed(as_rin, url, "\n".join(f"h{n}.example" for n in range(40)))
    as_rin.get(url)
    with django_assert_num_queries(9):
        as_rin.get(url)


def test_text_of_strangers_stays_text(as_rin, url):
    bundle = {"type": "bundle", "objects": [{"type": "domain-name", "value": "evil.example", "name": "<script>\u202e"}]}
    handed(as_rin, url, json.dumps(bundle).encode(), "<b>\u202e.json")
    page = as_rin.get(url).text
    assert "&lt;script&gt;⟨U+202E⟩" in page
    assert "<b>" not in page.split("Looked for")[1].split("evil.example")[1].split("</tr>")[0]


def test_who_only_reads_may_look_and_change_nothing(as_rin, url, incident, ida, otto):
    set_member(incident=incident, user=otto, role=Membership.Role.OBSERVER, by=Actor(ida))
    typed(as_rin, url, "evil.example")
    observer = signed_in(otto)
    assert "Look for them" not in observer.get(url).text
    assert typed(observer, url, "b.example").status_code == 403
    assert observer.post(removal(Indicator.objects.get())).status_code == 403
    assert observer.post(f"{url}lists/remove/", {"origin": "typed"}).status_code == 403


def test_for_who_is_no_member_it_does_not_exist(as_rin, as_otto, url):
    typed(as_rin, url, "evil.example")
    assert as_otto.get(url).status_code == 404
    assert typed(as_otto, url, "b.example").status_code == 404
    assert as_otto.post(removal(Indicator.objects.get())).status_code == 404
    assert as_otto.post(f"{url}lists/remove/", {"origin": "typed"}).status_code == 404
    assert Indicator.objects.exists()


def test_an_indicator_of_another_incident_cannot_be_removed_from_here(as_rin, as_ida, url, ida):
    other, _ = open_incident(particulars=Particulars("Other"), by=Actor(ida))
    typed(as_rin, url, "evil.example")
    known = Indicator.objects.get()
    assert as_ida.post(reverse("remove_indicator", args=[other.reference, known.pk])).status_code == 404
    assert Indicator.objects.exists()


def test_a_closed_incident_takes_none(as_rin, url):
    Incident.objects.update(state="closed", outcome="benign", closed_at=timezone.now())
    page = typed(as_rin, url, "evil.example")
    assert page.status_code == 422
    assert "reopen it" in page.text
