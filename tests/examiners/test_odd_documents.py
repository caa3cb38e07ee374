"""Every examiner of JSON documents with its own record spoilt: no value anywhere in it may stop the reading."""

import importlib
import json

import pytest

from examiners import examiners
from examiners.sniffing import choose
from tests.examiners.findings import as_event, as_lines, read
from tests.examiners.making import member
from tests.examiners.odd import lines_of, variants

NAMES = (
    *("guardduty_findings", "security_hub_findings", "ocsf_findings", "inspector_findings", "macie_findings"),
    *("access_analyzer_findings", "config_items", "iam_details", "state_documents"),
)
CONTROLS = "\x00\x1b[2J\u202e\u2028\r\n\t' OR 1=1 --<script>"


@pytest.fixture(params=NAMES)
def tool(request):
    return examiners.get(request.param)


@pytest.fixture
def record(tool):
    return importlib.import_module(f"tests.examiners.test_{tool.name}").RECORD


def test_no_value_anywhere_stops_it(tool, record):
    records = list(variants(record))
    outcome = read(tool, lines_of(records))
    assert sum(tally.read for tally in outcome.tallies) == len(records)
    assert len(outcome.rows) > len(records) // 2
    assert all(one.reason for one in outcome.quarantined)


def test_spoilt_records_take_no_neighbour_with_them(tool, record):
    good = as_lines(record, record)
    outcome = read(tool, b"".join((good, b'{"a":' * 500 + b"\n", b'{"b"\n', b'"\\ud800"\n', good)))
    assert (len(outcome.rows), len(outcome.quarantined)) == (4, 3)


def test_a_record_nested_too_deep_is_quarantined(tool, record):
    text = json.dumps(record)[:-1]
    data = f'{text},"deep":{"[" * 5_000}{"]" * 5_000}}}\n'.encode() + as_lines(record)
    outcome = read(tool, data)
    assert outcome.reasons == ["nested too deep to read"]
    assert outcome.rows


def test_a_record_of_many_megabytes_is_read(tool, record):
    (row,) = read(tool, as_lines({**record, "extra": "x" * (12 << 20)})).rows
    assert max(len(value) for value in row.values() if isinstance(value, str)) > 12 << 20


def test_a_record_too_large_to_hold_is_quarantined_and_said(tool, record):
    outcome = read(tool, as_lines({**record, "extra": "x" * (33 << 20)}))
    assert outcome.rows == []
    assert "larger than 32 MiB" in outcome.reasons[0] or "longer than 32 MiB" in outcome.reasons[0]


def test_control_characters_stay_as_they_are(tool, record):
    (row,) = read(tool, as_lines({**record, "extra": CONTROLS})).rows
    kept = [json.loads(value) for name, value in row.items() if name in ("detail", "configuration", "others") and value]
    assert CONTROLS in [document.get("extra") for document in kept]


def test_a_key_that_is_there_twice_counts_once(tool, record):
    text = json.dumps(record)
    data = f'{{"extra":1,{text[1:-1]},"extra":2}}\n'.encode()
    assert len(read(tool, data).rows) == 1


def test_it_is_sure_of_its_own_record_alone(tool, record):
    data = as_lines(record)
    others = [one for one in map(examiners.get, NAMES) if one is not tool]
    assert [one.name for one in others if one.sniff(data, "x")] == []
    assert choose(data, "x") is tool


@pytest.mark.parametrize("detail", [None, [], "x", {"findings": None}, {"findings": ["x", 1]}, {"findings": {}}])
def test_an_event_that_holds_no_finding_is_quarantined(tool, detail):
    if tool.family == "alerts":
        outcome = read(tool, as_lines(as_event("x", detail), as_event("y", {"findings": []})))
        assert outcome.rows == []
        assert outcome.quarantined


def test_the_order_of_rows_is_that_of_the_file(tool, record):
    outcome = read(tool, as_lines(*([record] * 30)))
    assert [row["src_row"] for row in outcome.rows] == list(range(30))
    assert json.loads(tool.raw(member(as_lines(*([record] * 30))), 29)) == record
