import json
import shutil
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cases.models import CustodyEntry, Incident
from dashboard.event_lines import field_of
from dashboard.timeline_windows import end_of
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(examined):
    return reverse("timeline", args=[examined.reference])


def event_url(examined, key="E0001-1-0-1"):
    return reverse("event", args=[examined.reference, key])


def test_it_shows_every_event(as_rin, url):
    page = as_rin.get(url)
    assert page.status_code == 200
    assert page.context["count"] == 30
    assert len(page.context["lines"]) == 30


def test_without_events_it_says_how_to_begin(as_rin, incident):
    page = as_rin.get(reverse("timeline", args=[incident.reference]))
    assert "No events yet" in page.text
    assert reverse("collect", args=[incident.reference]) in page.text


def test_a_stranger_finds_no_timeline(as_otto, url):
    assert as_otto.get(url).status_code == 404


def test_who_is_not_signed_in_is_asked_to(client, url):
    assert client.get(url).status_code == 302


def test_a_filter_is_an_address(as_rin, url):
    page = as_rin.get(url, {"event_name": "CreateAccessKey"})
    assert [line.name for line in page.context["lines"]] == ["CreateAccessKey"]


def test_a_chip_leads_to_the_question_without_it(as_rin, url):
    chip = as_rin.get(url, {"outcome": "error"}).context["question"].chips[0]
    assert as_rin.get(url + chip.remove).context["count"] == 30
    assert as_rin.get(url + chip.opposite).context["count"] == 24


def test_the_form_adds_a_filter_to_those_in_force(as_rin, url):
    page = as_rin.get(
        url, {"outcome": "error", "field": "event_name", "value": "ListUsers", "sense": "not"}, follow=True
    )
    assert page.redirect_chain == [(f"{url}?outcome=error&not_event_name=ListUsers", 302)]
    assert page.context["count"] == 6


def test_free_text_is_searched_in_parameters(as_rin, url):
    assert as_rin.get(url, {"q": "SVC-backup"}).context["count"] == 30
    assert as_rin.get(url, {"q": "nowhere"}).context["count"] == 0


@pytest.mark.parametrize("typed", ["user/ci-deploy", "ci-deploy", "user/ci-*"])
def test_a_principal_is_found_as_the_list_shows_it(as_rin, url, typed):
    page = as_rin.get(url, {"field": "principal", "value": typed}, follow=True)
    assert page.context["count"] == 30
    assert page.context["lines"][0].short_principal == "user/ci-deploy"


def test_a_range_of_addresses_is_a_filter(as_rin, url):
    assert as_rin.get(url, {"source_ip": "203.0.113.0/24"}).context["count"] == 30
    assert as_rin.get(url, {"source_ip": "203.0.114.0/24"}).context["count"] == 0
    refused = as_rin.get(url, {"source_ip": "203.0.113.0/64"})
    assert refused.status_code == 422
    assert "is not a range of addresses" in refused.text


def test_a_title_that_is_typed_becomes_its_value(as_rin, url):
    page = as_rin.get(url, {"field": "outcome", "value": "failure"}, follow=True)
    assert page.redirect_chain == [(f"{url}?outcome=error", 302)]
    assert [(chip.label, chip.value) for chip in page.context["question"].chips] == [("outcome", "Failed")]


def test_an_answer_without_events_says_what_to_do(as_rin, url):
    assert "Remove a filter, or widen the window" in as_rin.get(url, {"q": "nowhere"}).text


def test_a_value_that_no_event_has_is_said_to_be_one(as_rin, url):
    page = as_rin.get(url, {"event_name": "CreateUser<b>", "outcome": "error"})
    [missed] = page.context["hints"].missed
    assert (missed.label, missed.value) == ("event", "CreateUser<b>")
    assert (missed.offers[0].shown, missed.offers[0].count) == ("ListBuckets", 28)
    assert as_rin.get(url + missed.offers[0].address).context["count"] == 6
    assert "no event has this value" in page.text
    assert "CreateUser<b>" not in page.text


