import hashlib
import re
from io import BytesIO

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from pypdf import PdfReader

from cases.actions.findings import acknowledge_gap, decide_finding
from cases.actions.reports import NEXT
from cases.actor import Actor
from cases.models import CustodyEntry, Finding, Incident, Report
from dashboard.forms.decisions import ACTS
from tests.dashboard import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def url(reported):
    return reverse("report", args=[reported.reference])


@pytest.fixture
def decide(reported):
    return reverse("decide_report", args=[reported.reference, 1])


def figures(page):
    for section, part in enumerate(page.context["content"]["sections"]):
        for block, one in enumerate(part["blocks"]):
            if one["kind"] == "figure":
                yield section, block


def test_before_the_first_version_it_says_how_one_comes_about(as_rin, incident):
    page = as_rin.get(reverse("report", args=[incident.reference]))
    assert page.status_code == 200
    assert "No report yet" in page.text


def test_the_page_holds_every_section_of_the_content(as_rin, url):
    page = as_rin.get(url)
    for number, section in enumerate(page.context["content"]["sections"], start=1):
        assert f"{number}. {section['title']}" in page.text


def test_the_page_shows_the_finding_and_the_hashes(as_rin, url, reported):
    page = as_rin.get(url).text
    assert "An access key was made for another user" in page
    assert reported.evidence.get().sha256 in page
    assert Report.objects.get().pdf_sha256[-8:] in page


def test_figures_are_images_that_run_nothing(as_rin, url, reported):
    section, block = next(figures(as_rin.get(url)))
    response = as_rin.get(reverse("report_figure", args=[reported.reference, 1, section, block]))
    assert response["Content-Type"] == "image/svg+xml"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.text.startswith("<svg")


@pytest.mark.parametrize("place", [(0, 0), (99, 0), (0, 99)])
def test_what_is_no_figure_is_not_found(as_rin, reported, place):
    assert as_rin.get(reverse("report_figure", args=[reported.reference, 1, *place])).status_code == 404


def test_the_pdf_leaves_as_it_was_frozen(as_rin, reported):
    response = as_rin.get(reverse("report_pdf", args=[reported.reference, 1]))
    data = b"".join(response.streaming_content)
    assert data.startswith(b"%PDF")
    assert hashlib.sha256(data).hexdigest() == Report.objects.get().pdf_sha256
    assert response["Content-Disposition"] == f'attachment; filename="{reported.reference}-report-v1.pdf"'


def test_a_pdf_that_leaves_is_in_the_custody_log(as_rin, reported):
    list(as_rin.get(reverse("report_pdf", args=[reported.reference, 1])).streaming_content)
    entry = CustodyEntry.objects.filter(log__name=reported.reference).latest("seq")
    assert (entry.action, entry.object_id) == ("exported", f"{reported.reference}/report/1")


def test_a_version_says_when_knowledge_has_moved_on(as_rin, url, reported):
    assert "What is known has changed" not in as_rin.get(url).text
    reported.events_inputs = "9" * 64
    reported.save(update_fields=["events_inputs"])
    assert "What is known has changed" in as_rin.get(url).text


def test_the_commander_moves_it_into_review(as_ida, decide, url):
    as_ida.post(decide, {"status": "in_review", "reason": "please read"})
    assert Report.objects.get().status == "in_review"
    assert "In review" in as_ida.get(url).text


def buttons(page):
    """Status and words of each button of the review."""
    return re.findall(r'<button[^>]* name="status" value="(\w+)">([^<]+)</button>', page.text)


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("draft", [("in_review", "Send to review")]),
        ("in_review", [("approved", "Approve"), ("draft", "Return to draft")]),
        ("approved", [("final", "Make final"), ("in_review", "Return to review")]),
        ("final", []),
        ("superseded", []),
    ],
)
def test_the_buttons_say_what_may_be_done_now(as_ida, url, reported, status, acts):
    Report.objects.update(status=status)
    assert buttons(as_ida.get(url)) == acts


