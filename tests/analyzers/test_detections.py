from dataclasses import replace
from datetime import timedelta

import pytest

from analyzers import Asked, Finding, Material, analyzers
from analyzers.detections import detect
from analyzers.results import result_hash
from analyzers.sigma import RuleError
from events import Filters
from plugins import Window

from .building import START


@pytest.fixture
def rule(pack):
    return next(rule for rule in pack.rules if rule.source == "root_used.yml")


@pytest.fixture
def asked(rule, events_of):
    """What the detections say of events, as findings and answers."""

    def ask_all(*told, **material):
        said = list(analyzers.get("sigma").analyze(Material(events_of(*told), **({"rules": (rule,)} | material))))
        return [one for one in said if isinstance(one, Finding)], [one for one in said if isinstance(one, Asked)]

    return ask_all


ROOT = {"actor": "root", "eventName": "ListBuckets"}


def test_a_finding_tells_who_when_and_how_often(asked):
    [finding], _ = asked(ROOT, {"eventName": "Other"}, ROOT | {"at": 90})
    assert finding.entity.value == "arn:aws:iam::111122223333:root"
    assert (finding.count, finding.severity, finding.techniques) == (2, 3, ("T1078.004", "T1078.001"))
    assert (finding.first_at, finding.last_at) == (START, START + timedelta(seconds=90))
    assert finding.next_steps.startswith("Ask the holder")


def test_an_example_says_where_its_bytes_lie(asked):
    [finding], _ = asked({"eventName": "Other"}, ROOT | {"errorCode": "AccessDenied"})
    [example] = finding.examples
    assert (example.evidence, example.part, example.member) == ("FP-2026-000001-E0001", 1, 0)
    assert (example.file, example.row, example.at) == ("log-0.json", 1, START)
    assert example.what == "ListBuckets failed: AccessDenied"


def test_its_query_opens_the_timeline_on_the_same_events(asked, events_of):
    told = [
        ROOT,
        ROOT | {"at": 5},
        {"eventName": "ListBuckets"},
        {"actor": "root", "eventName": "ListBuckets", "at": 900},
    ]
    [finding], _ = asked(*told)
    assert events_of(*told).count(Filters.from_query(finding.query)) == finding.count == 3


def test_no_match_is_said_too(asked, rule):
    assert asked({"eventName": "Other"}) == ([], [Asked(rule.id, rule.version, 0)])


def test_a_rule_that_could_not_be_loaded_is_said_with_the_answers(asked):
    _, answers = asked(ROOT, rules=(), rule_errors=(RuleError("odd.yml", "no condition"),))
    assert answers == [Asked("odd.yml", "", 0, "no condition")]


def test_a_rule_that_the_engine_refuses_is_said_and_the_next_one_asked(asked, rule):
    broken = replace(rule, id="broken", sql="chosen AS (SELECT nonsense FROM seen)")
    findings, answers = asked(ROOT, rules=(broken, rule))
    assert "nonsense" in answers[0].error
    assert [answer.matches for answer in answers] == [0, 1]
    assert len(findings) == 1


def test_only_events_within_the_window_count(asked):
    window = Window(START, START + timedelta(seconds=90))
    [finding], _ = asked(ROOT, ROOT | {"at": 89}, ROOT | {"at": 90}, window=window)
    assert finding.count == 2


def test_each_principal_has_its_own_finding(pack, events_of):
    rule = next(rule for rule in pack.rules if rule.source == "organization_left.yml")
    told = [
        {"eventSource": "organizations.amazonaws.com", "eventName": "LeaveOrganization", "actor": actor}
        for actor in ("mallory", "root", "root")
    ]
    said = list(detect(Material(events_of(*told), rules=(rule,))))
    assert [finding.count for finding in said[:-1]] == [2, 1]


def test_more_principals_than_anybody_reads_are_summed_up(asked):
    told = [ROOT | {"userIdentity": {"arn": f"arn:aws:iam::{number:012}:root"}} for number in range(203)]
    findings, [answer] = asked(*told)
    assert len(findings) == 201
    assert (findings[-1].entity.value, findings[-1].count) == ("(all others)", 3)
    assert answer.matches == 203


def test_a_name_of_any_length_stays_showable_and_distinct(asked):
    told = [ROOT | {"userIdentity": {"arn": "a" * 5000 + end}} for end in "xy"]
    findings, _ = asked(*told)
    names = {finding.entity.value for finding in findings}
    assert len(names) == 2
    assert max(map(len, names)) < 500


def test_at_most_a_hundred_examples_are_kept_the_earliest_first(asked):
    [finding], _ = asked(ROOT | {"times": 120, "every": 1})
    assert len(finding.examples) == 100
    assert [example.row for example in finding.examples] == list(range(100))


def test_the_same_events_give_the_same_findings_in_whatever_order_they_lie(pack, asked):
    told = [ROOT, {"eventSource": "ec2.amazonaws.com", "eventName": "DeleteFlowLogs", "at": 3}]
    first = asked(*told, rules=pack.rules)
    again = asked(*told, rules=pack.rules)
    assert first == again
    assert result_hash([*first[0], *first[1]]) == result_hash([*reversed(again[1]), *again[0]])


def test_one_more_event_gives_another_hash(asked):
    assert result_hash(asked(ROOT)[0]) != result_hash(asked(ROOT, ROOT)[0])