def test_a_window_without_events_leads_to_those_outside(as_rin, url):
    hints = as_rin.get(url, {"start": "2020-01-01", "end": "2020-01-02", "outcome": "error"}).context["hints"]
    assert (hints.missed, hints.outside) == ([], 6)
    assert as_rin.get(url + hints.whole).context["count"] == 6


def test_an_answer_with_events_needs_no_hints(as_rin, url):
    assert as_rin.get(url).context["hints"] is None


def test_the_list_says_what_was_done_to_what(as_rin, url):
    page = as_rin.get(url, {"event": "E0001-1-0-1"})
    assert page.context["lines"][0].summary == "svc-backup"
    labels = {field.label: field.pieces[0].text for field in page.context["drawer"].fields}
    assert (labels["Summary"], labels["Kind of log"]) == ("svc-backup", "CloudTrail events")


@pytest.fixture
def began(examined):
    """A moment from which the incident is said to have begun."""

    def tell(**moments):
        for name, moment in moments.items():
            setattr(examined, name, moment)
        examined.save(update_fields=list(moments))

    return tell


@pytest.fixture
def old_url(incident, rin, tmp_path, memories):
    """The timeline of an incident whose logs also hold an event of two years before."""

    def two_years():
        folder = casework.log_folder(tmp_path / "logs")
        old = casework.record(0, "GetObject", eventTime="2024-08-01T12:28:00Z", eventID="old")
        (folder / "c_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": [old]}))
        casework.collect(incident, rin, folder)

    memories.lay_down(two_years, tmp_path)
    incident.refresh_from_db()
    incident.actual_start_at = casework.START
    incident.save(update_fields=["actual_start_at"])
    return reverse("timeline", args=[incident.reference])


def test_it_opens_on_the_incidents_own_window_when_events_span_much_more(as_rin, old_url):
    page = as_rin.get(old_url, follow=True)
    assert page.redirect_chain == [(f"{old_url}?start=2026-11-21T21%3A00%3A00Z", 302)]
    assert page.context["count"] == 30
    assert "own time is shown" in page.text


def test_all_events_are_one_link_away_and_back(as_rin, old_url):
    page = as_rin.get(old_url, follow=True)
    whole = as_rin.get(old_url + page.context["question"].whole.address(), follow=True)
    assert (whole.redirect_chain, whole.context["count"]) == ([], 31)
    assert as_rin.get(old_url + whole.context["own_window"].address()).context["count"] == 30


def test_a_question_is_never_cut_to_the_window(as_rin, old_url):
    assert as_rin.get(old_url, {"event_name": "GetObject"}).context["count"] == 1


def test_it_opens_on_everything_when_the_window_would_show_no_less(as_rin, url, began):
    began(actual_start_at=casework.START)
    assert as_rin.get(url).context["count"] == 30


def test_it_opens_on_everything_when_nothing_lies_in_the_window(as_rin, old_url, incident):
    incident.actual_start_at = casework.START.replace(year=2025)
    incident.contained_at = casework.START.replace(year=2025)
    incident.save(update_fields=["actual_start_at", "contained_at"])
    assert as_rin.get(old_url).context["count"] == 31


def test_once_contained_its_window_ends_with_the_last_event(as_rin, incident, rin, tmp_path):
    now = timezone.now().replace(microsecond=0)
    old, first, last = (now - timedelta(hours=hours) for hours in (9000, 3, 2))
    times = [f"{at:%Y-%m-%dT%H:%M:%SZ}" for at in (old, first, last)]
    records = [casework.record(number, "GetObject", eventTime=at) for number, at in enumerate(times)]
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "a_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": records}))
    casework.collect(incident, rin, tmp_path / "logs")
    Incident.objects.update(actual_start_at=first, contained_at=now - timedelta(hours=1))
    page = as_rin.get(reverse("timeline", args=[incident.reference]), follow=True)
    window = page.context["question"].filters
    assert (window.start, window.end) == (first - timedelta(days=1), last + timedelta(seconds=1))
    assert page.context["count"] == 2
    assert "own time is shown" in page.text


