"""What a try at a role showed is said with its remedy."""

import pytest

from cases.models import AwsAccount, RoleCheck
from cases.role_words import problems_of, state_of

NUMBER = "111122223333"
SOUND = {
    "role_arn": f"arn:aws:iam::{NUMBER}:role/ForensicsReadOnly",
    "is_entered": True,
    "found_account": NUMBER,
    "refuses_strangers": True,
    "are_actions_known": True,
}


def said(**fields):
    check = RoleCheck(account=AwsAccount(account=NUMBER, name="prod-web"), role="read", **SOUND | fields)
    return [f"{problem.words} {problem.remedy}" for problem in problems_of(check)]


def test_a_sound_role_needs_no_words():
    assert said() == []


@pytest.mark.parametrize(
    ("fields", "words", "remedy"),
    [
        ({"is_entered": False}, "does not let the portal in", "Deploy ForensicsReadOnly there"),
        ({"is_entered": False, "role_arn": ""}, "no such role", f"manage.py account {NUMBER} --read-role ARN"),
        ({"found_account": "444455556666"}, "leads to account 444455556666", "Correct its ARN"),
        ({"refuses_strangers": False}, "takes any ExternalId", "Put sts:ExternalId into its trust policy"),
        ({"refuses_strangers": None}, "is not known", "Try again"),
        ({"are_actions_known": False}, "lacks is not known", "iam:SimulatePrincipalPolicy on itself"),
        ({"missing_actions": ["s3:GetObject"]}, "would refuse it: s3:GetObject.", "Deploy"),
    ],
)
def test_what_is_wrong_is_said_with_what_to_do(fields, words, remedy):
    [sentence] = said(**fields)
    assert words in sentence
    assert remedy in sentence


def test_many_missing_actions_are_counted():
    [sentence] = said(missing_actions=[f"ec2:Describe{number}" for number in range(40)])
    assert "and 28 more" in sentence


def test_the_simulation_is_not_blamed_for_what_it_cannot_do():
    check = RoleCheck(account=AwsAccount(account=NUMBER), role="read", **SOUND | {"refuses_strangers": False})
    [problem] = problems_of(check, is_simulated=True)
    assert "as every role does in simulated AWS" in problem.words
    assert (state_of(check, [problem]), state_of(check, problems_of(check))) == ("ok", "warn")


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "ok"),
        ({"refuses_strangers": False, "missing_actions": ["s3:GetObject"]}, "warn"),
        ({"refuses_strangers": False, "are_actions_known": False}, "warn"),
        ({"is_entered": False}, "failed"),
        ({"found_account": "444455556666"}, "failed"),
    ],
)
def test_only_what_needs_doing_speaks_against_a_role_that_works(fields, state):
    check = RoleCheck(account=AwsAccount(account=NUMBER), role="read", **SOUND | fields)
    assert state_of(check, problems_of(check, is_simulated=True)) == state
