import json

import pytest

from analyzers import Asked, Material, analyzers
from events import Filters


@pytest.fixture
def summarised(events_of):
    def summarise(*told):
        return list(analyzers.get("principal_summary").analyze(Material(events_of(*told))))

    return summarise


TOLD = [
    {"times": 3, "eventSource": "s3.amazonaws.com", "eventName": "GetObject", "readOnly": True},
    {
        "at": 60,
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "errorCode": "AccessDenied",
        "sourceIPAddress": "198.51.100.9",
    },
    {"actor": "root", "eventName": "ListBuckets"},
    {
        "times": 9,
        "userIdentity": {"type": "AWSService", "arn": None, "userName": None, "invokedBy": "ec2.amazonaws.com"},
    },
]


def test_it_tells_what_each_principal_did_people_before_services(summarised):
    *findings, answer = summarised(*TOLD)
    assert [finding.entity.value.rsplit(":", 1)[-1] for finding in findings] == [
        "user/mallory",
        "root",
        "ec2.amazonaws.com",
    ]
    assert answer == Asked("principal_summary", "1", 3)


def test_it_counts_calls_failures_and_changes(summarised):
    facts = summarised(*TOLD)[0].facts
    assert (facts["events"], facts["refused"], facts["changes"]) == (4, 1, 1)
    assert facts["actions"] == [{"name": "GetObject", "count": 3}, {"name": "CreateUser", "count": 1}]
    assert facts["addresses"] == "203.0.113.7, 198.51.100.9"
    assert [key["name"] for key in facts["access_keys"]] == ["AKIAEXAMPLEMALLORY01"]


def test_it_says_only_what_json_can_hold(summarised):
    for finding in summarised(*TOLD)[:-1]:
        assert json.loads(json.dumps(finding.facts)) == finding.facts
        assert finding.severity == 1


def test_its_query_shows_all_of_the_events(summarised, events_of):
    finding = summarised(*TOLD)[0]
    assert events_of(*TOLD).count(Filters.from_query(finding.query)) == finding.count == 4


def test_without_events_there_is_only_the_answer(summarised):
    assert summarised() == [Asked("principal_summary", "1", 0)]
