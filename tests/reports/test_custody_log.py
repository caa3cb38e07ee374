from reports.custody_log import write
from tests.reports.snapshots import LEAF, empty, entry, sample


def test_it_says_up_to_which_entry_and_where_its_own_hash_is(words):
    assert "This is the log as of entry 3. Later entries record" in words(write(sample()))


def test_each_entry_has_who_did_what_to_which_and_its_leaf():
    rows = write(sample()).blocks[-1].rows
    assert rows[2] == ("3", "2026-11-23 05:12:40.123", "sealed", "E0007", "Rin Tanaka", "complete", LEAF)


def test_the_head_is_printed_with_its_root():
    assert ("Root", "q8XvT1mWc0aJ4yF2hUu7o6Zb9kRr5sPpE3nLdVxK3f0=") in write(sample()).blocks[1].rows


def test_a_head_that_nobody_verified_says_nothing_of_it():
    facts = dict(write(sample(custody_head={"size": 3, "root": "r"})).blocks[1].rows)
    assert set(facts) == {"Tree size", "Root"}


def test_an_object_is_short_though_its_kind_is_named():
    rows = write(sample(custody=(entry(object="evidence FP-2026-000123-E0007"),))).blocks[-1].rows
    assert rows[0][3] == "evidence E0007"


def test_without_checkpoints_it_says_what_the_log_does_not_prove(words):
    assert "does not protect against the administrator" in words(write(sample()))


def test_with_checkpoints_it_says_how_many(words):
    text = words(write(sample(custody_head={"size": 3, "checkpoints": 41})))
    assert "cover these entries: 41." in text
    assert "administrator" not in text


def test_an_entry_about_no_object_has_dashes():
    bare = {"seq": 1, "at": "2026-11-23T05:12:40Z", "action": "identified", "actor": "worker"}
    assert write(sample(custody=(bare,))).blocks[-1].rows[0][3:] == ("—", "worker", "—", "—")


def test_entries_beyond_two_thousand_are_counted(words):
    many = tuple(entry(number) for number in range(1, 3201))
    assert "1,200 further rows: see the custody log" in words(write(sample(custody=many)))


def test_an_empty_log_is_a_sentence(words):
    assert "The custody log has no entry" in words(write(empty()))
