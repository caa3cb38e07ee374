import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse

from cases.actions.evidence import mark_integrity_failed
from cases.actions.findings import acknowledge_gap, decide_finding
from cases.actions.incidents import change_state, set_member
from cases.actor import Actor
from cases.models import EvidencePart, Finding, GapRecord, Incident, Run, User, Verdict
from phases.requests import Wish, request_collection
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(incident):
    return reverse("incident", args=[incident.reference])


def questions(page):
    return [decision.question for decision in page.context["decisions"]]


def test_an_incident_without_evidence_says_how_to_begin(as_rin, incident, address):
    page = as_rin.get(address)
    assert "there is no evidence" in page.text
    assert "What should be collected first?" in questions(page)
    assert reverse("collect", args=[incident.reference]) in page.text


@pytest.mark.parametrize(
    "name", ["incident", "board", "live", "runs", "gaps", "members", "places", "collect", "plan", "coverage"]
)
def test_for_who_is_no_member_it_does_not_exist(as_otto, incident, name):
    assert as_otto.get(reverse(name, args=[incident.reference])).status_code == 404


@pytest.mark.parametrize("name", ["transition", "outcome", "advance", "upload"])
def test_acts_need_a_post_and_a_member(as_ida, as_otto, incident, name):
    address = reverse(name, args=[incident.reference])
    assert as_ida.get(address).status_code == 405
    assert as_otto.post(address).status_code == 404


def test_the_board_tells_each_phase_in_units(as_rin, examined, address):
    stations = {
        str(s.state.phase): (str(s.state.work), s.state.units_done) for s in as_rin.get(address).context["stations"]
    }
    assert stations["collection"] == ("complete", 1)
    assert stations["examination"] == ("complete", 3)
    assert stations["reporting"] == ("not_started", 0)


def test_the_board_alone_is_the_part_that_pages_fetch(as_rin, examined):
    part = as_rin.get(reverse("board", args=[examined.reference]))
    assert "<html" not in part.text
    assert "30 events" in part.text
    assert "Tally balances: 30 records read = 30 rows + 0 quarantined." in part.text


def test_the_story_is_told_from_findings(as_rin, found, address):
    page = as_rin.get(address)
    assert "The gravest, high: An access key was made for another user." in page.text
    assert "0 of 1 finding confirmed by a person" in page.text


def test_what_was_done_comes_before_a_known_indicator_of_the_same_severity(as_rin, found, rin, address):
    deed = casework.second_key(found)
    known = replace(
        deed, question="indicators", title="Known IPv4 address seen", first_at=deed.first_at - timedelta(hours=1)
    )
    casework.find(found, rin, known, deed)
    assert "The gravest, high: An access key was made for another user." in as_rin.get(address).text
    listed = [finding.question for finding in found.findings.detections().standing().for_lists()]
    assert listed == [deed.question, "indicators"]


def apart(incident, number, **change):
    """A finding of its own question with an event of its own."""
    one = casework.second_key(incident)
    return casework.second_key(
        incident, **{"question": f"q{number}", "examples": [one.examples[0] | {"row": number}]} | change
    )


@pytest.mark.parametrize(
    ("number", "words"), [(12, ""), (13, "and 1 more finding"), (15, "and 3 more findings")], ids=["all", "one", "more"]
)
def test_findings_that_the_story_has_no_room_for_are_counted(as_rin, examined, rin, address, number, words):
    casework.find(examined, rin, *(apart(examined, at) for at in range(number)))
    page = as_rin.get(address)
    assert len(page.context["situation"].story) == 12
    assert re.findall(r"and \d+ more findings?", page.text) == ([words] if words else [])


def test_findings_over_the_same_events_are_one_line_that_names_them_all(as_rin, examined, rin, address):
    casework.find(
        examined, rin, apart(examined, 1), apart(examined, 2), apart(examined, 1, question="same", severity=3)
    )
    page = as_rin.get(address)
    lines = page.context["situation"].story
    assert [(line.finding.number, len(line.others)) for line in lines] == [(1, 1), (2, 0)]
    assert page.context["situation"].more == 0
    assert reverse("finding", args=[examined.reference, "F-03"]) in page.text


def test_one_question_about_several_is_one_line(as_rin, examined, rin, address):
    casework.find(examined, rin, *(apart(examined, at, question="q", entity=f"user/{at}") for at in range(7)))
    page = as_rin.get(address)
    assert len(page.context["situation"].story) == 1
    assert "user/3" in page.text
    assert "2 more" in page.text