@pytest.mark.parametrize(
    ("contained", "last", "now", "end"),
    [
        (1, 90, 99, timedelta(hours=25)),
        (1, 20, 99, timedelta(hours=20, seconds=1)),
        (1, 20, 8, timedelta(hours=8)),
        (30, 20, 31, timedelta(hours=20, seconds=1)),
    ],
)
def test_a_window_ends_a_day_after_containment_with_the_last_event_or_now(contained, last, now, end):
    hours = [casework.START + timedelta(hours=one) for one in (contained, last, now)]
    assert end_of(*hours) == casework.START + end


def test_a_bar_leads_to_its_own_events(as_rin, url):
    bar = as_rin.get(url).context["histogram"].rows[1]
    assert as_rin.get(url + bar.address).context["count"] == bar.total


def test_each_bar_is_a_link_in_the_picture(as_rin, url):
    picture = as_rin.get(url).context["histogram"].picture
    assert picture.count("<a ") == picture.count('class="hit"') == 59


def test_the_most_frequent_values_narrow_and_leave_out(as_rin, url):
    tops = dict(as_rin.get(url).context["tops"])
    most = tops["Events"][0]
    assert (most.value, most.count) == ("ListBuckets", 28)
    assert as_rin.get(url + most.only).context["count"] == 28
    assert as_rin.get(url + most.without).context["count"] == 2


def test_pages_go_on_where_the_last_one_ended(as_rin, incident, rin, tmp_path):
    casework.collect(incident, rin, casework.log_folder(tmp_path / "logs", calls=130))
    url = reverse("timeline", args=[incident.reference])
    first = as_rin.get(url)
    second = as_rin.get(url + first.context["next"])
    keys = [line.key for page in (first, second) for line in page.context["lines"]]
    assert (len(keys), len(set(keys))) == (130, 130)
    assert not second.context["next"]
    assert as_rin.get(url + second.context["before"]).context["lines"] == first.context["lines"]


def test_newest_first_turns_the_order_round(as_rin, url):
    oldest, newest = as_rin.get(url), as_rin.get(url + as_rin.get(url).context["question"].turned.address())
    assert newest.context["lines"] == oldest.context["lines"][::-1]


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ({"color": "red"}, 422, "there is no filter &#x27;color&#x27;"),
        ({"start": "yesterday"}, 422, "is not a time"),
        ({"order": "random"}, 422, "order is empty"),
        ({"field": "password", "value": "x"}, 422, "there is no field"),
        ({"after": "zzz"}, 400, "start again from the first page"),
        ({"q": "a\0b"}, 422, "NUL"),
    ],
)
def test_a_question_that_cannot_be_asked_is_answered_in_words(as_rin, url, query, status, words):
    page = as_rin.get(url, query)
    assert page.status_code == status
    assert words in page.text


def test_a_question_that_takes_too_long_asks_to_narrow_it(as_rin, url, settings):
    settings.EVENTS_SECONDS = 1e-6
    page = as_rin.get(url)
    assert page.status_code == 503
    assert "Narrow the filter" in page.text
    assert "longer than 1e-06 s" in page.text


@pytest.mark.parametrize("name", ["timeline", "event", "event_drawer"])
def test_an_index_that_is_gone_is_said_to_be(as_rin, examined, name):
    examined.events_manifest = "manifest-that-is-gone"
    examined.save(update_fields=["events_manifest"])
    page = as_rin.get(reverse(name, args=[examined.reference, *(["E0001-1-0-1"] if name != "timeline" else [])]))
    assert page.status_code == 503
    assert "examine it again" in page.text


def test_the_drawer_opens_by_address(as_rin, url):
    page = as_rin.get(url, {"event": "E0001-1-0-1"})
    assert page.context["drawer"].line.name == "CreateAccessKey"
    assert 'aria-current="true"' in page.text
    assert "a_CloudTrail_us-east-1.json" in page.text


def test_opening_the_drawer_reads_no_evidence(as_rin, url, examined):
    before = CustodyEntry.objects.count()
    as_rin.get(url, {"event": "E0001-1-0-1"})
    as_rin.get(reverse("event_drawer", args=[examined.reference, "E0001-1-0-1"]))
    assert CustodyEntry.objects.count() == before


