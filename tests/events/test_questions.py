from datetime import timedelta

import pytest

from events.questions import deeds_by_key, issues, profiles
from plugins import Window
from tests.analyzers.building import START, as_file, reader_of, records

ISSUED = {
    "eventSource": "sts.amazonaws.com",
    "eventName": "AssumeRole",
    "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy", "roleSessionName": "s"},
    "responseElements": {"credentials": {"accessKeyId": "ASIA1"}},
}
USED = {"at": 60, "eventName": "RunInstances", "userIdentity": {"accessKeyId": "ASIA1"}}
FIRST_MINUTE = Window(START, START + timedelta(seconds=60))


@pytest.fixture
def reader(tmp_path):
    return reader_of(tmp_path, as_file(records([ISSUED, USED, USED | {"errorCode": "Denied"}, {"eventName": "Other"}])))


def test_an_issue_names_caller_role_and_new_key(reader):
    [issue] = issues(reader)
    assert (issue.how, issue.caller_key, issue.key) == ("AssumeRole", "AKIAEXAMPLEMALLORY01", "ASIA1")
    assert (issue.became, issue.session) == ("arn:aws:iam::111122223333:role/deploy", "s")
    assert issue.at == START


def test_deeds_are_those_of_issued_keys_only(reader):
    assert {key: (done.events, done.refused) for key, done in deeds_by_key(reader).items()} == {"ASIA1": (2, 1)}


def test_a_window_bounds_every_question(reader):
    assert deeds_by_key(reader, FIRST_MINUTE) == {}
    assert [profile.deeds.events for profile in profiles(reader, FIRST_MINUTE)] == [2]
    assert issues(reader, Window(FIRST_MINUTE.end, FIRST_MINUTE.end)) == []


def test_names_come_most_frequent_first_then_by_the_alphabet(reader):
    [profile] = profiles(reader)
    assert list(profile.deeds.names.items()) == [("RunInstances", 2), ("AssumeRole", 1), ("Other", 1)]
