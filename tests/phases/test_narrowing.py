"""What a session may do: no more than its source declares, no other thing than the run names, and short enough."""

import json

import pytest

from collectors import sources
from phases.narrowing import LONGEST, Needs, policy_for, session_policy

ALONE = json.loads(session_policy(Needs(sources.get("cloudtrail").permissions)))
CLOUDTRAIL, SNAPSHOTS = sources.get("cloudtrail"), sources.get("ebs_snapshots")


def needs(source, resources=()):
    return Needs(source.permissions, source.narrowed_by, tuple(resources))


def allowed(policy, action):
    """The resources for which the action is allowed."""
    return [row["Resource"] for row in policy["Statement"] if action in row["Action"]]


@pytest.mark.parametrize("source", [one for one in sources if one.needs_aws], ids=lambda source: source.name)
def test_the_policy_of_every_source_fits(source):
    assert len(session_policy(needs(source))) <= LONGEST


@pytest.mark.parametrize("source", list(sources), ids=lambda source: source.name)
def test_a_source_says_by_which_resources_it_is_narrowed(source):
    assert source.narrowed_by in ("", "buckets", "instances")
    assert not source.narrowed_by or source.resources


def test_a_session_may_read_from_the_buckets_of_the_run_alone():
    policy = policy_for(needs(CLOUDTRAIL, ["org-trail/prefix", "other-trail"]))
    assert allowed(policy, "s3:ListBucket") == [["arn:aws:s3:::org-trail", "arn:aws:s3:::other-trail"]]
    assert allowed(policy, "s3:GetObject") == [["arn:aws:s3:::org-trail/prefix*", "arn:aws:s3:::other-trail/*"]]
    assert allowed(policy, "cloudtrail:ListPublicKeys") == [["*"]]


def test_a_session_may_take_snapshots_of_the_instances_of_the_run_alone():
    policy = policy_for(needs(SNAPSHOTS, ["i-0123456789abcdef0"]))
    [arns] = allowed(policy, "ec2:CreateSnapshots")
    assert arns[0] == "arn:aws:ec2:*:*:instance/i-0123456789abcdef0"
    assert "arn:aws:ec2:*:*:instance/*" not in arns


def test_what_is_read_from_s3_may_be_decrypted_through_s3_alone():
    [row] = [row for row in ALONE["Statement"] if row["Action"] == ["kms:Decrypt"]]
    assert row["Condition"] == {"StringLike": {"kms:ViaService": "s3.*.amazonaws.com*"}}
    assert not allowed(policy_for(needs(SNAPSHOTS)), "kms:Decrypt")


@pytest.mark.parametrize("name", ["*", "bucket/*", "UPPER", "${aws:username}", "a", ""])
def test_a_name_that_is_no_bucket_is_written_into_no_policy(name):
    assert policy_for(needs(CLOUDTRAIL, [name])) == ALONE


def test_too_many_names_are_left_out_rather_than_refused_by_aws():
    names = [f"bucket-with-a-long-name-{number}" for number in range(100)]
    assert json.loads(session_policy(needs(CLOUDTRAIL, names))) == ALONE


def test_a_source_that_declares_too_much_is_told_so():
    greedy = Needs(tuple(f"ec2:DescribeSomething{number}" for number in range(100)))
    with pytest.raises(ValueError, match="a session policy for 100 actions has"):
        session_policy(greedy)


def test_the_arns_are_of_the_partition_that_the_role_is_in():
    text = session_policy(needs(CLOUDTRAIL, ["org-trail"]), "aws-cn")
    assert allowed(json.loads(text), "s3:ListBucket") == [["arn:aws-cn:s3:::org-trail"]]
