"""Notes on the pages: about the incident, an event, a finding; plain text, and edited in the open."""

import pytest
from django.urls import reverse

from cases.actions.incidents import set_member
from cases.actions.notes import Subject, add_note, revise_note
from cases.actor import Actor
from cases.models import Incident, Note
from tests.dashboard import casework
from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> [link](http://x) \u202emoc\r\nsecond line"


@pytest.fixture
def url(incident):
    return reverse("notes", args=[incident.reference])


@pytest.fixture
def note(incident, rin):
    return add_note(incident=incident, subject=Subject(), text="seen at nine", by=Actor(rin))[0]


@pytest.fixture
def edit(note):
    return reverse("revise_note", args=[note.incident.reference, note.pk])


def test_before_the_first_note_the_page_says_what_they_are_for(as_rin, url):
    assert "No notes here" in as_rin.get(url).text


def test_a_note_is_shown_as_it_was_typed_and_as_nothing_else(as_rin, url):
    page = as_rin.post(url, {"text": HOSTILE}, follow=True).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; [link](http://x) ⟨U+202E⟩moc<br>second line" in page
    assert "U+000D" not in page


def test_a_form_sent_twice_writes_it_once(as_rin, url):
    as_rin.post(url, {"text": "seen"})
    assert "You noted that already" in as_rin.post(url, {"text": "seen"}, follow=True).text
    assert Note.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "page", "one"),
    [("note_event", "event", "E0001-1-0-1"), ("note_finding", "finding", "F-01")],
)
def test_an_event_and_a_finding_have_notes_of_their_own(as_rin, found, url, name, page, one):
    where, shown = reverse(name, args=[found.reference, one]), reverse(page, args=[found.reference, one])
    assert f'action="{where}"' in as_rin.get(shown).text
    assert as_rin.post(where, {"text": "look again"})["Location"] == f"{shown}#h-notes"
    assert "look again" in as_rin.get(shown).text
    assert f'href="{shown}">{one}</a>' in as_rin.get(url).text


def test_notes_of_another_event_are_not_shown(as_rin, examined):
    as_rin.post(reverse("note_event", args=[examined.reference, "E0001-1-0-1"]), {"text": "look again"})
    assert "look again" not in as_rin.get(reverse("event", args=[examined.reference, "E0001-1-0-2"])).text


@pytest.mark.parametrize("text", ["", " \n ", "x" * 8001])
@pytest.mark.parametrize("one", [None, "F-01"])
def test_what_is_no_note_is_said_and_kept_in_the_form(as_rin, found, url, text, one):
    page = as_rin.post(reverse("note_finding", args=[found.reference, one]) if one else url, {"text": text})
    assert page.status_code == 422
    assert "mend what is marked" in page.text
    assert page.context["form"]["text"].value() == text
    assert not Note.objects.exists()


def test_its_author_edits_it_and_all_revisions_are_shown(as_rin, edit, url):
    assert "seen at nine" in as_rin.get(edit).text
    page = as_rin.post(edit, {"text": "seen at ten"}, follow=True).text
    assert "2 revisions" in page
    assert page.index("seen at ten") < page.index("seen at nine")


def test_nobody_else_edits_it(as_ida, edit, url):
    assert edit not in as_ida.get(url).text
    assert as_ida.get(edit).status_code == 403
    assert as_ida.post(edit, {"text": "never seen"}).status_code == 403


def test_a_closed_incident_keeps_what_was_typed(as_rin, url, edit, note):
    Incident.objects.update(state="closed", outcome="benign", closed_at=note.made_at)
    for address in (url, edit):
        page = as_rin.post(address, {"text": "too late"})
        assert page.status_code == 422
        assert "reopen it" in page.text


def test_an_observer_reads_and_does_not_write(found, ida, note, edit, url, django_user_model):
    olga = django_user_model.objects.create_user("olga")
    set_member(incident=found, user=olga, role="observer", by=Actor(ida))
    client = signed_in(olga)
    page = client.get(url).text
    assert "seen at nine" in page
    assert "Write about the incident" not in page
    assert "Write note" not in client.get(reverse("finding", args=[found.reference, "F-01"])).text
    assert {client.post(address, {"text": "x"}).status_code for address in addresses(found, edit)} == {403}


def addresses(incident, edit):
    yield reverse("notes", args=[incident.reference])
    yield reverse("note_event", args=[incident.reference, "E0001-1-0-1"])
    yield reverse("note_finding", args=[incident.reference, "F-01"])
    yield edit


def test_for_strangers_there_are_no_notes(as_otto, otto, found, note, edit):
    assert {as_otto.get(address).status_code for address in addresses(found, edit)} == {404}
    assert {as_otto.post(address, {"text": "x"}).status_code for address in addresses(found, edit)} == {404}
    own = reverse("revise_note", args=[casework.open_for(otto).reference, note.pk])
    assert as_otto.post(own, {"text": "x"}).status_code == 404


@pytest.mark.parametrize(("name", "one"), [("note_event", "E0009-1-0-1"), ("note_finding", "F-99")])
def test_what_there_is_not_is_not_found(as_rin, examined, name, one):
    assert as_rin.post(reverse(name, args=[examined.reference, one]), {"text": "x"}).status_code == 404


def test_notes_have_pages_newest_first(as_rin, incident, rin, url):
    for number in range(52):
        add_note(incident=incident, subject=Subject(), text=f"note {number}", by=Actor(rin))
    first = as_rin.get(url).context
    assert [note.newest.text for note in first["notes"]][:2] == ["note 51", "note 50"]
    rest = as_rin.get(url, {"before": first["older"]}).context
    assert ([note.newest.text for note in rest["notes"]], rest["older"]) == (["note 1", "note 0"], None)


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30])
def test_an_odd_address_is_the_first_page(as_rin, note, url, before):
    assert as_rin.get(url, {"before": before}).context["notes"] == [note]


def test_the_queries_do_not_grow_with_the_notes(as_rin, rin, note, url, django_assert_num_queries):
    with django_assert_num_queries(6):
        as_rin.get(url)
    for number in range(9):
        more, _ = add_note(incident=note.incident, subject=Subject(), text=str(number), by=Actor(rin))
        revise_note(note=more, text="again", by=Actor(rin))
    with django_assert_num_queries(6):
        as_rin.get(url)
