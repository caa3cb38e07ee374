"""What every analyzer keeps, whatever it asks."""

import inspect
import re
import sys

import pytest

from analyzers import Asked, Finding, Indicator, Material, analyzers
from analyzers.results import result_hash

TOLD = [
    {"actor": "root", "eventName": "ListBuckets"},
    {
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/deploy"},
        "responseElements": {"credentials": {"accessKeyId": "ASIA1"}},
    },
    {"eventSource": "s3.amazonaws.com", "eventName": "GetObject", "requestParameters": {"bucketName": "b", "key": "k"}},
    {"eventName": "RunInstances", "userIdentity": {"accessKeyId": "ASIA1"}, "userAgent": "kali"},
]
KNOWN = (Indicator("user-agent", "kali", "tools", "feed.csv"), Indicator("x-aws-access-key", "ASIA1"))
each = pytest.mark.parametrize("tool", list(analyzers), ids=lambda tool: tool.name)


@pytest.fixture
def said(events_of, pack):
    def say(tool, *told):
        return list(tool.analyze(Material(events_of(*told), rules=pack.rules, indicators=KNOWN)))

    return say


@each
def test_it_is_a_generator_that_says_what_it_asks_and_cites_its_source(tool):
    module = sys.modules[tool.module]
    assert inspect.isgeneratorfunction(tool.analyze)
    assert tool.analyze.__doc__
    assert re.search(r"https://(docs\.aws\.amazon\.com|sigmahq\.io)/", module.__doc__)


@each
def test_it_says_that_nothing_matched(tool, said):
    answers = said(tool)
    assert answers
    assert {(type(answer), answer.matches, answer.error) for answer in answers} == {(Asked, 0, "")}


@each
def test_its_findings_are_one_per_question_and_entity(tool, said):
    findings = [one for one in said(tool, *TOLD) if isinstance(one, Finding)]
    assert findings
    assert len({(finding.question, finding.entity) for finding in findings}) == len(findings)


@each
def test_its_findings_keep_within_their_bounds(tool, said):
    for finding in (one for one in said(tool, *TOLD) if isinstance(one, Finding)):
        assert len(finding.principals) <= 5
        assert len(finding.examples) <= 100
        assert finding.first_at <= finding.last_at
        assert finding.first_at.tzinfo


@each
def test_the_same_events_give_the_same_hash(tool, said):
    assert result_hash(said(tool, *TOLD)) == result_hash(said(tool, *TOLD))
