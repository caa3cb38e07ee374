"""What the team tells: who added each sentence and what it rests on, on paper too."""

from reports.content import build
from reports.story import write
from tests.reports.snapshots import REFERENCE, sample

CALL = {"at": "2026-11-22T21:12:30Z", "title": "The owner of the key calls", "text": "", "made_by": "Rin Tanaka"}
KEY = CALL | {
    "title": "CreateAccessKey",
    "text": "the way back in",
    "techniques": ["T1098.001"],
    "exhibit": f"{REFERENCE}-E0007",
    "file": "trail.json",
    "row": 4,
}


def test_each_entry_says_when_what_on_which_ground_and_by_whom():
    rows = write(sample(story=(KEY, CALL, CALL | {"finding": "F-03"}))).blocks[1].rows
    assert rows[0] == (
        "2026-11-22 21:12:30",
        "CreateAccessKey. the way back in",
        "E0007, trail.json, row 4",
        "T1098.001",
        "Rin Tanaka",
    )
    assert [row[2] for row in rows[1:]] == ["added by hand", "F-03"]


def test_what_rests_on_a_dismissed_finding_says_so():
    [row] = write(sample(story=(CALL | {"finding": "F-03", "dismissed_by": "Ida Moreau"},))).blocks[1].rows
    assert row[2] == "F-03, dismissed by Ida Moreau since"


def test_a_report_of_which_nobody_told_anything_has_no_such_section():
    assert "story" not in [section["name"] for section in build(sample())["sections"]]


def test_the_story_is_read_back_from_the_paper(printed):
    told = CALL | {"title": "#read(1) <script>\u202e", "text": "at *night*"}
    text = printed(sample(story=(KEY, told))).text
    assert "2. What happened, as the team tells it" in text
    assert "the way back in" in text
    assert "#read(1) <script>⟨U+202E⟩. at *night*" in text


def test_what_is_left_out_is_counted(words):
    assert "2 further rows: see the case timeline." in words(write(sample(story=(CALL,) * 502)))
