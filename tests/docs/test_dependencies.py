"""Every package that is asked for by name has its line in the decision about dependencies, and no other has."""

import re

import pytest

from tests.docs.reading import ROOT, table_rows, words_in_code

TEXT = (ROOT / "docs" / "adr" / "0002-dependencies.md").read_text()
REQUIREMENTS = ROOT / "requirements"
FILES = ["install", "base", "simulation", "dev", "spark"]
NAME = re.compile(r"^[A-Za-z][\w.-]*", re.MULTILINE)


def asked_for(name):
    return set(NAME.findall((REQUIREMENTS / f"{name}.in").read_text()))


def test_every_package_has_its_line():
    explained = set().union(*(words_in_code(row[0]) for row in table_rows(TEXT)))
    assert explained == set().union(*map(asked_for, FILES))


@pytest.mark.parametrize("name", FILES)
def test_every_package_is_pinned_with_hashes(name):
    blocks = re.split(r"\n(?=[a-zA-Z])", (REQUIREMENTS / f"{name}.txt").read_text())
    pins = [block for block in blocks if "==" in block]
    assert pins
    assert all("--hash=sha256:" in block for block in pins)


@pytest.mark.parametrize("name", FILES)
def test_no_file_names_an_address_to_install_from(name):
    assert "://" not in (REQUIREMENTS / f"{name}.txt").read_text()
