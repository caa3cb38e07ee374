"""CONTRIBUTING's example is written down as shown, and then it is a source: one file, one test, no registry."""

import pytest

from tests.docs.copies import Copy
from tests.docs.reading import ROOT, files_in

SHOWN = files_in(ROOT / "CONTRIBUTING.md")
NAME = "iam_credential_report"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the checkout with the two files that CONTRIBUTING shows."""
    copy = Copy(tmp_path_factory.mktemp("contributing"))
    copy.write(SHOWN)
    return copy


def test_it_shows_one_file_and_one_test():
    assert set(SHOWN) == {f"collectors/{NAME}.py", f"tests/collectors/test_{NAME}.py"}


def test_the_example_is_not_in_the_tree_already():
    assert not [path for path in SHOWN if (ROOT / path).exists()]


CONTRACT = "test_in_the_simulated_organisation_it_finds_the_same_twice_and_calls_what_it_declares"


def test_it_is_a_source_like_any_other(checkout):
    """Its own test passes, it keeps the contract of every source, page and API offer it, documents stay true.

    One test, so that one process more and not several start a simulated AWS.
    """
    passed = passed_in(checkout)
    assert len(of(passed, f"tests/collectors/test_{NAME}.py")) == 5
    assert f"tests/collectors/test_every_source.py::{CONTRACT}[{NAME}]" in passed
    assert len(of(passed, "tests/docs/test_offered.py")) == 3
    assert of(passed, "tests/docs/test_sources.py")
    assert of(passed, "tests/api/test_schema.py")


def passed_in(checkout):
    """The tests that pass with the new source: its own, those of every source, and those that hold documents true."""
    files = [f"tests/collectors/test_{NAME}.py", "tests/collectors/test_every_source.py", "tests/docs/test_offered.py"]
    whole = ["tests/docs/test_sources.py", "tests/api/test_schema.py"]
    status, said = checkout.pytest("-vv", *files, *whole, "-k", f"{NAME} or test_sources or test_schema")
    assert status == 0, said
    return [line.split(" PASSED")[0] for line in said.splitlines() if " PASSED" in line]


def of(passed, path):
    return [name for name in passed if name.startswith(path)]


def test_the_command_lists_it(checkout):
    status, said = checkout.run("manage.py", "sources")
    assert (status, NAME in said) == (0, True)


def test_it_is_written_in_the_style_of_the_house(checkout):
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        status, said = checkout.run("-m", *tool, f"collectors/{NAME}.py")
        assert status == 0, said
