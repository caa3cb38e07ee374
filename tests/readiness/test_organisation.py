"""How checks ask: whole answers, refusals in AWS's words, and no answer that is none."""

import pytest

from readiness import Outcome
from readiness.organisation import Kind, NotAnswered, NotEntered, each
from tests.readiness.organisations import FORENSICS, PROD, looked, organisation, told


def place(answers):
    return told(answers).place(PROD)


def test_an_answer_says_what_was_asked_and_where():
    answer = place({"ec2.DescribeVpcs": {"Vpcs": []}}).ask("ec2", "describe_vpcs", {"VpcIds": ["vpc-1"]})
    assert answer.asked == 'ec2:DescribeVpcs {"VpcIds": ["vpc-1"]} in prod-web (111122223333), us-east-1'
    assert answer.data == {"Vpcs": []}


def test_a_refusal_is_not_known_in_the_words_of_aws():
    with pytest.raises(NotAnswered, match="AccessDenied, says AWS") as refusal:
        place({}).ask("ec2", "describe_vpcs")
    assert refusal.value.observation.outcome == "not_known"


def test_an_error_that_was_expected_is_an_answer():
    answer = place({"s3.GetBucketPolicy": "NoSuchBucketPolicy"}).ask(
        "s3", "get_bucket_policy", {"Bucket": "logs"}, ("NoSuchBucketPolicy",)
    )
    assert answer.code == "NoSuchBucketPolicy"
    assert "says AWS" in answer.failed("No policy.").answered


def test_an_answer_without_what_was_asked_for_is_none():
    with pytest.raises(NotAnswered, match="no IsLogging"):
        place({"cloudtrail.GetTrailStatus": {}}).ask("cloudtrail", "get_trail_status", {"Name": "t"}).data["IsLogging"]


def test_an_account_that_cannot_be_entered_says_so():
    with pytest.raises(NotEntered, match="does not trust the portal"):
        organisation().place(PROD).ask("ec2", "describe_vpcs")


def test_a_place_that_does_not_answer_leaves_the_others_alone():
    answers = {"ec2.DescribeVpcs": lambda account: {"Vpcs": []} if account == PROD else "AccessDenied"}

    def look(place):
        yield place.ask("ec2", "describe_vpcs").passed(f"{place.account.name} answered")

    seen = list(each(told(answers).places(Kind.FORENSICS, Kind.WORKLOAD), look))
    assert [one.says for one in seen] == ["Could not be seen.", "prod-web answered"]


def test_an_answer_with_odd_parts_is_not_known_and_says_which():
    verdict = looked("flow_logs", {"ec2.DescribeVpcs": {"Vpcs": [{}]}})
    assert verdict.outcome is Outcome.NOT_KNOWN
    assert verdict.observations[0].answered == "KeyError: 'VpcId'"


def test_each_account_is_entered_once():
    entered = []
    seen = organisation(enter=lambda account, role: entered.append(account) or told({}).enter(account, role))
    for _ in range(3):
        list(each([seen.place(PROD), seen.place(FORENSICS)], lambda place: iter([place.ask("ec2", "describe_vpcs")])))
    assert entered == [PROD, FORENSICS]
