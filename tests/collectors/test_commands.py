"""Commands to machines: sent once, waited for, and every way in which one does not answer is a gap in words.

Where SSM's answers are canned they have the shape that AWS documents; the rest runs in the simulation, which runs no
script: what the scripts do is seen in test_documents.py.
"""

from datetime import timedelta

import pytest
from botocore.exceptions import ClientError

from collectors.memory import collect
from plugins import Gap, GapKind, NotReady, Refused
from tests.collectors.machines import NUMBER, SUM, answer, command, ended, heard, ready, refuse, report, scope_of
from tests.simulation.running import session_in


@pytest.fixture
def aws(simulated):
    return session_in(NUMBER, role="ForensicsAcquire")


@pytest.fixture
def label(tmp_path):
    """A run of its own for each test: the simulation remembers commands."""
    return f"test:{tmp_path.name}"


@pytest.fixture
def scope(simulated, label):
    return scope_of(simulated, simulated["instance"], label=label)


@pytest.fixture
def asked_before(aws, simulated):
    """``asked_before(...)``: this run has sent its command already, and this is what SSM says of it."""

    def say(said, **changes):
        answer(aws, "ListCommands", {"Commands": [command(**changes)]})
        answer(aws, "GetCommandInvocation", said)
        return scope_of(simulated, "i-0123456789abcdef0")

    return say


def machine(aws, state):
    """A running instance that the simulation's SSM sees in this state."""
    tags = [{"ResourceType": "instance", "Tags": [{"Key": "simulation:ssm", "Value": state}]}]
    given = {"ImageId": "ami-12c6146b", "MinCount": 1, "MaxCount": 1, "TagSpecifications": tags}
    return aws.client("ec2").run_instances(**given)["Instances"][0]["InstanceId"]


class TestSending:
    def test_it_waits_twice_and_then_brings_the_file(self, aws, scope):
        [artifact], waits = ready(collect, scope, aws)
        assert waits == 2
        with artifact.open() as stream:
            assert stream.read().startswith(scope.resources[0].encode())

    def test_a_repeat_sends_nothing_twice(self, aws, scope):
        sent = heard(aws, "SendCommand")
        first, _ = ready(collect, scope, aws)
        again, waits = ready(collect, scope, aws)
        assert (len(sent), waits) == (1, 0)
        assert [one.version for one in again] == [one.version for one in first]

    def test_another_run_sends_its_own(self, aws, simulated, scope):
        sent = heard(aws, "SendCommand")
        ready(collect, scope, aws)
        ready(collect, scope_of(simulated, *scope.resources, label=f"{scope.label}-2"), aws)
        assert len(sent) == 2

    def test_every_machine_is_asked_before_any_is_waited_for(self, aws, simulated, label):
        sent = heard(aws, "SendCommand")
        both = scope_of(simulated, simulated["instance"], machine(aws, ""), label=label)
        with pytest.raises(NotReady, match="still at work"):
            list(collect(both, aws))
        assert [one["InstanceIds"] for one in sent] == [[instance] for instance in both.resources]

    def test_a_command_is_found_on_a_later_page(self, aws, simulated):
        pages = [{"Commands": [command(label="other:1")], "NextToken": "more"}, {"Commands": [command()]}]
        answer(aws, "ListCommands", lambda: pages.pop(0))
        answer(aws, "GetCommandInvocation", ended(out=report()))
        [artifact] = collect(scope_of(simulated, "i-0123456789abcdef0"), aws)
        assert (artifact.size, artifact.sha256) == (4, SUM)

    def test_of_two_commands_the_first_counts(self, aws, simulated, asked_before):
        scope = asked_before(ended(out=report()))
        older = command(CommandId="0" * 36)
        older["RequestedDateTime"] -= timedelta(minutes=5)
        answer(aws, "ListCommands", {"Commands": [command(), older]})
        seen = heard(aws, "GetCommandInvocation")
        list(collect(scope, aws))
        assert [one["CommandId"] for one in seen] == ["0" * 36]

    def test_the_command_of_another_document_is_not_ours(self, aws, simulated, asked_before):
        sent = heard(aws, "SendCommand")
        answer(aws, "SendCommand", {"Command": command()})
        scope = asked_before(ended(out=report()), name="live_response_linux")
        answer(aws, "DescribeInstanceInformation", {"InstanceInformationList": [online(scope)]})
        list(collect(scope, aws))
        assert len(sent) == 1


