import io

import pypdf
import pytest

from reports.content import build
from reports.pdf import render
from tests.reports.snapshots import sample


class Paper:
    """A PDF as its reader sees it: text by page, line breaks joined where asked."""

    def __init__(self, pdf):
        self.reader = pypdf.PdfReader(io.BytesIO(pdf))
        self.pages = [page.extract_text() for page in self.reader.pages]

    @property
    def text(self):
        return " ".join("\n".join(self.pages).split())

    @property
    def joined(self):
        return "".join("\n".join(self.pages).split())


@pytest.fixture(scope="session")
def paper():
    return Paper(render(build(sample())))


@pytest.fixture(scope="session")
def printed():
    return lambda snapshot, **given: Paper(render(build(snapshot, **given)))


@pytest.fixture
def words():
    """Return all text of a section: paragraphs, cells, captions."""

    def read(section):
        found = []
        for block in section.blocks:
            found += [getattr(block, name, "") for name in ("text", "caption", "alt")]
            found += [cell for row in getattr(block, "rows", ()) for cell in row]
        return "\n".join(found)

    return read
