import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.text import counted, is_hidden, visible, with_line_feeds


@pytest.mark.parametrize("text", ["", "ListBuckets", "日本語の題名", "Ünïcode “quotes”", "{{7*7}} <script>"])
def test_it_leaves_readable_text_alone(text):
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202egpj.exe", "a⟨U+202E⟩gpj.exe"),
        ("a\x00b", "a⟨U+0000⟩b"),
        ("a\x1b[31mb", "a⟨U+001B⟩[31mb"),
        ("zero\u200bwidth", "zero⟨U+200B⟩width"),
        ("\ufeffmark", "⟨U+FEFF⟩mark"),
        ("half \ud800", "half ⟨U+D800⟩"),
        ("para\u2029graph", "para⟨U+2029⟩graph"),
        ("tag\U000e0041", "tag⟨U+E0041⟩"),
        ("v\ufe0f", "v⟨U+FE0F⟩"),
        ("fill\u3164er", "fill⟨U+3164⟩er"),
    ],
)
def test_it_marks_what_hides_or_reorders(text, shown):
    assert visible(text) == shown


def test_a_line_feed_is_a_mark_unless_lines_are_kept():
    assert visible("one\ntwo") == "one⟨U+000A⟩two"
    assert visible("one\n\ttwo\r", lines=True) == "one\n\ttwo⟨U+000D⟩"


def test_each_line_ends_with_a_line_feed_whatever_system_wrote_it():
    assert with_line_feeds("browser\r\nold\rown\n\r\n") == "browser\nold\nown\n\n"


@given(st.text())
def test_nothing_hidden_is_left_and_a_second_pass_changes_nothing(text):
    once = visible(text)
    assert not any(is_hidden(char) for char in once)
    assert visible(once) == once


@given(st.text())
def test_its_output_can_always_be_encoded(text):
    assert visible(text).encode().decode() == visible(text)


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (12_000, "12,000 entries")]
)
def test_one_is_no_plural(count, words):
    assert counted(count, "entry", "entries") == words
    assert counted(count, "gap") == words.replace("entries", "gaps").replace("entry", "gap")
