"""What host logs have in common: one odd value costs no row."""

import json

import pytest

from events import FAMILIES
from examiners.envelopes import Envelope
from examiners.forms import Item
from examiners.host_rows import dated, facility_of, is_address, is_number, row_of, severity_of

LINE = Item(0, b"x")


def test_what_holds_nothing_is_null():
    row = row_of("syslog", LINE, {"host": "-", "user_name": "", "object": None, "pid": "?"}, {"a": [], "b": "-"})
    assert row == {"kind": "syslog", "fields": None}


def test_a_source_that_is_a_name_is_kept_with_the_rest():
    row = row_of("syslog", LINE, {"source_ip": "bastion.example.com"}, {"a": 1})
    assert json.loads(row["fields"]) == {"a": 1, "source_host": "bastion.example.com"}


@pytest.mark.parametrize("port", ["65536", "-1", "x", "9" * 5_000, "²", "1.5", True, None])
def test_a_port_that_is_none_is_kept_with_the_rest(port):
    row = row_of("syslog", LINE, {"source_port": port})
    assert "source_port" not in row


def test_the_time_of_the_log_group_stands_in_for_none():
    item = Item(0, b"x", Envelope(1772359200000, "i-1"))
    assert row_of("syslog", item, {"event_time": None})["event_time"] == item.context.at
    assert row_of("syslog", item, {})["log_stream"] == "i-1"


def test_every_column_that_it_fills_is_the_familys():
    row = row_of("syslog", Item(0, b"x", Envelope(1, "i-1")), {"source_ip": "x"})
    assert set(row) <= set(FAMILIES["host_events"].schema.names)


@pytest.mark.parametrize("value", ["1.2.3.4", "::1", "fe80::1%eth0", "2001:db8::1"])
def test_addresses(value):
    assert is_address(value)


@pytest.mark.parametrize("value", ["1.2.3", "host", "", "1" * 100_000, "1.2.3.4, 5.6.7.8", None, ["1.2.3.4"]])
def test_no_addresses(value):
    assert not is_address(value)


def test_numbers_are_whole_and_small():
    assert is_number("0", 1)
    assert is_number(7, 8)
    assert not any(is_number(value, 1 << 70) for value in ("", "-1", "1" * 20, "٣", "0x1", 1.5, True, None))


@pytest.mark.parametrize(("number", "name"), [(0, "emergency"), ("7", "debug"), (8, None), ("x", None), (None, None)])
def test_severities(number, name):
    assert severity_of(number) == name


@pytest.mark.parametrize(("number", "name"), [(0, "kern"), ("23", "local7"), (24, None), ("", None)])
def test_facilities(number, name):
    assert facility_of(number) == name


def test_a_time_that_is_none_stays_as_it_was_written():
    assert dated("2026-03-01T23:59:60Z") == {"written_time": "2026-03-01T23:59:60Z"}
