"""The documents as tests read them: their code, their tables, their links."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FILE = re.compile(r"^`(?P<path>[\w/]+\.py)`:\n\n```python\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?P<target>[^)\s]+)\)")
CODE = re.compile(r"`([^`\n]+)`")


def documents():
    """Every Markdown file that a reader is led to."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*/README.md")])


def files_in(document):
    """Path -> content of each file that a document shows in full."""
    return {found["path"]: found["code"] for found in FILE.finditer(document.read_text())}


def links_in(document):
    targets = [found["target"].partition("#")[0] for found in LINK.finditer(document.read_text())]
    return [target for target in targets if target and "://" not in target]


def table_rows(text):
    """The cells of each row of the tables in ``text``, heads and rulers left out."""
    lines = [line.strip().strip("|").split("|") for line in text.splitlines() if line.startswith("|")]
    rulers = [at for at, cells in enumerate(lines) if set("".join(cells)) <= set("-: ")]
    heads = {at - 1 for at in rulers}
    return [[cell.strip() for cell in cells] for at, cells in enumerate(lines) if at not in {*rulers, *heads}]


def words_in_code(text):
    return set(CODE.findall(text))
