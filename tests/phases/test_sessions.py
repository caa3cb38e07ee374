"""The way into an account: what is said at the door, what is refused there, and what lasts when credentials end."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from moto import mock_aws

from cases.models import AwsAccount, Run
from collectors import Source, sources
from phases.entering import portal_session
from phases.sessions import EntryDenied, identity_of, session_for
from plugins import NotReady, Refused

NUMBER, ARCHIVE = "111122223333", "100000000002"
CLOUDTRAIL, SNAPSHOTS = sources.get("cloudtrail"), sources.get("ebs_snapshots")
IDENTITY = Source("identity", "Identity", ("s3:ListAllMyBuckets",), lambda scope, aws: iter(()))


def role(number, name="ForensicsReadOnly"):
    return f"arn:aws:iam::{number}:role/{name}"


@pytest.fixture
def portal(monkeypatch):
    """The portal's own session, in moto; ``said`` holds what was asked of STS."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        session = portal_session("eu-west-1")
        session.said = []
        session.events.register(
            "provide-client-params.sts.AssumeRole", lambda params, **_: session.said.append(dict(params))
        )
        yield session


@pytest.fixture
def account(db):
    return AwsAccount.objects.create(
        account=NUMBER, name="prod-web", kind="workload", read_role_arn=role(NUMBER), external_id="its-own"
    )


@pytest.fixture
def archive(db):
    return AwsAccount.objects.create(
        account=ARCHIVE, name="logs", kind="log_archive", read_role_arn=role(ARCHIVE), external_id="another"
    )


@pytest.fixture
def run(incident, rin):
    scope = {"account": NUMBER, "region": "eu-west-1", "resources": ["org-trail"]}
    return Run(pk=7, incident=incident, requested_by=rin, scope=scope, title="Snapshots")


def refusing(code, message="no"):
    """A hook that answers with an error of AWS, and counts how often."""
    asked = []

    def answer(**_):
        asked.append(code)
        http = AWSResponse("https://sts", 400, {}, None)
        return http, {"Error": {"Code": code, "Message": message}, "ResponseMetadata": {"HTTPStatusCode": 400}}

    answer.asked = asked
    return answer


def test_the_session_is_in_the_role_of_the_runs_account(portal, account, run):
    session = session_for(run, IDENTITY, portal)
    assert session.client("sts").get_caller_identity()["Arn"].endswith(f"ForensicsReadOnly/fp-{run.incident}-7")


def test_aws_is_told_who_asked_for_which_incident_and_run(portal, account, run):
    session_for(run, IDENTITY, portal)
    [said] = portal.said
    assert (said["RoleArn"], said["ExternalId"], said["SourceIdentity"]) == (role(NUMBER), "its-own", "fp-rin")
    assert said["Tags"] == [{"Key": "incident", "Value": run.incident.reference}, {"Key": "run", "Value": "7"}]
    assert said["DurationSeconds"] <= 3600


def test_the_session_can_do_no_more_than_the_run_needs(portal, account, archive, run):
    session_for(run, CLOUDTRAIL, portal)
    policy = json.loads(portal.said[0]["Policy"])
    assert {"arn:aws:s3:::org-trail/*"} in [set(row["Resource"]) for row in policy["Statement"]]


def test_logs_are_read_where_the_log_archive_is(portal, account, archive, run):
    session_for(run, CLOUDTRAIL, portal)
    assert portal.said[0]["RoleArn"] == role(ARCHIVE)


def test_a_source_that_acts_takes_the_role_for_it(portal, account, run):
    with pytest.raises(Refused, match=r"prod-web .* has no acquire role that lets the portal in for Snapshots"):
        session_for(run, SNAPSHOTS, portal)
    AwsAccount.objects.update(acquire_role_arn=role(NUMBER, "ForensicsAcquire"))
    session_for(run, SNAPSHOTS, portal)
    assert portal.said[0]["RoleArn"] == role(NUMBER, "ForensicsAcquire")


def test_an_account_that_nobody_registered_is_named(portal, run):
    with pytest.raises(Refused, match=f"account {NUMBER} is not registered"):
        session_for(run, IDENTITY, portal)


def test_an_account_without_an_external_id_is_named(portal, account, run):
    AwsAccount.objects.update(external_id="")
    with pytest.raises(Refused, match=r"prod-web .* has no ExternalId"):
        session_for(run, IDENTITY, portal)


def test_a_role_that_leads_elsewhere_is_refused(portal, account, run):
    AwsAccount.objects.update(read_role_arn=role("999999999999"))
    with pytest.raises(Refused, match=f"leads to account 999999999999, not {NUMBER}"):
        session_for(run, IDENTITY, portal)


