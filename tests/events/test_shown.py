"""How lines of hosts and of Kubernetes stand in the one timeline."""

import json

import pytest

from events import Filters, column, open_events
from examiners import EventBatch, examiners
from tests.examiners import test_auditd, test_eks_audit, test_syslog, test_web_server_logs, test_windows_events
from tests.examiners.making import member


@pytest.fixture
def shown(tmp_path):
    """``shown(examiner, data)``: the reader of an incident that holds what this examiner makes of these bytes."""

    def examined(name, data):
        tool = examiners.get(name)
        found = [one.rows for one in tool.examine(iter([member(data, "x")])) if isinstance(one, EventBatch)]
        store = open_events(tmp_path.as_uri(), "FP-2026-000001")
        return store.reader(store.index([store.stage("one", tool.family, found)]).name)

    return examined


def row_of(reader):
    [row] = reader.page(Filters()).rows
    return row


def test_a_refused_login_over_ssh(shown):
    line = test_syslog.ACCEPTED.replace("Accepted publickey", "Failed password")
    row = row_of(shown("syslog", test_syslog.file_of(line)))
    assert (row["event_name"], row["event_source"], row["event_category"]) == ("login", "sshd", "HostEvent")
    assert (row["principal"], row["source_ip_address"], row["error_code"]) == ("deploy", "198.51.100.80", "failure")


def test_a_line_of_which_nothing_is_known_goes_by_its_program(shown):
    assert row_of(shown("syslog", test_syslog.file_of(test_syslog.MODERN)))["event_name"] == "systemd"


def test_a_windows_event_goes_by_its_number(shown):
    row = row_of(shown("windows_events", test_windows_events.event().encode()))
    assert (row["event_name"], row["error_code"]) == ("4625 login", "0xc000006a")
    other = test_windows_events.event("4625", channel="Application", number="9").encode()
    assert row_of(shown("windows_events", other))["event_name"] == "4625"


def test_a_record_of_auditd_goes_by_its_type(shown):
    row = row_of(shown("auditd", test_auditd.file_of(test_auditd.SYSCALL)))
    assert (row["event_name"], row["event_source"], row["error_code"]) == ("SYSCALL open", "auditd", "-13")


def test_a_refused_request(shown):
    line = test_web_server_logs.COMBINED.replace(" 200 ", " 403 ")
    row = row_of(shown("web_server_logs", test_web_server_logs.file_of(line)))
    assert (row["event_name"], row["event_source"], row["error_code"]) == ("request", "access_log", "403")
    assert row["user_agent"].startswith("Mozilla")


def test_an_audit_event_of_kubernetes(shown):
    row = row_of(shown("eks_audit", test_eks_audit.wrapped(test_eks_audit.EVENT)))
    assert (row["event_name"], row["event_source"], row["read_only"]) == ("create pods/exec", "kubernetes", False)
    assert (row["principal"], row["user_identity_access_key_id"]) == (test_eks_audit.SESSION, "ASIAEXAMPLE")
    assert (row["source_ip_address"], row["error_code"], row["error_message"]) == ("203.0.113.9", "Forbidden", "no")


def test_a_verb_without_an_object_and_a_line_without_a_verb(shown):
    verb = test_eks_audit.wrapped({"kind": "Event", "verb": "list", "stage": "x"})
    assert row_of(shown("eks_audit", verb))["event_name"] == "list"
    line = test_eks_audit.wrapped(test_eks_audit.KLOG, stream="kube-scheduler-1")
    assert row_of(shown("eks_audit", line))["event_name"] == "kube-scheduler"


def test_free_text_is_looked_for_in_the_line_and_in_what_was_decoded(shown):
    reader = shown("auditd", test_auditd.file_of(test_auditd.PROCTITLE, test_auditd.LOGIN))
    assert reader.count(Filters(q="/etc/ssh/sshd_config")) == 1
    assert reader.count(Filters(q="203.0.113.9")) == 1


def test_the_same_record_twice_is_a_copy_and_the_same_line_is_not(shown):
    data = test_auditd.file_of(test_auditd.SYSCALL, test_auditd.SYSCALL)
    assert shown("auditd", data).count() == 1
    assert shown("syslog", test_syslog.file_of(test_syslog.CRON, test_syslog.CRON)).count() == 2


@pytest.mark.parametrize(
    ("field", "expected"),
    [("fields.key", '"fields"'), ("EventID", '"event_code"'), ("User", '"user_name"'), ("nothing", "NULL")],
)
def test_fields_go_by_their_usual_names(field, expected):
    assert expected in column(field, "host_events")


def test_a_field_inside_the_rest_is_found(shown):
    reader = shown("auditd", test_auditd.file_of(test_auditd.SYSCALL))
    [(key,)] = reader.select(f"SELECT {column('fields.key', 'host_events')} FROM host_events")
    assert key == "sshd_config"
    assert json.loads(reader.event(reader.page(Filters()).rows[0]["key"])["fields"])["key"] == key
