"""Imports go down the floors; and a planted import that goes up is caught."""

import pytest

from tests.docs.copies import Copy

LINT = ("-c", "from importlinter.cli import lint_imports_command as lint; lint()")


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return Copy(tmp_path_factory.mktemp("contracts"))


@pytest.fixture
def plant(checkout):
    """Add a line to a file of the copy for the length of one test."""
    kept = {}

    def add(path, line):
        file = checkout.root / path
        kept[file] = file.read_text()
        file.write_text(f"{kept[file]}\n{line}\n")

    yield add
    for file, content in kept.items():
        file.write_text(content)


def lint(checkout):
    status, said = checkout.run(*LINT)
    return status, " ".join(said.split())


def test_every_contract_is_kept(checkout):
    status, said = lint(checkout)
    assert status == 0, said
    assert "0 broken" in said


@pytest.mark.parametrize(
    ("path", "line", "words"),
    [
        ("vault/store.py", "import cases.models", "vault is not allowed to import cases"),
        ("cases/actor.py", "import boto3", "cases is not allowed to import boto3"),
        ("collectors/folder.py", "import django", "collectors is not allowed to import django"),
        ("api/paging.py", "import dashboard.access", "api is not allowed to import dashboard"),
        ("phases/bell.py", "import phases.runs", "phases.bell is not allowed to import phases.runs"),
        ("custody/verifier.py", "import cryptography", "custody is not allowed to import cryptography"),
    ],
)
def test_a_planted_violation_is_caught(checkout, plant, path, line, words):
    plant(path, line)
    status, said = lint(checkout)
    assert status == 1
    assert words in said