def test_the_drawer_alone_is_a_part_of_the_page(as_rin, examined):
    page = as_rin.get(reverse("event_drawer", args=[examined.reference, "E0001-1-0-1"]))
    assert page.text.lstrip().startswith("<aside")
    assert "CreateAccessKey" in page.text


@pytest.mark.parametrize("name", ["event", "event_drawer"])
@pytest.mark.parametrize("key", ["E0001-1-0-999", "E0009-1-0-1", "nonsense", "E0001-1-0-1;"])
def test_an_event_there_is_not_is_not_found(as_rin, examined, name, key):
    assert as_rin.get(reverse(name, args=[examined.reference, key])).status_code == 404


def test_an_event_of_another_incident_is_not_found(as_otto, examined):
    assert as_otto.get(event_url(examined)).status_code == 404
    assert as_otto.get(reverse("event_drawer", args=[examined.reference, "E0001-1-0-1"])).status_code == 404


def test_an_event_says_where_it_comes_from(as_rin, examined):
    origin = as_rin.get(event_url(examined)).context["origin"]
    assert origin.file == "a_CloudTrail_us-east-1.json"
    assert origin.row == 1
    assert origin.member.sha256
    assert origin.entry.action == "acquired"


def test_the_record_is_read_back_from_the_vault(as_rin, examined):
    raw = as_rin.get(event_url(examined)).context["raw"]
    text = "".join(piece.text for piece in raw.pieces)
    assert '"eventName": "CreateAccessKey"' in text
    assert '"eventID": "event-1-CreateAccessKey"' in text


def test_reading_the_record_is_a_custody_entry(as_rin, examined):
    raw = as_rin.get(event_url(examined)).context["raw"]
    entry = CustodyEntry.objects.get(log__name=examined.reference, seq=raw.receipt.seq)
    assert (entry.action, entry.actor, entry.leaf_hash) == ("accessed", "Rin Tanaka", raw.receipt.leaf_hash)
    assert b'"row":1' in bytes(entry.data)


def test_hidden_characters_are_marks_and_markup_is_text(as_rin, examined):
    page = as_rin.get(event_url(examined)).text
    assert '<span class="ctl">⟨U+202E⟩</span>' in page
    assert "\u202e" not in page
    assert "<script>alert" not in page


def test_bytes_that_are_gone_are_said_to_be(as_rin, examined, places):
    for stored in (places / "vault").rglob("*"):
        if stored.is_file():
            stored.chmod(0o600)
            stored.unlink()
    page = as_rin.get(event_url(examined))
    assert page.status_code == 200
    assert "It could not be read back" in page.text


def test_a_record_inside_an_archive_is_read_back(as_rin, incident, rin, tmp_path):
    logs = casework.log_folder(tmp_path / "logs")
    archive = shutil.make_archive(str(tmp_path / "brought"), "zip", logs)
    casework.collect(incident, rin, archive)
    line = as_rin.get(reverse("timeline", args=[incident.reference])).context["lines"][25]
    page = as_rin.get(event_url(incident, line.key))
    assert "brought.zip!b_CloudTrail_us-east-1.json" in page.context["origin"].file
    assert not page.context["raw"].problem


def test_an_event_names_the_findings_that_cite_it(as_rin, found):
    assert as_rin.get(event_url(found)).context["line"].findings == ("F-01",)


def test_the_number_of_queries_does_not_depend_on_the_rows(as_rin, url, django_assert_num_queries):
    as_rin.get(url)
    with django_assert_num_queries(6):
        as_rin.get(url)
    with django_assert_num_queries(6):
        as_rin.get(url, {"event_name": "CreateAccessKey"})


def test_what_a_log_line_holds_besides_its_columns_is_shown_line_by_line():
    field = field_of("fields", '{"exe":"/bin/sh"}')
    assert field.is_nested
    assert "".join(piece.text for piece in field.pieces).count("\n") == 2