def test_a_closed_door_is_told_in_the_words_of_aws(portal, account, run):
    portal.events.register("before-call.sts.AssumeRole", refusing("AccessDenied", "not authorized"))
    with pytest.raises(EntryDenied, match="not authorized") as denial:
        session_for(run, IDENTITY, portal)
    assert denial.value.role == role(NUMBER)


def test_another_error_says_which_role_it_was(portal, account, run):
    portal.events.register("before-call.sts.AssumeRole", refusing("MalformedPolicyDocument"))
    with pytest.raises(Refused, match=r"ForensicsReadOnly could not be assumed: .*MalformedPolicyDocument"):
        session_for(run, IDENTITY, portal)


def test_a_door_that_is_asked_too_often_is_asked_later(portal, account, run):
    portal.events.register("before-call.sts.AssumeRole", refusing("Throttling", "Rate exceeded"))
    with pytest.raises(NotReady, match="Rate exceeded") as wait:
        session_for(run, IDENTITY, portal)
    assert 15 <= wait.value.seconds < 45


def test_runs_that_were_turned_away_together_do_not_come_back_together(portal, account, run):
    portal.events.register("before-call.sts.AssumeRole", refusing("Throttling"))
    seconds = set()
    for run.pk in range(1, 21):
        with pytest.raises(NotReady) as wait:
            session_for(run, IDENTITY, portal)
        seconds.add(wait.value.seconds)
    assert len(seconds) > 10


@pytest.mark.parametrize("name", ["rin", "Rin Tanaka", "凛", "x" * 200])
def test_who_asked_is_written_as_aws_takes_it(rin, name):
    rin.username = name
    assert 2 <= len(identity_of(rin)) <= 64
    assert identity_of(rin).isascii()


def test_a_client_is_made_once_for_each_service_and_region(portal, account, run):
    session = session_for(run, IDENTITY, portal)
    assert session.client("s3") is session.client("s3", region_name="eu-west-1")
    assert session.client("s3") is not session.client("s3", region_name="us-east-1")
    assert session.client("s3") is not session.client("s3", use_ssl=False)


class TestCredentialsThatEnd:
    @pytest.fixture
    def session(self, portal, account, run):
        made = session_for(run, IDENTITY, portal)
        made.client("s3").create_bucket(
            Bucket="org-trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        return made

    def test_they_are_renewed_once_and_the_call_is_made_again(self, session, portal):
        answers = expiring(session, times=1)
        assert [row["Name"] for row in session.client("s3").list_buckets()["Buckets"]] == ["org-trail"]
        assert (len(portal.said), len(answers)) == (2, 2)

    def test_they_are_renewed_before_they_end(self, portal, account, run):
        """Moto gives every session its full time; here the first has a minute left."""
        left = [timedelta(minutes=1)]
        portal.events.register("after-call.sts.AssumeRole", lambda parsed, **_: shorten(parsed, left))
        session = session_for(run, IDENTITY, portal)
        for _ in range(3):
            session.client("s3").list_buckets()
        assert len(portal.said) == 2

    def test_the_renewed_session_can_do_no_more_than_the_first(self, session, portal):
        expiring(session, times=1)
        session.client("s3").list_buckets()
        assert portal.said[0] == portal.said[1]

    def test_credentials_that_aws_refuses_again_are_not_renewed_for_ever(self, session, portal):
        answers = expiring(session, times=99)
        for _ in range(3):
            with pytest.raises(ClientError, match="ExpiredToken"):
                session.client("s3").list_buckets()
        assert (len(portal.said), len(answers)) == (2, 6)

    def test_a_door_that_has_closed_meanwhile_is_told_in_the_words_of_aws(self, session, portal):
        expiring(session, times=1)
        portal.client("sts").meta.events.register("before-call.sts.AssumeRole", refusing("AccessDenied"))
        with pytest.raises(ClientError, match="AccessDenied"):
            session.client("s3").list_buckets()


def shorten(parsed, left):
    if left:
        parsed["Credentials"]["Expiration"] = datetime.now(UTC) + left.pop()


def expiring(session, times):
    """Let S3 call the credentials expired so many times: moto never does. Returns the list of its answers."""
    answered = []

    def answer(request, **_):
        answered.append(request.headers["Authorization"])
        return Expired() if len(answered) <= times else None

    session.client("s3").meta.events.register_first("before-send.s3.ListBuckets", answer)
    return answered


class Expired:
    status_code, headers = 400, {}
    content = b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"
