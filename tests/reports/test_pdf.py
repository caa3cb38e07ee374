import time

import pytest

from reports import CaseSnapshot
from reports.content import build
from reports.pdf import render, width_on_paper
from tests.reports.snapshots import LEAF, SHA, empty, entry, event, exhibit, finding, incident, sample

HEADINGS = (
    "1. What happened",
    "2. Timeline",
    "3. Where to look first",
    "4. Findings",
    "5. Who did what",
    "6. Evidence",
    "7. Coverage",
    "8. What is missing or in doubt",
    "9. Custody log",
    "10. Method and versions",
    "11. How to verify",
)
HOSTILE = (
    "{{7*7}}",
    '#read("/etc/passwd")',
    "<script>alert(1)</script>",
    "*bold* _under_ $x^2$ `raw` = heading",
    "#import(sys) \\u{41} @ref <label> //comment",
    "{% load static %}",
    "<img src=file:///etc/passwd>",
)


def squeezed(text):
    return "".join(text.split())


@pytest.mark.parametrize("heading", HEADINGS)
def test_every_section_is_there_and_in_the_contents(paper, heading):
    assert heading in paper.text
    assert squeezed(heading) in squeezed(paper.pages[0])


def test_page_one_says_draft_not_reviewed_and_the_marking(paper):
    assert "draft, not reviewed" in paper.pages[0]
    assert "TLP:AMBER" in paper.pages[0]
    assert "Leaked access key of ci-deploy" in paper.pages[0]


def test_every_page_carries_the_marking_the_reference_and_its_number(paper):
    for number, page in enumerate(paper.pages, 1):
        assert page.count("TLP:AMBER") >= 2
        assert "FP-2026-000123" in page
        assert f"Page {number} of {len(paper.pages)}" in page


def test_what_happened_is_computed_from_the_facts(paper):
    assert "2 findings stand (1 high, 1 medium)" in paper.text
    assert "84,115 read = 84,113 events + 2 quarantined. The tally balances." in paper.text


def test_findings_are_printed_with_the_rows_behind_them(paper):
    assert "F-03 Second access key made for svc-backup" in paper.text
    assert "E0007 row 12" in paper.text
    assert "111122223333_CloudTrail_us-east-1_20261122T2115Z_x.json.gz" in paper.joined


def test_hashes_are_printed_in_full(paper):
    assert SHA in paper.joined
    assert LEAF in paper.joined
    assert SHA[::-1] in paper.joined


def test_custody_gaps_and_quarantine_are_printed(paper):
    assert "This is the log as of entry 3." in paper.text
    assert "sealed E0007 Rin Tanaka complete" in paper.text
    assert "VPC flow logs, ci- build, us-east-1 denied" in paper.text
    assert "notes.txt whole file unrecognised" in paper.text


def test_figures_are_drawn_and_described(paper):
    assert "Events over time, UTC. 24 bars; the highest, from 2026-11-22 22:00, holds 406 events." in paper.text
    assert "assumed 21:47" in paper.text


def test_figures_keep_one_scale_and_stay_on_the_paper():
    assert width_on_paper('<svg width="360">') == pytest.approx(241)
    assert width_on_paper('<svg width="7200">') == 482
    assert width_on_paper("<svg>") == 482


def test_it_is_tagged_and_archival(paper):
    assert paper.reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert "pdfaid" in str(paper.reader.xmp_metadata.stream.get_data())
    assert "pdfuaid" in str(paper.reader.xmp_metadata.stream.get_data())


def test_the_same_content_gives_the_same_bytes():
    content = build(sample())
    assert render(content) == render(content)


def test_its_date_is_the_contents_and_not_the_clocks(paper):
    assert paper.reader.metadata.creation_date.isoformat() == "2026-11-24T08:00:00+00:00"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_printed_literally(printed, text):
    snapshot = sample(
        incident=incident(title=text),
        findings=(finding(title=text, description=text, events=[event(event=text, principal=text)]),),
        evidence=(exhibit(title=text),),
    )
    assert printed(snapshot).joined.count(squeezed(text)) >= 6


def test_hidden_characters_are_marks(printed):
    page = printed(sample(incident=incident(title="invoice\u202egpj.exe\x00")))
    assert "invoice⟨U+202E⟩gpj.exe⟨U+0000⟩" in squeezed(page.pages[0])


def test_japanese_is_drawn_and_scripts_without_a_font_become_marks(printed):
    page = printed(sample(incident=incident(title="漏えいしたアクセスキー ไ😀")))
    assert "漏えいしたアクセスキー⟨U+0E44⟩⟨U+1F600⟩" in squeezed(page.pages[0])


@pytest.mark.parametrize("first", [0x20, 0x0500, 0x2000, 0x3000, 0xF900, 0x1F300, 0xE0000])
def test_any_character_can_be_printed(printed, first):
    rows = ("".join(map(chr, range(start, start + 128))) for start in range(first, first + 1024, 128))
    assert printed(empty(custody=tuple(entry(reason=text) for text in rows))).pages


def test_an_incident_without_anything_still_makes_a_report_that_says_so(printed):
    page = printed(empty())
    assert "No evidence has been collected yet" in page.text
    assert "The custody log has no entry" in page.text
    assert all(heading in page.text for heading in HEADINGS)


def test_two_facts_are_enough(printed):
    few = CaseSnapshot(incident={"reference": "FP-2026-000009", "made_at": "2026-11-24T08:00:00Z"})
    assert "FP-2026-000009" in printed(few).pages[0]


def test_a_final_report_does_not_call_itself_a_draft(printed):
    page = printed(sample(incident=incident(report_state="final", version=2)))
    assert "draft" not in page.text
    assert "version 2 · final" in page.text


def test_a_log_of_two_thousand_entries_is_set_within_five_seconds():
    content = build(sample(custody=tuple(entry(number) for number in range(1, 3201))))
    started = time.monotonic()
    assert render(content)
    assert time.monotonic() - started < 5
