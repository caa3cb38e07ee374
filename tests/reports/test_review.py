import pytest

from reports.content import build, canonical
from reports.review import reviewed
from tests.reports.snapshots import sample

IDA, RIN = (1, "Ida Moreau"), (2, "Rin Sato")


@pytest.fixture(scope="module")
def content():
    return build(sample())


def word(status, who, hour=9, reason=""):
    return {
        "status": status,
        "person": who[0],
        "by": who[1],
        "at": f"2026-11-24T{hour:02d}:00:00+00:00",
        "reason": reason,
    }


def facts(content):
    return dict(content["cover"]["facts"])


def test_a_final_report_says_final_on_every_page_and_warns_of_nothing(content):
    final = reviewed(content, "final", [word("in_review", RIN), word("approved", IDA), word("final", IDA)])
    assert final["marking"]["state"] == "final"
    assert final["cover"]["notice"] == ""
    assert facts(final)["Report version"] == "1, final"


def test_the_reviewer_and_the_date_are_on_the_first_page(content):
    final = reviewed(
        content, "final", [word("in_review", RIN), word("approved", IDA, 10, "read it"), word("final", RIN)]
    )
    assert facts(final)["Reviewer"] == "Ida Moreau, 2026-11-24 10:00:00 UTC: read it"
    assert facts(final)["Sent to review"] == "Rin Sato, 2026-11-24 09:00:00 UTC"
    assert "Second person" not in facts(final)


def test_one_person_who_did_it_all_alone_is_told_as_that(content):
    final = reviewed(content, "final", [word(step, IDA) for step in ("in_review", "approved", "final")])
    assert "approved by the same person, Ida Moreau" in final["cover"]["notice"]
    assert facts(final)["Second person"] == "none: reviewed and approved by the same person"


def test_two_people_of_one_name_are_two(content):
    final = reviewed(
        content, "final", [word("in_review", (3, "Ida Moreau")), word("approved", IDA), word("final", IDA)]
    )
    assert final["cover"]["notice"] == ""


def test_a_report_in_review_says_so_and_names_no_reviewer_yet(content):
    page = reviewed(content, "in_review", [word("in_review", RIN)])
    assert page["cover"]["notice"] == "This report is not final. Its state: in review."
    assert facts(page)["Reviewer"] == facts(content)["Reviewer"]


def test_an_approval_by_who_sent_it_is_said_before_it_is_final(content):
    page = reviewed(content, "approved", [word("in_review", IDA), word("approved", IDA)])
    assert "nobody else has checked this report" in page["cover"]["notice"]


def test_words_before_a_version_went_back_to_draft_do_not_count(content):
    page = reviewed(content, "in_review", [word("in_review", IDA), word("draft", RIN), word("in_review", RIN, 11)])
    assert facts(page)["Sent to review"] == "Rin Sato, 2026-11-24 11:00:00 UTC"


def test_a_superseded_version_says_so_and_keeps_its_reviewer(content):
    page = reviewed(content, "superseded", [word("in_review", RIN), word("approved", IDA), word("final", IDA)])
    assert "a newer one has taken its place" in page["cover"]["notice"]
    assert facts(page)["Reviewer"].startswith("Ida Moreau")


def test_doing_it_again_changes_nothing_and_the_sections_stay_as_frozen(content):
    words = [word("in_review", RIN), word("approved", IDA), word("final", IDA)]
    once = reviewed(content, "final", words)
    assert canonical(reviewed(once, "final", words)) == canonical(once)
    assert once["sections"] == content["sections"]


def test_what_a_hostile_remark_hides_is_made_visible(content):
    page = reviewed(content, "approved", [word("in_review", RIN), word("approved", IDA, 9, "fine\u202e")])
    assert facts(page)["Reviewer"].endswith("fine⟨U+202E⟩")
