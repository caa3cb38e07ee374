"""AWS Config: delivered files, histories of named resources, and what nobody recorded."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from collectors import Scope
from collectors.answers import gap_of
from collectors.config_history import collect
from plugins import GapKind
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, names, read, refusal_of, says, session_of_a_test

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
CONFIG = f"AWS Config of {NUMBER} in us-east-1"
FOLDER = f"AWSLogs/{NUMBER}/Config/us-east-1/"
INSTANCE = "AWS::EC2::Instance/i-1"
RECORDERS, STATUS = "config.DescribeConfigurationRecorders", "config.DescribeConfigurationRecorderStatus"
CHANNELS, HISTORY = "config.DescribeDeliveryChannels", "config.GetResourceConfigHistory"
RUNS = {"name": "default", "recording": True}


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["services"]["config"]["resource"]]


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket for what Config delivers."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = session_of_a_test()
        session.client("s3").create_bucket(Bucket="acme-config")
        yield session


@pytest.fixture
def put(aws):
    return lambda key: aws.client("s3").put_object(Bucket="acme-config", Key=key, Body=b"{}")


def has(aws, recorder=RUNS, **channel):
    """AWS's answers: moto knows no recorder that failed, and no channel without a recorder."""
    says(aws, RECORDERS, {"ConfigurationRecorders": [{"name": "default"}] if recorder else []})
    says(aws, STATUS, {"ConfigurationRecordersStatus": [recorder] if recorder else []})
    says(aws, CHANNELS, {"DeliveryChannels": [channel] if channel else []})


def scope(*named, end=DAY + timedelta(hours=2)):
    return Scope("test", NUMBER, "us-east-1", DAY, end, named or ("*",))


def test_it_finds_history_and_snapshots_of_the_day_and_the_next(aws, put):
    has(aws, s3BucketName="acme-config")
    for place in ("2026/3/1/ConfigHistory/a", "2026/3/2/ConfigSnapshot/b", "2026/3/3/ConfigHistory/c", "2026/3/10/d"):
        put(FOLDER + place)
    found = list(collect(scope(), aws))
    assert names(found) == ["a", "b"]
    assert gaps(found) == []


def test_it_looks_behind_the_prefix_of_the_channel(aws, put):
    has(aws, s3BucketName="acme-config", s3KeyPrefix="org")
    put(f"org/{FOLDER}2026/3/1/ConfigHistory/a")
    [one] = collect(scope(), aws)
    assert (read(one), one.version) == (b"{}", one.notes["etag"])


def test_nothing_delivered_is_a_gap(aws):
    has(aws, s3BucketName="acme-config")
    assert gaps(collect(scope(), aws)) == [("not_found", f"s3://acme-config/{FOLDER}")]


def test_no_recorder_and_no_channel_are_gaps(aws):
    has(aws, recorder=None)
    expected = [("not_enabled", CONFIG), ("not_enabled", f"delivery channels of {CONFIG}")]
    assert gaps(collect(scope(), aws)) == expected


def test_an_account_that_never_had_config_says_the_same(aws):
    assert [kind for kind, _ in gaps(collect(scope(), aws))] == ["not_enabled", "not_enabled"]


@pytest.mark.parametrize(
    ("state", "kind", "words"),
    [
        ({"recording": False, "lastStopTime": DAY}, "not_enabled", "stopped: 2026-03-01"),
        ({"recording": False}, "not_enabled", "does not say when"),
        ({"recording": True, "lastStatus": "Failure", "lastErrorMessage": "no role"}, "missing", "failed: no role"),
    ],
)
def test_a_recorder_that_does_not_record_is_a_gap(aws, put, state, kind, words):
    has(aws, {"name": "default", **state}, s3BucketName="acme-config")
    put(f"{FOLDER}2026/3/1/ConfigHistory/a")
    gap, _ = collect(scope(), aws)
    assert (gap.kind, gap.subject) == (kind, f"recorder default of {CONFIG}")
    assert words in gap.detail


def test_a_history_is_asked_for_when_it_is_opened_page_by_page(aws):
    asked = says(aws, HISTORY, {"configurationItems": [{"version": "2"}], "nextToken": "n"}, {"configurationItems": []})
    one = artifacts(collect(scope(INSTANCE), aws))[-1]
    assert not asked
    assert json.loads(read(one)) == {"version": "2"}
    assert asked[0] == {
        "resourceType": "AWS::EC2::Instance",
        "resourceId": "i-1",
        "laterTime": DAY + timedelta(hours=2),
    }
    assert len(asked) == 2


def test_a_resource_that_config_never_saw_is_not_found(aws):
    with pytest.raises(Exception, match="ResourceNotDiscovered") as refused:
        read(artifacts(collect(scope(INSTANCE), aws))[0])
    assert gap_of(refused.value, INSTANCE).kind is GapKind.NOT_FOUND


def test_a_history_that_is_refused_leaves_the_others(aws):
    says(aws, HISTORY, "ThrottlingException", {"configurationItems": [{"version": "1"}]})
    first, second = artifacts(collect(scope(INSTANCE, "AWS::IAM::User/AIDA"), aws))
    assert refusal_of(first) == "ThrottlingException"
    assert read(second)


def test_a_name_without_a_type_is_a_gap_that_says_how_to_write_it(aws):
    gap = list(collect(scope("i-0abc"), aws))[-1]
    assert (gap.kind, gap.subject) == ("unsupported", "i-0abc")
    assert "TYPE/ID" in gap.detail


@pytest.mark.parametrize(
    ("said", "kind"),
    [("AccessDeniedException", "denied"), ("ThrottlingException", "unreadable"), (PAGE_OF_HTML, "unreadable")],
)
def test_what_config_refuses_is_a_gap_and_files_are_found_all_the_same(aws, put, said, kind):
    says(aws, RECORDERS, said)
    has(aws, s3BucketName="acme-config")
    put(f"{FOLDER}2026/3/1/ConfigHistory/a")
    found = list(collect(scope(), aws))
    assert gaps(found) == [(kind, CONFIG)]
    assert names(found) == ["a"]


def test_a_bucket_that_denies_is_a_gap_and_histories_go_on(aws):
    has(aws, s3BucketName="acme-config")
    says(aws, "s3.ListObjectsV2", "AccessDenied")
    found = list(collect(scope(INSTANCE), aws))
    assert gaps(found) == [("denied", f"s3://acme-config/{FOLDER}2026/3/1/ and later days")]
    assert len(artifacts(found)) == 1
