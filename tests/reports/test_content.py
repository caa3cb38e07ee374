import json
import re
from gettext import NullTranslations

import pytest

from reports import CaseSnapshot, Section, Table, Text, sections
from reports.content import block_of, build, canonical
from tests.reports.snapshots import empty, incident, sample

ORDER = [
    "summary",
    "timeline",
    "leads",
    "findings",
    "principals",
    "evidence",
    "coverage",
    "missing",
    "custody",
    "method",
    "verify",
]
KEYS = {
    "text": {"kind", "tone", "text"},
    "table": {"kind", "columns", "rows", "caption", "mono", "shape"},
    "figure": {"kind", "svg", "caption", "alt"},
    "events": {"kind", "columns", "rows", "caption"},
}


class Shouting(NullTranslations):
    def gettext(self, message):
        return message.upper() if "%" not in message else message


@pytest.fixture
def content():
    return build(sample())


def test_sections_stand_in_their_order(content):
    assert [section["name"] for section in content["sections"]] == ORDER


def test_every_section_is_one_file_that_documents_itself():
    for writer in sections:
        assert writer.module.startswith("reports.")
        assert isinstance(writer.write(empty()), Section)


def test_it_survives_json_unchanged(content):
    assert canonical(json.loads(canonical(content))) == canonical(content)


def test_the_same_snapshot_gives_the_same_bytes(content):
    assert canonical(build(sample())) == canonical(content)


def test_every_block_has_the_keys_that_pages_read(content):
    blocks = [block for section in content["sections"] for block in section["blocks"]]
    assert {block["kind"] for block in blocks} == set(KEYS)
    assert all(set(block) == KEYS[block["kind"]] for block in blocks)


def test_every_row_is_as_wide_as_its_head(content):
    blocks = [block for section in content["sections"] for block in section["blocks"]]
    for block in (block for block in blocks if "rows" in block):
        assert {len(row) for row in block["rows"]} <= {len(block["columns"])}


def test_no_sample_value_is_left_without_a_zone_or_a_word(content):
    text = canonical(content).decode()
    assert not re.search(r"\bNone\b(?! of these)", text)
    assert "T21:04" not in text


def test_the_marking_says_draft_until_people_say_otherwise(content):
    assert content["marking"]["state"] == "draft, not reviewed"
    assert build(sample(incident=incident(report_state="in_review")))["marking"]["state"] == "in review"


def test_without_a_label_the_strictest_that_still_reaches_the_team_is_printed():
    assert build(sample(incident=incident(tlp="")))["marking"]["tlp"] == "TLP:AMBER+STRICT"


def test_hidden_characters_are_visible_before_anyone_renders_them():
    hostile = build(sample(incident=incident(title="a\u202eb", description="c\x00d")))
    assert hostile["cover"]["title"] == "a⟨U+202E⟩b"
    assert "c⟨U+0000⟩d" in canonical(hostile).decode()


def test_only_code_keeps_its_lines():
    assert block_of(Text("a\nb", "code"))["text"] == "a\nb"
    assert block_of(Text("a\nb"))["text"] == "a⟨U+000A⟩b"


def test_a_value_of_a_hundred_thousand_characters_is_cut_and_says_so():
    paragraph = block_of(Text("x" * 100_000))["text"]
    cell = block_of(Table(("a",), (("x" * 100_000,),)))["rows"][0][0]
    assert paragraph == "x" * 8000 + "… (92,000 more characters)"
    assert cell == "x" * 2000 + "… (98,000 more characters)"


def test_it_speaks_the_language_of_the_catalogue():
    shouted = build(sample(), language="ja", translations=Shouting())
    assert shouted["language"] == "ja"
    assert shouted["labels"]["contents"] == "CONTENTS"
    assert shouted["sections"][1]["title"] == "TIMELINE"


def test_one_report_does_not_change_the_language_of_the_next():
    build(sample(), translations=Shouting())
    assert build(sample())["labels"]["contents"] == "Contents"


@pytest.mark.parametrize("key", ["reference", "made_at"])
def test_it_refuses_a_snapshot_without_name_or_time(key):
    facts = {name: value for name, value in incident().items() if name != key}
    with pytest.raises(KeyError, match=key):
        build(CaseSnapshot(incident=facts))
