"""Rules written as SigmaHQ and Suzaku write theirs: folders load, each file comes to a rule or a reason, and counts agree."""

import json
from pathlib import Path

import pytest
import yaml

from analyzers.sigma import load_rules
from tests.analyzers.building import records
from tests.analyzers.evaluator import evaluate

STYLES = Path(__file__).parent / "styles"
FIXTURES = Path(__file__).parents[1] / "rules"
SAMPLES = Path(__file__).parents[4] / "shared" / "data" / "cloudtrail" / "invictus"
INSTANCE = "arn:aws:sts::111122223333:assumed-role/web/i-0abc"
OWN = [
    {
        "actor": "instance",
        "eventSource": "sts.amazonaws.com",
        "eventName": "AssumeRole",
        "userIdentity": {"arn": INSTANCE},
    },
    {"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey", "errorMessage": "no"},
    {"eventName": "PutObject", "requestParameters": {"key": "RANSOM-note.txt"}},
    {
        "times": 120,
        "eventSource": "s3.amazonaws.com",
        "eventName": "GetObject",
        "requestParameters": {"bucketName": "b", "key": "{n}"},
    },
]


@pytest.fixture(scope="module")
def packs():
    return {name: load_rules(STYLES / name) for name in ("sigmahq", "suzaku")}


def test_a_folder_as_sigmahq_writes_it_loads(packs):
    assert {rule.title for rule in packs["sigmahq"].rules} == {
        "AWS Instance Session Takes Another Role",
        "AWS Event Speaks Of A Ransom",
        "AWS Trail Or Detector Gone",
    }


def test_what_cannot_be_asked_of_it_is_named_with_the_reason(packs):
    told = {error.path.rpartition("/")[2]: error.reason for error in packs["sigmahq"].errors}
    assert set(told) == {"aws_old_aggregation.yml", "aws_cloudtrail_placeholder.yml"}
    assert "replaced by Sigma correlations" in told["aws_old_aggregation.yml"]
    assert "write the values into the rule" in told["aws_cloudtrail_placeholder.yml"]


def test_its_rules_for_other_logs_are_left_aside_with_their_correlations(packs):
    assert packs["sigmahq"].elsewhere == ("windows/win_security_logon.yml",)


def test_its_rules_have_the_licence_of_the_collection(packs):
    assert {rule.licence for rule in packs["sigmahq"].rules} == {"A licence for tests 1.0 (from LICENSE)"}


def test_a_folder_as_suzaku_writes_it_loads_whole(packs):
    assert packs["suzaku"].errors == packs["suzaku"].elsewhere == ()
    assert {rule.kind for rule in packs["suzaku"].rules} == {"event", "value_count"}
    assert "CC0-1.0" in {rule.licence for rule in packs["suzaku"].rules}


def counts_of(engine, name, pack, told):
    engine.hold(told)
    by_query = {rule.source: len(engine.find(rule.sql)) for rule in pack.rules}
    by_hand = {rule.source: len(evaluate((STYLES / name / rule.source).read_text(), told)) for rule in pack.rules}
    assert by_query == by_hand
    return by_query


@pytest.mark.parametrize("name", ["sigmahq", "suzaku"])
def test_both_readings_count_the_same_and_every_rule_fires(engine, packs, name):
    fixtures = [yaml.safe_load(path.read_text()) for path in sorted(FIXTURES.glob("*.yml"))]
    told = records(OWN) + [one for fixture in fixtures for one in records(fixture["fires"] + fixture["near_miss"])]
    assert all(counts_of(engine, name, packs[name], told).values())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data ../shared/data/cloudtrail is not here")
@pytest.mark.parametrize("name", ["sigmahq", "suzaku"])
def test_both_readings_count_the_same_on_sample_data(engine, packs, name):
    told = [one for path in sorted(SAMPLES.glob("*.json")) for one in json.loads(path.read_text())["Records"]]
    counts_of(engine, name, packs[name], told)
