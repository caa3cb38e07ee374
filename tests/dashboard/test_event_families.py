"""Findings of services and things as they are, on the pages of the timeline."""

import json

import pytest
from django.urls import reverse

from tests.dashboard import casework
from tests.examiners.test_guardduty_findings import RECORD
from tests.examiners.test_state_documents import RECORD as INSTANCE

pytestmark = pytest.mark.django_db
HOSTILE = "\u202e<script>alert(1)</script>\x1b[2J"


@pytest.fixture
def brought(incident, rin, tmp_path, memories):
    """An incident whose evidence is a folder with one finding and one instance."""

    def collected():
        folder = tmp_path / "brought"
        folder.mkdir()
        (folder / "findings.jsonl").write_text(json.dumps({**RECORD, "title": HOSTILE}) + "\n")
        (folder / "instance.json").write_text(json.dumps(INSTANCE))
        casework.collect(incident, rin, folder)

    memories.lay_down(collected, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def lines(as_rin, brought):
    page = as_rin.get(reverse("timeline", args=[brought.reference]))
    return {line.source: line for line in page.context["lines"]}


def page_of(client, incident, line):
    return client.get(reverse("event", args=[incident.reference, line.key]))


def test_both_stand_in_the_timeline(lines):
    assert lines["GuardDuty"].name == RECORD["type"]
    assert (lines["GuardDuty"].principal, lines["GuardDuty"].address) == ("ci-deploy", "203.0.113.44")
    assert lines["AWS API"].name == "AWS::EC2::Instance running"


def test_a_finding_is_shown_in_full_and_its_record_read_back(as_rin, brought, lines):
    page = page_of(as_rin, brought, lines["GuardDuty"])
    (detail,) = [field for field in page.context["fields"] if field.name == "detail"]
    assert detail.is_nested
    assert '"detectorId": "d1"' in "".join(piece.text for piece in page.context["raw"].pieces)


def test_what_a_finding_says_is_text_and_no_markup(as_rin, brought, lines):
    page = page_of(as_rin, brought, lines["GuardDuty"]).text
    assert "<script>alert" not in page
    assert '<span class="ctl">⟨U+202E⟩</span>' in page


def test_a_thing_is_shown_with_its_configuration(as_rin, brought, lines):
    page = page_of(as_rin, brought, lines["AWS API"])
    (shown,) = [field for field in page.context["fields"] if field.name == "configuration"]
    assert json.loads("".join(piece.text for piece in shown.pieces)) == INSTANCE


def test_bars_are_stacked_by_kind_of_log_when_asked(as_rin, brought):
    bare = as_rin.get(reverse("timeline", args=[brought.reference])).context["histogram"]
    [by_log] = [stack for stack in bare.stacks if not stack.is_chosen]
    page = as_rin.get(reverse("timeline", args=[brought.reference]) + by_log.address)
    histogram = page.context["histogram"]
    assert [name for _class, name in histogram.legend] == ["Findings of AWS services"]  # a thing as it is has no time
    assert sum(row.counts[2] for row in histogram.rows) == 1
    assert all("by=family" in row.address for row in histogram.rows)


def test_an_unknown_stack_is_refused(as_rin, brought):
    assert as_rin.get(reverse("timeline", args=[brought.reference]) + "?by=colour").status_code == 422
