"""Sentences whose parts are columns."""

from examiners.facts import LONGEST, fact, told

FACTS = (fact(r"hello (?P<user_name>\S+)(?: from (?P<source_ip>\S+))?", "greeting", "success"), fact(r"hello", "noise"))


def test_the_first_sentence_that_matches_counts():
    assert told(FACTS, "hello rin from ::1") == {
        "user_name": "rin",
        "source_ip": "::1",
        "action": "greeting",
        "outcome": "success",
    }
    assert told(FACTS, "hello") == {"action": "noise"}


def test_a_part_that_is_not_there_fills_no_column():
    assert "source_ip" not in told(FACTS, "hello rin")


def test_any_other_message_tells_nothing():
    assert told(FACTS, "well, hello rin") == {}


def test_only_the_beginning_of_a_message_is_looked_at():
    assert len(told(FACTS, "hello " + "x" * 3 * LONGEST)["user_name"]) < LONGEST
