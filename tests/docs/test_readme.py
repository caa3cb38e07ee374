"""README keeps its promises: its commands exist, its rooms are the rooms, its exit statuses those of the code."""

import re
import subprocess

import pytest

from operations import investigation
from tests.docs.reading import ROOT, documents, links_in, table_rows, words_in_code

TEXT = (ROOT / "README.md").read_text()
FIRST_SCREEN = "\n".join(TEXT.splitlines()[:20])
NO_ROOMS = {"docs", "requirements", "deploy", "locale", "node_modules"}


def section(title):
    return TEXT.partition(f"## {title}\n")[2].partition("\n## ")[0]


def targets():
    listed = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return {line.split()[0] for line in listed.splitlines()}


def commands():
    return {path.stem for path in ROOT.glob("*/management/commands/*.py")} | {"createsuperuser", "migrate", "check"}


def test_the_two_commands_are_on_the_first_screen():
    assert "make demo " in FIRST_SCREEN
    assert "make test " in FIRST_SCREEN


def test_every_room_has_its_line_and_every_line_its_room():
    told = {name.rstrip("/") for row in table_rows(section("The tree")) for name in words_in_code(row[0])}
    rooms = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"templates", "static"}
    assert told == rooms - NO_ROOMS - {"benchmarks"}


def test_its_exit_statuses_are_those_of_the_command():
    told = [int(row[0]) for row in table_rows(section("Investigate a folder of logs"))]
    assert set(told) == {investigation.COMPLETE, investigation.WITH_GAPS, investigation.FAILED, 2}


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
class TestEveryDocument:
    def test_its_links_lead_somewhere(self, document):
        assert [target for target in links_in(document) if not (document.parent / target).exists()] == []

    def test_its_make_targets_exist(self, document):
        assert set(re.findall(r"\bmake ([a-z]+)\b(?= |`|$|\n)", code_of(document))) <= targets()

    def test_its_management_commands_exist(self, document):
        assert set(re.findall(r"manage\.py\s+([a-z_]+)", document.read_text())) <= commands()

    def test_the_files_it_names_exist(self, document):
        named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.(?:py|md|yaml))`", document.read_text())
        assert [name for name in named if not is_there(name, document)] == []


def code_of(document):
    """What stands in code: blocks and spans."""
    text = document.read_text()
    return "\n".join([*re.findall(r"```\w*\n(.*?)```", text, re.DOTALL), *words_in_code(text)])


def is_there(name, document):
    is_shown = f"\n`{name}`:\n" in document.read_text()
    return is_shown or (ROOT / name).exists()
