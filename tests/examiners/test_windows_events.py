"""Windows' events in every export that people bring, XML bombs, and texts that XML has no characters for."""

import json
import time
from datetime import datetime

import pytest

from examiners.event_xml import LONGEST
from examiners.windows_events import FORM, looks_like_windows_events
from tests.examiners.making import Outcome, member
from tests.examiners.odd_texts import ODD

NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
DATA = {
    "SubjectUserName": "WEB-1$",
    "TargetUserName": "Administrator",
    "Status": "0xc000006d",
    "SubStatus": "0xc000006a",
    "LogonType": "10",
    "IpAddress": "203.0.113.9",
    "IpPort": "50122",
}


def event(code="4625", channel="Security", data=DATA, number="77", more="", keywords="0x8010000000000000"):
    texts = "".join(f"<Data Name='{name}'>{value}</Data>" for name, value in data.items())
    return (
        f"<Event xmlns='{NAMESPACE}'><System><Provider Name='Microsoft-Windows-Security-Auditing' Guid='{{5}}'/>"
        f"<EventID>{code}</EventID><Level>0</Level><Keywords>{keywords}</Keywords>"
        f"<TimeCreated SystemTime='2026-03-01T10:00:00.1234567Z'/><EventRecordID>{number}</EventRecordID>"
        f"<Execution ProcessID='700' ThreadID='1'/><Channel>{channel}</Channel><Computer>WEB-1</Computer></System>"
        f"<EventData>{texts}</EventData>{more}</Event>"
    )


WINLOGBEAT = {
    "@timestamp": "2026-03-01T10:00:00.123Z",
    "message": "An account failed to log on.",
    "winlog": {
        "event_id": "4625",
        "provider_name": "Microsoft-Windows-Security-Auditing",
        "channel": "Security",
        "computer_name": "WEB-1",
        "record_id": 77,
        "keywords": ["Audit Failure"],
        "process": {"pid": 700},
        "event_data": DATA,
    },
}
WINLOGBEAT_6 = {
    "@timestamp": "2026-03-01T10:00:00.123Z",
    "event_id": 4625,
    "source_name": "Microsoft-Windows-Security-Auditing",
    "log_name": "Security",
    "computer_name": "WEB-1",
    "record_number": "77",
    "keywords": ["Audit Failure"],
    "process": {"pid": 700},
    "event_data": DATA,
}
VALUES = (
    *("S-1-5-18", "WEB-1$", "ACME", "0x3e7", "S-1-0-0", "Administrator", "", "0xc000006d", "%%2313", "0xc000006a", 10),
    *("User32", "Negotiate", "WEB-1", "-", "-", 0, "0x2bc", "C:\\x.exe", "203.0.113.9", "50122"),
)
POWERSHELL = {
    "Message": "An account failed to log on.",
    "Id": 4625,
    "Level": 0,
    "Keywords": -9218868437227405312,
    "RecordId": 77,
    "ProviderName": "Microsoft-Windows-Security-Auditing",
    "LogName": "Security",
    "ProcessId": 700,
    "MachineName": "WEB-1",
    "TimeCreated": "/Date(1772359200123)/",
    "Properties": [{"Value": value} for value in VALUES],
    "LevelDisplayName": "Information",
}
CONVERTED = {
    "Event": {
        "#attributes": {"xmlns": NAMESPACE},
        "System": {
            "Provider": {"#attributes": {"Name": "Microsoft-Windows-Security-Auditing"}},
            "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 4625},
            "Keywords": "0x8010000000000000",
            "TimeCreated": {"#attributes": {"SystemTime": "2026-03-01T10:00:00.123456Z"}},
            "EventRecordID": 77,
            "Execution": {"#attributes": {"ProcessID": 700}},
            "Channel": "Security",
            "Computer": "WEB-1",
        },
        "EventData": DATA,
    }
}
WITH_LISTS = {
    "Event": CONVERTED["Event"]
    | {"EventData": {"Data": [{"@Name": name, "#text": value} for name, value in DATA.items()]}}
}
FLAT = DATA | {
    "EventID": 4625,
    "Channel": "Security",
    "Hostname": "WEB-1",
    "SourceName": "Microsoft-Windows-Security-Auditing",
    "EventTime": "2026-03-01 10:00:00",
    "RecordNumber": 77,
    "ProcessId": "0x2bc",
    "Keywords": "0x8010000000000000",
}


def lines(*objects):
    return "".join(json.dumps(one) + "\n" for one in objects).encode()


def wrapped(*messages):
    return lines(*({"logStreamName": "i-1", "timestamp": 1772359201000, "message": text} for text in messages))


