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


def passes(checkout, *arguments):
    status, said = checkout.pytest(*arguments)
    assert status == 0, said
    return said


def test_it_shows_one_file_and_one_test():
    assert set(SHOWN) == {f"collectors/{NAME}.py", f"tests/collectors/test_{NAME}.py"}


def test_the_example_is_not_in_the_tree_already():
    assert not [path for path in SHOWN if (ROOT / path).exists()]


def test_its_own_test_passes(checkout):
    assert "5 passed" in passes(checkout, f"tests/collectors/test_{NAME}.py")


def test_it_keeps_the_contract_of_every_source(checkout):
    said = passes(checkout, "-vv", "tests/collectors/test_every_source.py", "-k", NAME)
    assert (
        f"test_in_the_simulated_organisation_it_finds_the_same_twice_and_calls_what_it_declares[{NAME}] PASSED" in said
    )


def test_page_and_api_offer_it(checkout):
    assert "3 passed" in passes(checkout, "tests/docs/test_offered.py", "-k", NAME)


def test_the_command_lists_it(checkout):
    status, said = checkout.run("manage.py", "sources")
    assert (status, NAME in said) == (0, True)


def test_documents_about_sources_and_the_api_stay_true(checkout):
    passes(checkout, "tests/docs/test_sources.py", "tests/api/test_schema.py")


def test_it_is_written_in_the_style_of_the_house(checkout):
    for tool in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        status, said = checkout.run("-m", *tool, f"collectors/{NAME}.py")
        assert status == 0, said
