"""A bucket's versions and settings: every version told apart, what is not set is said, other regions are left alone."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.s3_object_versions import SETTINGS, collect
from plugins import Gap, GapKind
from simulation.organisation import EXPORTS
from tests.collectors.told import HTML, Told, error, read, session

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"


def resources(facts, folder):
    """What the conformance tests ask for: the bucket that customers' data was carried away from."""
    return [EXPORTS]


@pytest.fixture
def aws(monkeypatch):
    """An account with a bucket that keeps versions; one object was changed, one deleted."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = session()
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="exports")
        s3.put_bucket_versioning(Bucket="exports", VersioningConfiguration={"Status": "Enabled"})
        for key in ("2026/a", "2026/a", "2025/b"):
            s3.put_object(Bucket="exports", Key=key, Body=b"x")
        s3.delete_object(Bucket="exports", Key="2025/b")
        yield aws


def found(aws, *places, region="us-east-1", **answers):
    """The artifacts by name, and the gaps."""
    told = Told("s3", answers, aws)
    everything = list(collect(Scope("test", NUMBER, region, DAY, DAY, places), told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)], told.asked


def rows(artifact):
    return [json.loads(line) for line in read(artifact).splitlines()]


def test_every_version_and_delete_marker_is_a_line(aws):
    listed = rows(found(aws, "exports")[0]["exports/versions.jsonl"])
    assert sorted((row["Key"], row["Kind"]) for row in listed) == [
        ("2025/b", "delete marker"),
        ("2025/b", "version"),
        ("2026/a", "version"),
        ("2026/a", "version"),
    ]
    assert all(row["VersionId"] for row in listed)


def test_only_what_lies_behind_the_prefix_is_listed(aws):
    artifacts, _, _ = found(aws, "exports/2026/")
    assert {row["Key"] for row in rows(artifacts["exports/2026/versions.jsonl"])} == {"2026/a"}


def test_two_prefixes_of_a_bucket_share_its_settings(aws):
    artifacts, gaps, asked = found(aws, "exports/2025/", "exports/2026/")
    assert {"exports/2025/versions.jsonl", "exports/2026/versions.jsonl"} <= set(artifacts)
    assert len(asked["GetBucketLocation"]) == 1
    assert gaps == []


def test_every_page_is_listed_and_none_before_it_is_opened(aws):
    pages = [
        {"Versions": [{"Key": "a"}], "IsTruncated": True, "NextKeyMarker": "a", "NextVersionIdMarker": "1"},
        {"DeleteMarkers": [{"Key": "b"}], "IsTruncated": False},
    ]
    artifacts, _, asked = found(aws, "exports", ListObjectVersions=pages)
    assert not asked["ListObjectVersions"]
    assert [row["Kind"] for row in rows(artifacts["exports/versions.jsonl"])] == ["version", "delete marker"]


def test_settings_that_the_bucket_has_are_told(aws):
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    aws.client("s3").put_bucket_policy(Bucket="exports", Policy=policy)
    artifacts, _, _ = found(aws, "exports")
    assert json.loads(read(artifacts["exports/policy.json"])) == {"Policy": policy}
    assert json.loads(read(artifacts["exports/versioning.json"])) == {"Status": "Enabled"}


@pytest.mark.parametrize(("name", "operation", "absent"), [row for row in SETTINGS if row[2]])
def test_a_setting_that_the_bucket_does_not_have_is_told_and_no_gap(aws, name, operation, absent):
    """The code is asked for as AWS gives it: moto has a policy status and an object lock of every bucket."""
    operation = operation.title().replace("_", "")
    artifacts, gaps, _ = found(aws, "exports", **{operation: error(absent)})
    assert absent in json.loads(read(artifacts[f"exports/{name}.json"]))["absent"]
    assert gaps == []


def test_one_refused_setting_leaves_the_others(aws):
    artifacts, _, _ = found(aws, "exports", GetBucketPolicy=error("AccessDenied"))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["exports/policy.json"])
    assert read(artifacts["exports/acl.json"])


def test_an_empty_bucket_is_an_empty_file_and_no_gap(aws):
    aws.client("s3").create_bucket(Bucket="nothing")
    artifacts, gaps, _ = found(aws, "nothing")
    assert (read(artifacts["nothing/versions.jsonl"]), gaps) == (b"", [])


def test_a_bucket_of_another_region_is_left_there(aws):
    artifacts, [gap], _ = found(aws, "exports", GetBucketLocation={"LocationConstraint": "EU"})
    assert artifacts == {}
    assert (gap.kind, "eu-west-1" in gap.detail) == (GapKind.UNSUPPORTED, True)


def test_naming_no_bucket_is_a_gap(aws):
    artifacts, [gap], _ = found(aws)
    assert (artifacts, gap.kind) == ({}, GapKind.NOT_FOUND)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("NoSuchBucket"), GapKind.NOT_FOUND),
        (error("AccessDenied"), GapKind.DENIED),
        (error("SlowDown"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_a_bucket_that_cannot_be_asked_is_a_gap_and_the_others_go_on(aws, problem, kind):
    artifacts, [gap], _ = found(aws, "gone", "exports", GetBucketLocation=[problem, {"LocationConstraint": None}])
    assert (gap.kind, gap.subject) == (kind, "s3://gone")
    assert "exports/versions.jsonl" in artifacts
