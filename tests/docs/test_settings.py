"""docs/settings.md names every setting that is read from the environment, and no other."""

import re

from tests.docs.reading import ROOT, table_rows

SOURCES = [ROOT / "forensics_portal" / name for name in ("settings.py", "environment.py")]
READ = re.compile(r"""\b(text|flag|words|starting)\(\s*["']([A-Z_]+)["']""")
TEXT = (ROOT / "docs" / "settings.md").read_text()
DOCUMENTED = {row[0].strip("`") for row in table_rows(TEXT.partition("## ")[0])}


def read_names():
    found = {match for source in SOURCES for match in READ.findall(source.read_text())}
    return {f"{name}*" if how == "starting" else name for how, name in found}


def test_every_setting_that_is_read_is_documented():
    assert not read_names() - DOCUMENTED


def test_every_setting_that_is_documented_is_read():
    assert not DOCUMENTED - read_names()


def test_no_setting_is_read_past_the_one_file():
    rooms = [ROOT / room for room in ("api", "cases", "collectors", "dashboard", "examiners", "phases", "vault")]
    readers = [path for room in rooms for path in room.rglob("*.py") if "os.environ" in path.read_text()]
    assert readers == []