def test_before_the_click_it_says_what_nobody_decided(as_ida, url, reported, ida):
    first = Finding.objects.detections().standing().get()
    assert "Not decided yet:" in as_ida.get(url).text
    assert ">1 finding</a>" in as_ida.get(url).text
    decide_finding(finding=first, status="confirmed", by=Actor(ida))
    for gap in reported.gaps.open():
        acknowledge_gap(gap=gap, by=Actor(ida))
    assert "Not decided yet:" not in as_ida.get(url).text


def test_every_step_that_people_take_has_its_act():
    steps = {(before, after) for before, afters in NEXT.items() for after in afters if after != "superseded"}
    assert set(ACTS) == steps


def pdf_of(client, reported):
    response = client.get(reverse("report_pdf", args=[reported.reference, 1]))
    return b"".join(response.streaming_content)


def page_one(pdf):
    return " ".join(PdfReader(BytesIO(pdf)).pages[0].extract_text().split())


@pytest.fixture
def finished(as_ida, decide):
    """Sent to review, approved and made final by Ida alone."""
    for status in ("in_review", "approved", "final"):
        as_ida.post(decide, {"status": status, "reason": f"{status} it is"})


def test_a_final_report_says_final_in_page_and_pdf(finished, as_ida, url, reported):
    page, pdf = as_ida.get(url), page_one(pdf_of(as_ida, reported))
    assert page.context["content"]["marking"]["state"] == "final"
    for said in (page.text, pdf):
        assert "nobody has checked it yet" not in said
        assert "approved it is" in said  # the reviewer's remark, with name and date
    assert "1, final" in pdf


def test_a_final_pdf_is_frozen_and_its_hash_is_in_the_log(finished, as_ida, reported):
    digest = hashlib.sha256(pdf_of(as_ida, reported)).hexdigest()
    assert digest == Report.objects.get().pdf_sha256
    entry = CustodyEntry.objects.filter(action="report_decided").latest("seq")
    assert digest in bytes(entry.data).decode()


def test_one_person_who_did_all_three_steps_is_said_in_the_report(finished, as_ida, url, reported):
    assert "Reviewed and approved by the same person" in as_ida.get(url).text
    assert "Reviewed and approved by the same person" in page_one(pdf_of(as_ida, reported))


def test_a_version_in_review_does_not_say_that_it_is_a_draft(as_ida, decide, url):
    as_ida.post(decide, {"status": "in_review"})
    assert as_ida.get(url).context["content"]["cover"]["notice"].endswith("Its state: in review.")


def test_a_content_that_is_gone_cannot_become_final(as_ida, decide, places):
    for status in ("in_review", "approved"):
        as_ida.post(decide, {"status": status})
    stored = next((places / "vault").rglob(Report.objects.get().content_sha256))
    stored.chmod(0o600)
    stored.unlink()
    page = as_ida.post(decide, {"status": "final"})
    assert page.status_code == 422
    assert Report.objects.get().status == "approved"


@pytest.mark.parametrize(
    ("status", "words"), [("final", "it may become: in_review"), ("burned", "Choose one of the statuses")]
)
def test_a_refusal_is_shown_in_words(as_ida, decide, status, words):
    page = as_ida.post(decide, {"status": status})
    assert page.status_code == 422
    assert words in page.text
    assert Report.objects.get().status == "draft"


def test_a_draft_made_during_review_is_said_on_the_page_of_the_version_in_review(as_ida, decide, url, reported, ida):
    as_ida.post(decide, {"status": "in_review"})
    Finding.objects.update(status="confirmed", decided_by=ida)
    reported.events_inputs = "9" * 64
    reported.save(update_fields=["events_inputs"])
    casework.report(reported, ida)
    one, two = (reverse("report_version", args=[reported.reference, version]) for version in (1, 2))
    page = as_ida.get(one).text
    assert "Version 2 was drafted after this one." in page
    assert two in page
    newest = as_ida.get(url).text
    assert "Version 1 is under review: In review." in newest
    assert "was drafted after this one" not in newest


def test_what_waits_for_a_person_is_the_version_in_review(as_ida, decide, reported, ida):
    as_ida.post(decide, {"status": "in_review"})
    Finding.objects.update(status="confirmed", decided_by=ida)
    reported.events_inputs = "9" * 64
    reported.save(update_fields=["events_inputs"])
    casework.report(reported, ida)
    page = as_ida.get(reverse("incident", args=[reported.reference])).text
    assert "Is report version 1 right?" in page