def online(scope):
    return {"InstanceId": scope.resources[0], "PingStatus": "Online", "PlatformType": "Linux"}


class TestParameters:
    @pytest.fixture
    def sent(self, aws, scope):
        calls = heard(aws, "SendCommand")
        with pytest.raises(NotReady):
            list(collect(scope, aws))
        return calls[0]

    def test_no_parameter_holds_a_credential_but_in_the_query_of_a_presigned_address(self, aws, sent):
        held = aws.get_credentials().get_frozen_credentials()
        told = [value.partition("?")[0] for values in sent["Parameters"].values() for value in values]
        secrets = (held.access_key, held.secret_key, held.token)
        assert all(secrets)
        assert not [value for value in told for secret in secrets if secret in value]
        assert held.secret_key not in str(sent)

    def test_no_parameter_lets_anyone_write(self, aws, sent, scope):
        """Addresses to write to are in the plan, which the machine fetches; the command shows one to read it by."""
        plan = aws.client("s3").get_object(Bucket=scope.staging, Key=f"{scope.label}/memory/{scope.resources[0]}/plan")
        urls = plan["Body"].read().decode().split()
        assert len(urls) == 128
        assert not [url for url in urls if url in str(sent)]

    def test_an_address_ends_within_the_hour(self, sent):
        [url] = sent["Parameters"]["PlanUrl"]
        assert "X-Amz-Expires=3600" in url

    def test_the_command_is_of_the_version_that_was_looked_at_and_must_be_taken_soon(self, sent):
        assert (sent["DocumentVersion"], sent["TimeoutSeconds"]) == ("1", 600)

    def test_neither_ssm_nor_a_bucket_keeps_its_output(self, sent):
        assert not {"OutputS3BucketName", "CloudWatchOutputConfig"} & set(sent)


class TestMachinesThatCannotBeAsked:
    def gap(self, aws, simulated, instance, label="test:none", **changes):
        [gap] = collect(scope_of(simulated, instance, label=label, **changes), aws)
        return gap

    def test_one_that_ssm_does_not_manage(self, aws, simulated):
        gap = self.gap(aws, simulated, machine(aws, "unmanaged"))
        assert gap.kind is GapKind.NOT_ENABLED
        assert "needs a running agent" in gap.detail

    def test_one_that_ssm_has_lost(self, aws, simulated):
        gap = self.gap(aws, simulated, machine(aws, "ConnectionLost"))
        assert gap.kind is GapKind.UNREADABLE
        assert "SSM calls it ConnectionLost and last heard of it at 20" in gap.detail

    def test_a_platform_for_which_there_is_no_document(self, aws, simulated):
        mac = {"InstanceId": "i-0123456789abcdef0", "PingStatus": "Online", "PlatformType": "MacOS"}
        answer(aws, "DescribeInstanceInformation", {"InstanceInformationList": [mac]})
        gap = self.gap(aws, simulated, "i-0123456789abcdef0")
        assert (gap.kind, gap.detail) == (GapKind.UNSUPPORTED, "no document of ours runs on MacOS")

    def test_nothing_is_sent_to_any_of_them(self, aws, simulated):
        sent = heard(aws, "SendCommand")
        for state in ("unmanaged", "ConnectionLost", "Windows"):
            self.gap(aws, simulated, machine(aws, state))
        assert sent == []

    def test_the_others_go_on(self, aws, simulated, label):
        scope = scope_of(simulated, machine(aws, "unmanaged"), simulated["instance"], label=label)
        found, _ = ready(collect, scope, aws)
        assert [isinstance(one, Gap) for one in found] == [True, False]

    def test_one_that_was_asked_before_it_was_cut_off_still_hands_over(self, aws, asked_before):
        answer(aws, "DescribeInstanceInformation", {"InstanceInformationList": []})
        [artifact] = collect(asked_before(ended(out=report())), aws)
        assert artifact.size == 4


