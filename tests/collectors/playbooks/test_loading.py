"""Files become playbooks, and what is wrong with one is said with its name and field."""

from datetime import timedelta

import pytest

from collectors.playbooks import load_playbooks
from collectors.playbooks.schema import length

GOOD = """
title: Stolen laptop
summary: Finds what was done since.
steps:
  - source: cloudtrail
    why: What was done, in every account.
"""
STEP = GOOD + "  - source: ebs_image\n    why: Brings the blocks of the disk.\n"


@pytest.fixture
def load(tmp_path):
    """``load(laptop="...")``: the shelf of a folder with these files."""

    def loaded(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text)
        return load_playbooks([tmp_path])

    return loaded


def test_the_files_name_is_the_playbooks(load):
    shelf = load(laptop=GOOD)
    assert shelf.errors == ()
    assert shelf.get("laptop").title == "Stolen laptop"
    assert shelf.get("phone") is None


def test_what_a_step_does_not_say_has_a_default(load):
    (step,) = load(laptop=GOOD).playbooks[0].steps
    assert (step.accounts, step.regions, step.needs, step.required) == ("workload", "each", (), False)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (GOOD + "    before: soon\n", "laptop.yaml: steps[0].before: Expected `str` matching regex"),
        (GOOD + "    befor: 1h\n", "laptop.yaml: steps[0]: Object contains unknown field `befor`"),
        (GOOD + "    needs: [volcanoes]\n", "laptop.yaml: steps[0].needs[0]: Invalid enum value 'volcanoes'"),
        (GOOD + "    written: {users: x}\n", "laptop.yaml: steps[0].written"),
        (GOOD + "    written: {users: '{}'}\n", "steps[0].written: users stands neither in needs nor in takes"),
        (GOOD + "    accounts: mine\n", "laptop.yaml: steps[0].accounts: Invalid enum value 'mine'"),
        (GOOD.partition("summary")[0], "laptop.yaml: Object missing required field `summary`"),
        ("- a list\n", "laptop.yaml: Expected `object`, got `array`"),
        ("title: [\n", "laptop.yaml: "),
        (GOOD + "name: x\n", "laptop.yaml: name: the file's name is the playbook's"),
        (GOOD + GOOD.partition("steps:\n")[2], "laptop.yaml: steps[1].source: cloudtrail is a step already"),
        (STEP + "    follows: ebs_snapshots\n", "steps[1].follows: ebs_snapshots is no step before this one"),
        (
            STEP + "    follows: cloudtrail\n    needs: [users]\n",
            "steps[1].follows: what it needs comes from cloudtrail",
        ),
        (GOOD + "    needs: [users]\n    takes: [users]\n", "steps[0].takes: users stands in needs already"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_field(load, text, words):
    shelf = load(laptop=text)
    assert shelf.playbooks == ()
    assert words in shelf.errors[0]


def test_a_bad_file_spoils_no_other(load):
    shelf = load(bad="- x", laptop=GOOD)
    assert [playbook.name for playbook in shelf.playbooks] == ["laptop"]
    assert len(shelf.errors) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[" * 50_000, "endless.yaml: it is nested more than 50 deep; write it flatter"),
        ("title: " + "{a: " * 60 + "1" + "}" * 60, "endless.yaml: it is nested more than 50 deep"),
        (GOOD.replace("Stolen laptop", "2026-99-99"), "endless.yaml: a value is no date or number (month must be in"),
        (GOOD.replace("What was done, in every account.", "9" * 5_000), "endless.yaml: a value is no date or number"),
        ("title: a\0", "endless.yaml: unacceptable character"),
    ],
)
def test_what_a_parser_would_die_of_is_named_and_spoils_no_other(load, text, words):
    shelf = load(endless=text, laptop=GOOD)
    assert [playbook.name for playbook in shelf.playbooks] == ["laptop"]
    [error] = shelf.errors
    assert words in error


def test_a_name_that_is_none_is_refused(load):
    assert "small letters" in load(**{"My Book": GOOD}).errors[0]


def test_of_two_files_with_one_name_the_first_counts_and_it_is_said(load, tmp_path):
    other = tmp_path / "own"
    other.mkdir()
    (other / "laptop.yaml").write_text(GOOD.replace("Stolen", "Lost"))
    load(laptop=GOOD)
    shelf = load_playbooks([tmp_path, other])
    assert [playbook.title for playbook in shelf.playbooks] == ["Stolen laptop"]
    assert "the name 'laptop' is taken; rename it" in shelf.errors[0]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    assert load_playbooks([tmp_path / "nowhere"]).errors[0].startswith("PLAYBOOK_DIRS: there is no folder")


def test_a_file_that_is_far_too_large_is_not_parsed(load):
    assert "split it" in load(laptop=GOOD + "#" * 300_000).errors[0]


def test_lengths_of_time():
    assert [length(text) for text in ("90m", "6h", "14d")] == [
        timedelta(minutes=90),
        timedelta(hours=6),
        timedelta(days=14),
    ]
    with pytest.raises(ValueError, match="write 90m, 6h or 14d"):
        length("1 week")