def test_a_finding_over_many_events_does_not_swallow_one_of_them(as_rin, examined, rin, address):
    wide = [casework.second_key(examined).examples[0] | {"row": row} for row in range(10)]
    casework.find(examined, rin, apart(examined, 0, examples=wide), apart(examined, 3))
    assert len(as_rin.get(address).context["situation"].story) == 2


def test_the_graver_is_told_before_the_lighter_gets_a_line(as_rin, examined, rin, address):
    light = [apart(examined, at, severity=2) for at in range(20)]
    casework.find(examined, rin, *light, apart(examined, 50, severity=3, title="220 objects were read"))
    assert "220 objects were read" in as_rin.get(address).text


def test_the_year_is_shown_where_events_span_years(as_rin, examined, rin, address):
    early = casework.START.replace(year=2024)
    casework.find(examined, rin, apart(examined, 1))
    assert "2026-11-22 21:01" not in story(as_rin.get(address))
    casework.find(examined, rin, apart(examined, 1), apart(examined, 2, first_at=early))
    assert "2024-11-22 21:00" in story(as_rin.get(address))


def story(page):
    """The visible text of the story."""
    told = page.text.partition('<ol class="story">')[2].partition("</ol>")[0]
    return re.sub(r"<[^>]*>", "", told)


def test_what_is_acknowledged_is_counted_and_leads_to_the_names(as_rin, ida, examined, address):
    run = Run.objects.filter(incident=examined).first()
    gap = GapRecord.objects.create(
        incident=examined, run=run, phase=run.phase, kind="denied", subject="x", noticed_at=run.requested_at
    )
    assert "1 open gap" in as_rin.get(address).text
    acknowledge_gap(gap=gap, by=Actor(ida), reason="known")
    page = as_rin.get(address).text
    assert "1 gap acknowledged" in page
    assert reverse("gaps", args=[examined.reference]) + "#h-ack" in page
    assert "Nothing that was asked for." not in page


def test_files_that_are_altered_or_missing_are_said_beside_the_gaps(as_rin, examined, address):
    run = Run.objects.filter(incident=examined).first()
    for file, state in (("a", "altered"), ("b", "missing"), ("c", "valid")):
        Verdict.objects.create(run=run, evidence=examined.evidence.get(), file=file, state=state)
    page = as_rin.get(address).text
    assert page.count("2 log files altered or missing") == 2
    assert 'id="sure-wrong"' in page


def test_a_persons_word_makes_it_surer(as_rin, found, rin, address):
    decide_finding(finding=Finding.objects.get(), status="confirmed", by=Actor(rin))
    assert "1 of 1 finding confirmed by a person" in as_rin.get(address).text


def test_a_dismissed_finding_leaves_the_story(as_rin, found, rin, address):
    decide_finding(finding=Finding.objects.get(), status="dismissed", by=Actor(rin), reason="rotation")
    assert as_rin.get(address).context["situation"].story == []


def test_what_strangers_wrote_is_shown_as_text(as_rin, examined, rin, address):
    casework.find(examined, rin, casework.second_key(examined, title="<script>alert(1)</script>\u202e"))
    page = as_rin.get(address)
    assert "<script>alert" not in page.text
    assert "⟨U+202E⟩" in page.text


def test_altered_evidence_is_the_first_question(as_rin, examined, rin, address):
    mark_integrity_failed(part=EvidencePart.objects.get(), detail="found otherwise", by=Actor(rin))
    assert questions(as_rin.get(address))[0] == "E0001 no longer matches its hash. What happened to it?"


def test_questions_for_others_show_who_answers_them(as_rin, incident, address):
    page = as_rin.get(address)
    assert "Take this incident on?" in questions(page)
    assert "for the commander" in page.text


def test_a_failed_run_asks_for_a_person(as_ida, examined, address):
    Run.objects.filter(phase="collection").update(state="failed", error="no role")
    assert "1 run failed. Ask again?" in questions(as_ida.get(address))


def test_findings_wait_for_a_person_while_other_work_goes_on(as_rin, found, rin, address, tmp_path):
    wish = Wish(source="folder", resources=(str(tmp_path),), is_trusted=True)
    request_collection(incident=found, wish=wish, by=Actor(rin))
    page = as_rin.get(address)
    assert "Confirm or dismiss 1 finding?" in questions(page)
    assert "Work goes on" in page.text


def test_a_draft_waits_for_its_reader(as_ida, reported, address):
    assert "Is report version 1 right?" in questions(as_ida.get(address))