class TestDocumentsInTheAccount:
    def test_one_that_is_not_ours_is_not_run(self, aws, scope):
        sent = heard(aws, "SendCommand")
        answer(aws, "GetDocument", {"Content": '{"schemaVersion": "2.2"}', "DocumentVersion": "3"})
        [gap] = collect(scope, aws)
        assert (gap.kind, sent) == (GapKind.CHANGED, [])
        assert "is not the one that came with the portal" in gap.detail

    @pytest.mark.parametrize("content", ["{", "[" * 100_000, ""])
    def test_nor_one_that_is_no_document(self, aws, scope, content):
        answer(aws, "GetDocument", {"Content": content, "DocumentVersion": "3"})
        assert [gap.kind for gap in collect(scope, aws)] == [GapKind.CHANGED]

    def test_one_that_is_missing_is_named_with_the_remedy(self, simulated, label):
        """The account of the security tools has no documents."""
        aws = session_in("100000000003", role="ForensicsAcquire")
        scope = scope_of(simulated, machine(aws, ""), label=label)
        [gap] = collect(scope, aws)
        assert gap.kind is GapKind.NOT_ENABLED
        assert "ForensicsPortal-memory_linux" in gap.detail
        assert "docs/machines.md" in gap.detail


class TestTheEndOfACommand:
    @pytest.mark.parametrize("status", ["Pending", "InProgress", "Delayed", "Cancelling"])
    def test_it_is_waited_for(self, aws, asked_before, status):
        with pytest.raises(NotReady, match="i-0123456789abcdef0: memory is still at work"):
            list(collect(asked_before(ended(status)), aws))

    def test_ssm_may_take_a_moment_to_know_of_it(self, aws, asked_before):
        scope = asked_before({})
        refuse(aws, "GetCommandInvocation", "InvocationDoesNotExist")
        with pytest.raises(NotReady):
            list(collect(scope, aws))

    def test_a_machine_that_never_answers_is_given_up(self, aws, asked_before):
        scope = asked_before(ended("InProgress"), expires=timedelta(hours=-3, minutes=-1))
        [gap] = collect(scope, aws)
        assert gap.kind is GapKind.TIMED_OUT
        assert "SSM knows no end of command 11111111" in gap.detail

    @pytest.mark.parametrize(
        ("status", "details", "kind"),
        [
            ("Failed", "Failed", GapKind.UNREADABLE),
            ("TimedOut", "DeliveryTimedOut", GapKind.TIMED_OUT),
            ("Failed", "AccessDenied", GapKind.DENIED),
            ("Failed", "InvalidPlatform", GapKind.UNSUPPORTED),
            ("Cancelled", "Cancelled", GapKind.UNREADABLE),
        ],
    )
    def test_a_failure_is_a_gap(self, aws, asked_before, status, details, kind):
        [gap] = collect(asked_before(ended(status, StatusDetails=details)), aws)
        assert (gap.kind, gap.detail) == (kind, f"SSM: {details}; the machine says: nothing")

    def test_it_is_told_in_the_last_words_of_the_machine(self, aws, asked_before):
        said = "x" * 5000 + "no room in /var/tmp\n"
        [gap] = collect(asked_before(ended("Failed", StandardErrorContent=said)), aws)
        assert gap.detail.endswith("no room in /var/tmp")
        assert len(gap.detail) < 1100

    @pytest.mark.parametrize(
        "out",
        [
            "",
            "not json",
            "<script>alert(1)</script>",
            "[" * 24_000,
            report().strip() + " trailing",
            report(size="-1"),
            report(size="1e9"),
            report(size="9" * 30),
            report(size="٤"),
            report(sha256="AB" * 32),
            report(sha256="../../etc"),
            report(parts=129),
            report(parts=0),
            report() + "and then some",
        ],
    )
    def test_hostile_output_is_a_gap(self, aws, asked_before, out):
        [gap] = collect(asked_before(ended(out=out)), aws)
        assert gap.kind is GapKind.UNREADABLE
        assert "not what our document prints" in gap.detail
        assert len(gap.detail) < 1100

    def test_what_came_before_the_last_line_is_of_no_account(self, aws, asked_before):
        [artifact] = collect(asked_before(ended(out="warning: slow disk\r\n" + report())), aws)
        assert artifact.size == 4

    def test_a_file_says_where_it_came_from(self, aws, asked_before):
        [artifact] = collect(asked_before(ended(out=report())), aws)
        assert artifact.origin == "arn:aws:ec2:us-east-1:111122223333:instance/i-0123456789abcdef0#memory"
        assert (artifact.notes["host_sha256"], artifact.notes["document_version"]) == (SUM, "1")


