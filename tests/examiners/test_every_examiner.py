"""What every examiner keeps to, shown with the sample of its own test: ``sample()`` gives bytes, name, notes, rows."""

import gzip
import importlib
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import FAMILIES, Filters, open_events
from examiners import EventBatch, Examiner, examiners
from examiners.sniffing import choose, head
from tests.examiners.making import Outcome, member

TOOLS = [tool for tool in examiners if isinstance(tool, Examiner)]
WITH_ROWS = [tool for tool in TOOLS if tool.name not in ("cloudtrail_digest_files",)]


# Imported here: hypothesis lets no module with tests of its own be imported while one of its tests runs.
MODULES = {tool.name: importlib.import_module(f"tests.examiners.test_{tool.name}") for tool in WITH_ROWS}


def sample_of(tool):
    return MODULES[tool.name].sample()


def read(tool, data, file, notes):
    outcome = Outcome(tool.examine(iter([member(data, file, **notes)])), tool.family)
    assert outcome.balances()
    assert len(outcome.tallies) == 1
    return outcome


@pytest.fixture(params=WITH_ROWS, ids=lambda tool: tool.name)
def tool(request):
    return request.param


def test_it_claims_its_sample_packed_or_not(tool):
    data, file, notes, _ = sample_of(tool)
    for form in (data, gzip.compress(data)):
        assert choose(head(member(form, file, **notes)), file) is tool


def test_it_claims_its_sample_whatever_its_name(tool):
    data, _, notes, _ = sample_of(tool)
    assert choose(head(member(data, "a", **notes)), "a") is tool


def test_nobody_else_is_surer_of_its_sample(tool):
    data, file, notes, _ = sample_of(tool)
    beginning = head(member(data, file, **notes))
    others = {other.name: other.sniff(beginning, "a") for other in TOOLS if other is not tool}
    assert {name for name, score in others.items() if score >= tool.sniff(beginning, "a")} == set()


def test_it_reads_its_sample(tool):
    data, file, notes, rows = sample_of(tool)
    outcome = read(tool, data, file, notes)
    assert (len(outcome.rows), outcome.quarantined) == (rows, [])
    assert outcome.rows == read(tool, gzip.compress(data), file, notes).rows


def test_each_row_is_found_again_in_the_file(tool):
    data, file, notes, _ = sample_of(tool)
    texts = [tool.raw(member(data, file, **notes), row["src_row"]) for row in read(tool, data, file, notes).rows]
    assert all(texts)
    with pytest.raises(LookupError):
        tool.raw(member(data, file, **notes), 1_000_000)


def test_its_rows_stand_in_the_timeline(tool, tmp_path):
    data, file, notes, rows = sample_of(tool)
    store = open_events(tmp_path.as_uri(), "FP-2026-000001")
    found = [one.rows for one in tool.examine(iter([member(data, file, **notes)])) if isinstance(one, EventBatch)]
    reader = store.reader(store.index([store.stage("one", tool.family, found)]).name)
    shown = reader.page(Filters(), limit=200).rows
    assert len(shown) == rows
    assert all(row["event_name"] and row["event_source"] for row in shown)
    assert {row["family"] for row in shown} == {tool.family}
    assert reader.event(shown[0]["key"])["event_name"] == shown[0]["event_name"]


def test_it_survives_a_file_cut_anywhere(tool):
    data, file, notes, _ = sample_of(tool)
    for length in range(0, len(data), max(1, len(data) // 40)):
        read(tool, data[:length], file, notes)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), count=st.integers(1, 12))
def test_it_survives_its_sample_with_bytes_changed(tool, seed, count):
    data, file, notes, _ = sample_of(tool)
    chance, spoilt = random.Random(seed), bytearray(data)
    for _ in range(count):
        spoilt[chance.randrange(len(spoilt))] = chance.choice(b'\x00\xff{}[]":,\n 0-\x1fA')
    read(tool, bytes(spoilt), file, notes)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=600))
def test_no_bytes_make_it_fall_over(tool, data):
    assert 0 <= tool.sniff(data, "x") <= 100
    read(tool, data, "x", {})


def test_every_family_has_an_examiner():
    assert {tool.family for tool in TOOLS} == set(FAMILIES)
