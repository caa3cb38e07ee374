"""Lines of a control plane that are no audit events."""

from datetime import UTC, datetime

import pytest

from examiners.control_plane_lines import columns_of, component_of, is_line, pairs
from examiners.envelopes import Envelope
from examiners.forms import Item

DENIED = 'time="2026-03-01T10:00:00Z" level=warning msg="access denied" client="[::1]:5" error="input \\"x\\" too long"'
KLOG = "E1231 23:59:59.999999       1 leaderelection.go:330] error retrieving resource lock"
NEW_YEAR = Envelope(int(datetime(2027, 1, 1, 0, 0, 5, tzinfo=UTC).timestamp() * 1_000), "kube-scheduler-1")


def columns(line, envelope=None):
    return columns_of(Item(0, line.encode(), envelope), line)


@pytest.mark.parametrize(
    ("stream", "component"),
    [
        ("kube-apiserver-audit-1234", "audit"),
        ("kube-apiserver-1234", "kube-apiserver"),
        ("authenticator-1", "authenticator"),
        ("kube-controller-manager-1", "kube-controller-manager"),
        ("cloud-controller-manager-1", "cloud-controller-manager"),
        ("kube-scheduler-1", "kube-scheduler"),
        ("i-0c0ffee", None),
        (None, None),
    ],
)
def test_the_streams_name_tells_the_log(stream, component):
    assert component_of(stream) == component


def test_a_denied_caller():
    row = columns(DENIED)
    assert (row["verb"], row["source_ip"], row["event_time"]) == (
        "access denied",
        "[::1]",
        datetime(2026, 3, 1, 10, tzinfo=UTC),
    )
    assert row["fields"]["error"] == 'input "x" too long'


def test_a_line_of_new_years_eve():
    assert columns(KLOG, NEW_YEAR)["event_time"] == datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)


def test_without_a_log_group_klog_has_no_time():
    assert "event_time" not in columns(KLOG)


def test_a_day_that_no_year_has_leaves_the_time_of_the_log_group():
    assert "event_time" not in columns(KLOG.replace("1231", "1399"), NEW_YEAR)


@pytest.mark.parametrize("line", ["", "hello", "time=x", "I031 10:00", '{"a":1}'])
def test_other_lines_are_only_text(line):
    assert not is_line(line)
    assert columns(line) == {"message": line}


def test_the_first_of_two_pairs_counts():
    assert pairs('a=1 a=2 b= c="" d') == {"a": "1", "b": "", "c": ""}