class TestRefusals:
    @pytest.mark.parametrize("operation", ["ListCommands", "DescribeInstanceInformation", "GetDocument", "SendCommand"])
    def test_a_refusal_is_a_gap_of_its_machine(self, aws, scope, operation):
        refuse(aws, operation, "AccessDeniedException")
        [gap] = collect(scope, aws)
        assert (gap.kind, gap.subject) == (GapKind.DENIED, scope.resources[0])

    @pytest.mark.parametrize("operation", ["ListCommands", "SendCommand"])
    @pytest.mark.parametrize("code", ["ThrottlingException", "ExpiredTokenException"])
    def test_too_many_calls_and_old_credentials_are_waited_for(self, aws, scope, operation, code):
        refuse(aws, operation, code)
        with pytest.raises(NotReady, match=code):
            list(collect(scope, aws))

    def test_a_bucket_that_is_closed_is_one_gap(self, aws, scope):
        refuse(aws, "HeadBucket", "403", "s3")
        [gap] = collect(scope, aws)
        assert (gap.kind, gap.subject) == (GapKind.DENIED, f"s3://{scope.staging}")

    def test_without_a_bucket_the_remedy_is_named(self, aws, simulated):
        with pytest.raises(Refused, match="set STAGING_BUCKET"):
            list(collect(scope_of(simulated, "i-1", staging=""), aws))

    def test_evidence_does_not_leave_its_region_through_the_bucket(self, aws, scope):
        sent = heard(aws, "SendCommand")
        answer(aws, "HeadBucket", {"BucketRegion": "eu-central-1"}, "s3")
        with pytest.raises(Refused, match="lies in eu-central-1, and evidence of us-east-1 must stay there"):
            list(collect(scope, aws))
        assert sent == []


class TestWhatLiesInTheBucket:
    @pytest.fixture
    def laid(self, aws, simulated, asked_before):
        """``laid(size, parts)``: the artifact of a machine that said so, over whatever the parts hold."""

        def lay(size, *parts):
            scope = asked_before(ended(out=report(size=size, parts=len(parts))))
            for number, data in enumerate(parts, start=1):
                key = f"{scope.label}/memory/{scope.resources[0]}/part-{number:04d}"
                aws.client("s3").put_object(Bucket=scope.staging, Key=key, Body=data)
            [artifact] = collect(scope, aws)
            return artifact

        return lay

    def test_the_parts_are_one_file(self, laid):
        with laid(7, b"abc", b"de", b"fg").open() as stream:
            assert stream.read() == b"abcdefg"

    def test_more_than_was_announced_is_not_read_to_its_end(self, laid):
        with laid(10, b"x" * 300_000, b"y" * 300_000).open() as stream:
            assert 10 < len(stream.read()) < 300_000

    def test_a_part_that_is_not_there_rises_in_the_words_of_aws(self, laid, aws):
        artifact = laid(3, b"abc")
        place = artifact.notes["handed_over_by"].removeprefix("s3://").partition("/")
        aws.client("s3").delete_object(Bucket=place[0], Key=f"{place[2]}/part-0001")
        with artifact.open() as stream, pytest.raises(ClientError, match="NoSuchKey"):
            stream.read()

    def test_old_credentials_are_waited_for(self, laid, aws):
        refuse(aws, "GetObject", "ExpiredToken", "s3")
        with laid(3, b"abc").open() as stream, pytest.raises(NotReady, match="ExpiredToken"):
            stream.read()