DECLARED = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\r\n'
SHAPES = {
    "xml": event().encode(),
    "xml in its element": f"{DECLARED}<Events>{event()}</Events>".encode(),
    "xml in utf-16": f"{DECLARED}<Events>{event()}</Events>".encode("utf-16"),
    "xml in a log group": wrapped(event()),
    "winlogbeat": lines(WINLOGBEAT),
    "winlogbeat 6": lines(WINLOGBEAT_6),
    "powershell": json.dumps([POWERSHELL], indent=4).replace("/", "\\/").encode("utf-16"),
    "one of powershell": json.dumps(POWERSHELL, indent=4).encode(),
    "converted": lines(CONVERTED),
    "converted with lists": json.dumps([WITH_LISTS]).encode(),
    "flat in a log group": wrapped(json.dumps(FLAT)),
}


def sample():
    """For the tests that every examiner passes: (bytes, file name, notes, rows)."""
    return f"{DECLARED}<Events>\n{event()}\n{event('4624', number='78')}\n</Events>\n".encode(), "Security.xml", {}, 2


def read(data):
    outcome = Outcome(FORM.examine(iter([member(data, "Security")])), FORM.family)
    assert outcome.balances()
    return outcome


def row_of(data):
    [row] = read(data if isinstance(data, bytes) else data.encode()).rows
    return row | {"fields": json.loads(row["fields"] or "{}")}


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_a_failed_login_in_each_shape(data):
    row = row_of(data)
    assert row["event_time"].replace(microsecond=0) == datetime(2026, 3, 1, 10)
    assert (row["event_code"], row["facility"], row["host"], row["record_id"]) == ("4625", "Security", "WEB-1", "77")
    assert (row["action"], row["outcome"], row["method"]) == ("login", "failure", "remote_interactive")
    assert (row["user_name"], row["source_ip"], row["source_port"]) == ("Administrator", "203.0.113.9", 50122)
    assert (row["status"], row["program"]) == ("0xc000006a", "Microsoft-Windows-Security-Auditing")
    assert row["fields"]["SubjectUserName"] == "WEB-1$"


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_nothing_else_is_found_in_a_shape(data):
    assert read(data).quarantined == []


@pytest.mark.parametrize("data", SHAPES.values(), ids=SHAPES)
def test_each_shape_is_claimed(data):
    assert looks_like_windows_events(data, "x") == 95 or b"logStreamName" in data
    assert looks_like_windows_events(data, "x") >= 90


def test_the_same_event_has_one_id_in_each_shape():
    assert {row_of(data)["event_id"] for data in SHAPES.values()} == {"WEB-1/Security/77/4625/20260301T100000"}


def test_the_text_form_of_the_agent():
    text = "[Security] [Information] [4624] [Microsoft-Windows-Security-Auditing] [WEB-1] [Logged on.\nSubject: x]"
    row = row_of(wrapped(text))
    assert (row["event_code"], row["host"], row["message"]) == ("4624", "WEB-1", "Logged on.\nSubject: x")
    assert (row["event_time"], row["severity"]) == (datetime(2026, 3, 1, 10, 0, 1), "information")
    assert looks_like_windows_events(wrapped(text), "x") == 90


def test_who_creates_a_user_and_whom():
    row = row_of(event("4720", data={"TargetUserName": "evil", "SubjectUserName": "rin"}))
    assert (row["action"], row["user_name"], row["target_user_name"]) == ("user_created", "rin", "evil")


def test_a_cleared_log_says_who_in_data_of_its_own():
    cleared = event("1102", data={}).replace(
        "<EventData></EventData>",
        "<UserData><LogFileCleared xmlns='x'><SubjectUserName>rin</SubjectUserName></LogFileCleared></UserData>",
    )
    assert (row_of(cleared)["action"], row_of(cleared)["user_name"]) == ("log_cleared", "rin")


def test_the_message_that_windows_rendered():
    more = "<RenderingInfo Culture='en-US'><Message>Hello &amp; more</Message></RenderingInfo>"
    assert row_of(event(more=more))["message"] == "Hello & more"


def test_data_without_names_is_kept_in_order():
    unnamed = event(data={}).replace("<EventData>", "<EventData><Data>one</Data><Data>two</Data>")
    assert row_of(unnamed)["fields"]["Data"] == "one\ntwo"


def test_an_event_of_another_channel_has_no_action_of_security():
    assert row_of(event("4625", channel="Application"))["action"] is None