def test_only_who_approves_decides(as_rin, decide, url):
    assert as_rin.post(decide, {"status": "in_review"}).status_code == 403
    assert "Who may approve is for the commander to say" in as_rin.get(url).text


def test_strangers_find_no_report(as_otto, url, decide, reported):
    pages = [reverse(name, args=[reported.reference, 1]) for name in ("report_version", "report_pdf")]
    assert [as_otto.get(page).status_code for page in (url, *pages)] == [404, 404, 404]
    assert as_otto.get(reverse("report_figure", args=[reported.reference, 1, 1, 1])).status_code == 404
    assert as_otto.post(decide, {"status": "in_review"}).status_code == 404


def test_a_version_there_is_not_is_not_found(as_rin, reported):
    for name in ("report_version", "report_pdf"):
        assert as_rin.get(reverse(name, args=[reported.reference, 2])).status_code == 404


def test_a_content_that_is_gone_is_said_to_be(as_rin, url, places):
    stored = next((places / "vault").rglob(Report.objects.get().content_sha256))
    stored.chmod(0o600)
    stored.unlink()
    page = as_rin.get(url)
    assert page.status_code == 200
    assert "is not in the vault any more" in page.text


def test_what_was_said_since_asks_for_a_new_version(as_rin, url, reported, rin):
    assert "People said more" not in as_rin.get(url).text
    finding = reported.findings.detections().first()
    decide_finding(finding=finding, status="dismissed", by=Actor(rin), reason="the owner's own key")
    assert "1 finding decided" in as_rin.get(url).text
    answer = as_rin.post(reverse("draft_report", args=[reported.reference]))
    run = reported.runs.of("reporting").latest("pk")
    assert (answer.status_code, answer.url) == (302, reverse("run", args=[reported.reference, run.pk]))
    assert run.is_active


def test_before_the_first_version_none_can_be_drafted_by_hand(as_rin, incident):
    page = as_rin.post(reverse("draft_report", args=[incident.reference]), follow=True)
    assert "there is no report yet" in page.text


def test_who_had_it_made_reads_that_somebody_else_approves(as_ida, url, reported):
    Report.objects.update(status="in_review")
    assert "somebody else has to approve it" in as_ida.get(url).text


def test_who_had_it_made_is_not_offered_to_approve_it(as_ida, url, reported, ida):
    Report.objects.update(status="in_review", made_by=ida)
    assert buttons(as_ida.get(url)) == [("draft", "Return to draft")]
    Incident.objects.update(severity=3)
    assert ("approved", "Approve") in buttons(as_ida.get(url))


def test_before_drafting_it_says_who_could_not_approve(as_ida, as_rin, url, reported, ida):
    decide_finding(finding=Finding.objects.detections().standing().get(), status="confirmed", by=Actor(ida))
    assert "nobody approves a version of their own" in as_ida.get(url).text
    assert "nobody approves a version of their own" not in as_rin.get(url).text


@pytest.mark.parametrize(
    ("status", "is_said"), [("draft", False), ("in_review", True), ("approved", True), ("final", False)]
)
def test_while_it_is_reviewed_the_page_says_what_the_file_still_says(as_rin, url, reported, status, is_said):
    Report.objects.update(status=status)
    assert ("The file still says draft" in as_rin.get(url).text) == is_said


@pytest.mark.parametrize(("rows", "is_boxed"), [(40, False), (41, True)])
def test_a_long_table_does_not_make_the_page_long(rows, is_boxed):
    block = {"caption": "", "columns": ["A"], "cells": [[("", "x")]] * rows}
    told = render_to_string("report/_partials/table.html", {"block": block, "section": {"title": "T"}})
    assert ("scroll" in told) == is_boxed


def test_the_file_is_told_to_be_a_pdf(as_rin, reported):
    address = reverse("report_pdf", args=[reported.reference, 1])
    answer = as_rin.get(address)
    assert (answer["Content-Type"], b"".join(answer.streaming_content)[:5]) == ("application/pdf", b"%PDF-")
