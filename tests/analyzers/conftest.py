from pathlib import Path

import pytest

from analyzers.sigma import load_rules

from .building import as_file, reader_of, records

PACK = Path(__file__).parents[2] / "analyzers" / "rules"


@pytest.fixture(scope="session")
def pack():
    return load_rules(PACK)


@pytest.fixture
def events_of(tmp_path):
    """Make a reader of the events that fixture lines tell of."""

    def make(*told):
        return reader_of(tmp_path, as_file(records(told)))

    return make
