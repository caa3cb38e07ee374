"""CloudTrail files out of the log archive: which are found, and what is said of those that are not."""

import json
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.answers import gap_of
from collectors.cloudtrail import Listed, artifact_of, collect
from collectors.delivered import days
from plugins import Gap, GapKind, Window
from tests.simulation.running import bucket_of, session_in

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
LOG = f"AWSLogs/{NUMBER}/CloudTrail/us-east-1/2026/03/01/{NUMBER}_CloudTrail_us-east-1_20260301T0005Z_a.json.gz"
ORG_LOG = LOG.replace("AWSLogs/", "AWSLogs/o-abc123/").replace("_a.", "_b.")


def resources(facts, folder):
    """What the conformance tests ask for: the bucket of the organisation's trail."""
    return [bucket_of(facts)]


@pytest.fixture
def aws(monkeypatch):
    """An empty account, in which ListPublicKeys is refused: moto does not know that call."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = boto3.Session("test", "test", region_name="us-east-1")
        session.events.register("before-call.cloudtrail.ListPublicKeys", refuse)
        session.client("s3").create_bucket(Bucket="trail-archive")
        yield session


def refuse(**_):
    error = {"Error": {"Code": "AccessDeniedException", "Message": "no"}, "ResponseMetadata": {}}
    return AWSResponse("https://cloudtrail", 400, {}, None), error


def answer_in_html(**_):
    raise ResponseParserError("not well-formed: <!doctype html>")


@pytest.fixture
def put(aws):
    return lambda key, **more: aws.client("s3").put_object(Bucket="trail-archive", Key=key, Body=b"x", **more)


def scope(*resources, start=DAY, end=DAY + timedelta(hours=1), region="us-east-1"):
    return Scope("test", NUMBER, region, start, end, resources)


def names(found):
    return [one.name.rsplit("_", 1)[-1] for one in found if isinstance(one, Artifact)]


def gaps(found):
    return [(one.kind, one.subject) for one in found if isinstance(one, Gap)]


def refusal(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "ListObjectsV2")


def test_it_finds_files_of_an_account_and_of_an_organisation(aws, put):
    put(LOG)
    put(ORG_LOG)
    assert names(collect(scope("trail-archive"), aws)) == ["a.json.gz", "b.json.gz"]


def test_it_looks_behind_the_prefix_of_the_trail(aws, put):
    put(f"security/{LOG}")
    assert names(collect(scope("trail-archive/security"), aws)) == ["a.json.gz"]


def at(moment, kind="CloudTrail"):
    """The key of a file named by this time, filed under its day."""
    name = f"{NUMBER}_CloudTrail_us-east-1_{moment:%Y%m%dT%H%MZ}_{moment:%d-%H%M}.json.gz"
    if kind == "CloudTrail-Digest":
        name = f"{NUMBER}_CloudTrail-Digest_us-east-1_trail_us-east-1_{moment:%Y%m%dT%H%M%SZ}.json.gz"
    return f"AWSLogs/{NUMBER}/{kind}/us-east-1/{moment:%Y/%m/%d}/{name}"


def minutes(*numbers):
    return [DAY + timedelta(minutes=number) for number in numbers]


def test_log_files_are_taken_from_shortly_before_the_start_until_an_hour_after_the_end(aws, put):
    for moment in minutes(594, 595, 600, 659, 660, 719, 720, 900):
        put(at(moment))
    window = {"start": DAY + timedelta(hours=10), "end": DAY + timedelta(hours=11)}
    found = names(collect(scope("trail-archive", **window), aws))
    assert found == ["01-0955.json.gz", "01-1000.json.gz", "01-1059.json.gz", "01-1100.json.gz", "01-1159.json.gz"]


def test_digests_are_taken_as_far_as_they_can_list_those_files(aws, put):
    for moment in minutes(540, 600, 660, 720, 780, 840):
        put(at(moment, "CloudTrail-Digest"))
    window = {"start": DAY + timedelta(hours=10), "end": DAY + timedelta(hours=11)}
    found = names(collect(scope("trail-archive", **window), aws))
    assert found == [f"20260301T{hour}0000Z.json.gz" for hour in (10, 11, 12, 13)]


def test_a_digest_notes_which_times_were_asked_for(aws, put):
    put(at(DAY, "CloudTrail-Digest"))
    digest = next(one for one in collect(scope("trail-archive"), aws) if isinstance(one, Artifact))
    assert digest.notes["asked"] == {
        "CloudTrail": ["2026-02-28T23:55:00+00:00", "2026-03-01T02:00:00+00:00"],
        "CloudTrail-Digest": ["2026-02-28T23:55:00+00:00", "2026-03-01T03:15:00+00:00"],
    }


@pytest.mark.parametrize("name", ["copied-by-hand.json.gz", f"{NUMBER}_CloudTrail_us-east-1_20269901T0005Z_a.json.gz"])
def test_a_file_whose_name_tells_no_time_is_taken_with_its_day(aws, put, name):
    put(f"{LOG.rpartition('/')[0]}/{name}")
    window = {"start": DAY + timedelta(hours=10), "end": DAY + timedelta(hours=11)}
    assert [one.name for one in collect(scope("trail-archive", **window), aws) if isinstance(one, Artifact)] == [name]


def test_files_of_another_time_of_the_day_show_that_the_bucket_is_the_right_one(aws, put):
    put(LOG)
    quiet = scope("trail-archive", start=DAY + timedelta(hours=10), end=DAY + timedelta(hours=11))
    found = list(collect(quiet, aws))
    assert names(found) == []
    assert GapKind.NOT_FOUND not in [kind for kind, _ in gaps(found)]


def test_it_takes_files_that_came_late_on_the_next_day(aws, put):
    put(at(DAY + timedelta(days=1, minutes=30)))
    found = collect(scope("trail-archive", end=DAY + timedelta(hours=23, minutes=50)), aws)
    assert names(found) == ["02-0030.json.gz"]


def test_it_leaves_other_accounts_regions_and_days_alone(aws, put):
    put(LOG.replace(NUMBER, "999999999999"))
    put(LOG.replace("us-east-1", "eu-west-1"))
    put(LOG.replace("2026/03/01", "2026/02/27"))
    assert names(collect(scope("trail-archive"), aws)) == []


def test_days_are_those_that_the_window_touches():
    assert [day.day for day in days(Window(DAY, DAY + timedelta(hours=23)))] == [1]
    assert [day.day for day in days(Window(DAY, DAY + timedelta(hours=25)))] == [1, 2]


def test_finding_no_log_file_is_a_gap(aws):
    assert (GapKind.NOT_FOUND, f"CloudTrail files of {NUMBER} in us-east-1") in gaps(
        collect(scope("trail-archive"), aws)
    )


def test_naming_no_bucket_is_a_gap(aws):
    assert gaps(collect(scope(), aws))[0][0] is GapKind.NOT_FOUND


def test_a_bucket_that_is_not_there_is_a_gap_and_the_others_go_on(aws, put):
    put(LOG)
    found = list(collect(scope("no-such-bucket-here", "trail-archive"), aws))
    assert gaps(found)[0] == (GapKind.NOT_FOUND, "s3://no-such-bucket-here")
    assert names(found) == ["a.json.gz"]


def test_keys_that_are_refused_are_a_gap(aws, put):
    put(LOG)
    subject = "public keys of CloudTrail in us-east-1"
    assert gaps(collect(scope("trail-archive"), aws)) == [(GapKind.DENIED, subject)]


def test_an_answer_that_is_none_of_aws_is_a_gap(aws, put):
    put(LOG)
    aws.events.register_first("before-call.cloudtrail.ListPublicKeys", answer_in_html)
    subject = "public keys of CloudTrail in us-east-1"
    assert gaps(collect(scope("trail-archive"), aws)) == [(GapKind.UNREADABLE, subject)]


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation"])
def test_a_refusal_is_a_gap_of_its_own_kind(code):
    gap = gap_of(refusal(code), "s3://trail-archive")
    assert gap.kind is GapKind.DENIED
    assert code in gap.detail


def test_a_digest_whose_signature_is_refused_is_collected_with_a_gap(aws):
    s3 = aws.client("s3")
    entry = {"Key": LOG.replace("CloudTrail", "CloudTrail-Digest"), "ETag": '"e"', "Size": 1, "LastModified": DAY}
    with Stubber(s3) as stub:
        stub.add_client_error("head_object", "403", expected_params={"Bucket": "trail-archive", "Key": ANY})
        gap, artifact = artifact_of(s3, Listed("trail-archive", "CloudTrail-Digest", entry), scope())
    assert gap.subject.startswith("signature of s3://trail-archive/")
    assert "metadata" not in artifact.notes


class TestInTheSimulatedOrganisation:
    @pytest.fixture
    def found(self, simulated):
        start, end = (datetime.fromisoformat(moment) for moment in simulated["window"])
        wanted = Scope("test", NUMBER, "us-east-1", start, end, (bucket_of(simulated),))
        return list(collect(wanted, session_in(NUMBER)))

    def test_digests_come_with_their_signature(self, found):
        digests = [one for one in found if "_CloudTrail-Digest_" in one.name]
        assert len(digests) >= 24
        assert all(len(bytes.fromhex(one.notes["metadata"]["signature"])) == 256 for one in digests)

    def test_the_keys_that_signed_them_come_along_once(self, found):
        keys = [one for one in found if one.name == "public-keys.json"]
        rows = json.loads(keys[0].open().read())["PublicKeyList"]
        assert len(keys) == 1
        assert set(rows[0]) == {"Value", "Fingerprint", "ValidityStartTime", "ValidityEndTime"}

    def test_the_deleted_file_is_not_among_them(self, found, simulated):
        origins = {one.origin for one in found}
        bucket, wrong = bucket_of(simulated), simulated["on_purpose"]
        assert f"s3://{bucket}/{wrong['altered']}" in origins
        assert f"s3://{bucket}/{wrong['missing']}" not in origins

    def test_there_is_nothing_that_it_could_not_read(self, found):
        assert gaps(found) == []


def test_a_body_is_a_stream_and_not_yet_in_memory(aws, put):
    put(LOG)
    artifact = next(one for one in collect(scope("trail-archive"), aws) if isinstance(one, Artifact))
    body = artifact.open()
    assert isinstance(body, StreamingBody)
    assert body.read() == b"x"