def test_a_closed_incident_asks_nothing(as_ida, incident, address):
    Incident.objects.filter(pk=incident.pk).update(state="closed", outcome="benign", closed_at=incident.opened_at)
    assert questions(as_ida.get(address)) == []


def test_where_phases_wait_for_a_person_there_is_a_button(as_rin, rin, incident, tmp_path, address):
    Incident.objects.update(auto_advance=False)
    casework.collect(incident, rin, casework.log_folder(tmp_path / "logs"))
    assert "Go on to Examination?" in questions(as_rin.get(address))
    as_rin.post(reverse("advance", args=[incident.reference]))
    assert Run.objects.filter(phase="examination", state="queued").exists()


def test_going_on_when_nothing_is_due_says_so(as_rin, incident):
    page = as_rin.post(reverse("advance", args=[incident.reference]), follow=True)
    assert "Nothing is due" in page.text


def test_its_queries_do_not_grow_with_the_work(as_rin, found, rin, address, tmp_path, django_assert_max_num_queries):
    casework.collect(found, rin, casework.log_folder(tmp_path / "more", calls=40))
    with django_assert_max_num_queries(30):
        as_rin.get(address)


def test_the_commander_acknowledges_with_one_button(as_ida, incident):
    page = as_ida.post(reverse("transition", args=[incident.reference]), {"to": "acknowledged"}, follow=True)
    incident.refresh_from_db()
    assert incident.state == "acknowledged"
    assert "Acknowledged" in page.text


def test_a_refused_move_says_what_is_missing(as_ida, incident):
    page = as_ida.post(reverse("transition", args=[incident.reference]), {"to": "closed"})
    assert page.status_code == 422
    assert "from there it may go to" in page.text


def test_a_refused_move_keeps_what_was_typed_and_says_beside_the_field_what_is_missing(as_ida, incident):
    Incident.objects.update(state="ready_to_close")
    page = as_ida.post(reverse("transition", args=[incident.reference]), {"to": "closed", "reason": 'a "long" reason'})
    assert 'value="a &quot;long&quot; reason"' in page.text
    assert '<option value="closed" selected>' in page.text
    assert 'aria-describedby="m-to-error"' in page.text
    assert '<details class="menu" open>' in page.text


def test_a_reason_that_is_too_long_is_said_beside_it(as_ida, incident):
    page = as_ida.post(reverse("transition", args=[incident.reference]), {"to": "acknowledged", "reason": "x" * 2001})
    assert page.status_code == 422
    assert 'id="m-reason-error"' in page.text
    assert "x" * 2001 in page.text


def test_a_state_that_there_is_not_is_refused_in_words(as_ida, incident):
    page = as_ida.post(reverse("transition", args=[incident.reference]), {"to": "<b>"})
    assert page.status_code == 422
    assert "Choose one of the states" in page.text


def test_a_responder_may_not_move_the_incident(as_rin, incident):
    assert as_rin.post(reverse("transition", args=[incident.reference]), {"to": "acknowledged"}).status_code == 403


def test_the_refusal_of_a_role_is_a_page_with_words(as_rin, incident):
    page = as_rin.post(reverse("transition", args=[incident.reference]), {"to": "acknowledged"})
    assert "Your role does not allow this" in page.text


def test_the_verdict_is_recorded(as_ida, incident):
    as_ida.post(reverse("outcome", args=[incident.reference]), {"outcome": "benign"})
    incident.refresh_from_db()
    assert incident.outcome == "benign"


def test_a_closed_incident_keeps_its_verdict(as_ida, incident):
    Incident.objects.filter(pk=incident.pk).update(state="closed", outcome="benign", closed_at=incident.opened_at)
    page = as_ida.post(reverse("outcome", args=[incident.reference]), {"outcome": "duplicate"})
    assert page.status_code == 422
    assert "reopen it" in page.text


def test_it_offers_only_the_moves_there_are(as_ida, ida, incident, address):
    change_state(incident=incident, to="acknowledged", by=Actor(ida))
    assert [move for move, _ in as_ida.get(address).context["moves"]] == ["detection_and_analysis", "on_hold"]


def test_an_observer_sees_no_buttons(client, ida, incident, address):
    olga = User.objects.create_user("olga")
    set_member(incident=incident, user=olga, role="observer", by=Actor(ida))
    client.force_login(olga)
    page = client.get(address)
    assert reverse("collect", args=[incident.reference]) not in page.text
    assert reverse("transition", args=[incident.reference]) not in page.text
