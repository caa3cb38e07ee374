import json
import tracemalloc
from itertools import chain, repeat

import pytest

from examiners.cloudtrail import examine
from examiners.documents import BEGINNING, WHOLE, Content, all_records, elements
from examiners.forms import json_items
from tests.examiners.making import Outcome, event, member, trail

RECORD = json.dumps(event(), separators=(",", ":")).encode()
MANY = (WHOLE // len(RECORD)) + 2_000


def in_chunks(data):
    return iter([data[at : at + (1 << 20)] for at in range(0, len(data), 1 << 20)])


def test_a_large_trail_file_is_cut_as_it_streams_by():
    content = Content(in_chunks(b'{"Records":[' + b",".join([RECORD] * MANY) + b"]}"))
    assert all_records(content) is None
    assert sum(element.text == RECORD for element in elements(content)) == MANY


def test_large_json_lines_keep_their_line_numbers():
    content = Content(in_chunks(b"\n".join([RECORD] * MANY)))
    assert [element.row for element in elements(content)] == list(range(MANY))


def test_a_small_trail_file_is_read_at_once():
    assert [record.eventName for record in all_records(Content(iter([trail(event("A"))])))] == ["A"]


@pytest.mark.parametrize("ending", [b"\n", b"", b'"}\n'])
def test_a_line_that_is_too_long_is_one_record_lost_and_the_next_ones_stay(ending):
    long = chain((b'{"eventName":"',), repeat(b"x" * (1 << 20), 80), (b'"}\n',))
    content = Content(chain((RECORD + b"\n" + RECORD + b"\n",), long, (b"\n" + RECORD + b"\n" + RECORD + ending,)))
    found = list(elements(content))
    assert [element.row for element in found] == [0, 1, 2, 4, 5]
    assert [element.problem for element in found] == ["", "", "a line longer than 32 MiB", "", ""]
    assert len(found[2].text) == BEGINNING


def test_lines_without_end_stay_within_the_memory():
    tracemalloc.start()
    content = Content(chain((b"{}\n{}\n",), repeat(b"x" * (1 << 20), 150), (b"\n{}",)))
    rows = [element.row for element in elements(content)]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (rows, peak < 5 * WHOLE) == ([0, 1, 2, 3], True)


def test_examiners_quarantine_a_line_that_is_too_long_and_read_on():
    data = b"\n".join([RECORD, RECORD, b'{"eventName":"' + b"x" * (40 << 20) + b'"}', RECORD])
    outcome = Outcome(examine(iter([member(data)])))
    assert [(one.row, one.reason) for one in outcome.quarantined] == [(2, "a line longer than 32 MiB")]
    assert (len(outcome.rows), outcome.balances()) == (3, True)
    assert [item.problem for item in json_items(member(data))] == ["", "", "a line longer than 32 MiB", ""]
