"""The command that lists the rules and looks through a folder of them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

GOOD = """
title: Trail stopped
level: high
author: Rin
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: StopLogging}, condition: s}
"""
FILES = {
    "good.yml": GOOD,
    "cloud/bad.yml": GOOD.replace("eventName", "eventName|nonsense"),
    "windows.yml": GOOD.replace("aws, service: cloudtrail", "windows, service: security"),
}


@pytest.fixture
def folder(tmp_path):
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def said(*arguments):
    out = StringIO()
    try:
        call_command("rules", *map(str, arguments), stdout=out)
    except CommandError as problem:
        return out.getvalue(), str(problem)
    return out.getvalue(), ""


def test_it_lists_the_rules_that_are_asked_with_their_licence():
    table, _ = said()
    assert (
        "| The root user was at work | medium | T1078.004, T1078.001 | root_used.yml | Forensics Portal | Apache-2.0 |"
        in table
    )


def test_it_lists_the_rules_of_a_persons_own_folder_too(folder, settings):
    settings.RULES_DIRS = [folder / "good.yml"]
    assert "| Trail stopped | high |  | good.yml | Rin |  |" in said()[0]


def test_every_file_of_a_folder_comes_to_a_line(folder):
    lines, _ = said("--check", folder)
    assert "ok     good.yml: Trail stopped (high)" in lines
    assert "ERROR  cloud/bad.yml: Unknown modifier 'nonsense'" in lines
    assert "other  windows.yml: for other logs than CloudTrail, never asked" in lines
    assert "1 rule, 1 file with errors, 1 for other logs" in lines


def test_errors_are_its_exit_status(folder):
    assert "1 cannot be used" in said("--check", folder)[1]
    assert said("--check", folder / "good.yml")[1] == ""


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    lines, problem = said("--check", tmp_path / "none")
    assert "is not there" in lines
    assert problem


def test_what_a_file_says_cannot_move_the_cursor(folder):
    (folder / "good.yml").write_text(GOOD.replace("Trail stopped", '"\\u001b[2J"'))
    assert "\x1b" not in said("--check", folder)[0]


def test_it_writes_the_page_of_coverage():
    lines, problem = said("--coverage")
    assert "| `aws.defense-evasion.cloudtrail-stop` | `cloudtrail_stopped` |" in lines
    assert problem == ""