@pytest.mark.parametrize("time_written", ["", "noon", "2026-13-01T00:00:00Z"])
def test_a_time_that_is_none_stays_as_it_was_written(time_written):
    row = row_of(event().replace("2026-03-01T10:00:00.1234567Z", time_written))
    assert (row["event_time"], row["written_time"], row["event_id"]) == (None, time_written or None, None)


LAUGHS = (
    '<!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n + 1} "{f"&lol{n or str()};" * 10}">' for n in range(9))
    + "]>"
)


def test_a_billion_laughs_are_not_laughed():
    data = f"{DECLARED}{LAUGHS}<Events>{event(data={'x': '&lol9;'})}{event()}</Events>".encode()
    began = time.process_time()
    outcome = read(data)
    assert [row["event_code"] for row in outcome.rows] == ["4625"]
    assert "document type" in outcome.reasons[0]
    assert "undefined entity" in outcome.reasons[1]
    assert time.process_time() - began < 1


def test_an_event_of_a_log_group_that_brings_a_document_type_is_refused():
    outcome = read(wrapped(LAUGHS + event(data={"x": "&lol9;"}), event()))
    assert (len(outcome.rows), "document type" in outcome.reasons[0]) == (1, True)


def test_a_file_of_the_machine_is_not_read():
    outside = '<!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
    for data in (f"{outside}{event(data={'x': '&xxe;'})}".encode(), wrapped(outside + event(data={"x": "&xxe;"}))):
        assert read(data).rows == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [("&#x1;a", "\ufffda"), ("&#0;a", "\ufffda"), ("\x02a", "\ufffda"), ("&#xD800;a", "\ufffda"), ("&#x41;", "A")],
)
def test_what_xml_has_no_character_for_is_replaced_and_the_event_stays(value, shown):
    assert row_of(event(data={"x": value}))["fields"]["x"] == shown


@pytest.mark.parametrize("hostile", ["\u202e", "&lt;script&gt;", "'; DROP TABLE x", "\u2028"])
def test_other_hostile_characters_stay_as_they_are(hostile):
    assert row_of(event(data={"x": hostile + "y"}))["fields"]["x"].endswith("y")


def test_bytes_that_are_no_utf_8_are_replaced():
    assert "\ufffd" in row_of(event(data={"x": "y"}).encode().replace(b">y<", b">\xff<"))["fields"]["x"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        (event()[:-20], "not a whole event"),
        (event().replace("</System>", ""), "not XML"),
        (event("").replace("<EventID></EventID>", ""), "without an EventID"),
        ("</Event>", "not a whole event"),
        ("hello", "not a whole event"),
        ("<Event>" + "<a>" * 70 + "</a>" * 70 + "</Event>", "nested too deep"),
    ],
)
def test_a_broken_event_is_quarantined_and_its_neighbours_stay(broken, words):
    outcome = read((event(number="1") + broken + event(number="2")).encode())
    assert [row["record_id"] for row in outcome.rows] == ["1", "2"]
    assert words in outcome.reasons[0]


def test_json_that_is_no_event_is_quarantined():
    outcome = read(lines(FLAT, {"EventID": 1}, FLAT, [1]))
    assert (len(outcome.rows), len(outcome.quarantined)) == (2, 2)


def test_an_event_too_long_to_hold_is_quarantined_and_its_neighbours_stay():
    huge = event(data={"x": "A" * (LONGEST + (4 << 20))})
    outcome = read((event(number="1") + huge + event(number="2")).encode())
    assert [row["record_id"] for row in outcome.rows] == ["1", "2"]
    assert "larger than 16 MiB" in outcome.reasons[0]


@pytest.mark.parametrize(
    "data",
    [
        (f"<Event xmlns='{NAMESPACE}'>" + "<" * 3_000_000 + "</Event>").encode(),
        b"<Event " * 200_000,
        b"</Event" + b" " * 3_000_000,
        (f"<Event xmlns='{NAMESPACE}'><EventData>" + "<Data>a</Data>" * 200_000 + "</EventData></Event>").encode(),
        (f"<Event xmlns='{NAMESPACE}'><System a='" + "x" * 8_000_000 + "'/></Event>").encode(),
        b"<?xml" * 500_000,
        json.dumps({"Event": {"System": {"EventID": 1, "x": ["a"] * 400_000}}}).encode(),
        wrapped("[a] [" + "b] [" * 60_000),
    ],
)
def test_a_crafted_file_takes_no_longer_than_any_other(data):
    began = time.process_time()
    assert read(data).tallies[0].read > 0
    assert time.process_time() - began < 6


@pytest.mark.parametrize("text", ODD)
def test_it_claims_no_other_text(text):
    assert looks_like_windows_events(text.encode(), "Security.xml") == 0
