"""What a session may do: what its source declares, and what AWS does in the session's name for encrypted data."""

import pytest

from phases.narrowing import Needs, policy_for


def actions(*permissions):
    return [action for statement in policy_for(Needs(permissions))["Statement"] for action in statement["Action"]]


def test_a_session_may_do_what_the_source_declares_and_no_more():
    assert actions("ec2:DescribeInstances") == ["ec2:DescribeInstances", "sts:GetCallerIdentity"]


@pytest.mark.parametrize(
    ("action", "implied"),
    [
        ("s3:GetObject", "kms:Decrypt"),
        ("s3:PutObject", "kms:GenerateDataKey"),
        ("ebs:GetSnapshotBlock", "kms:Decrypt"),
    ],
)
def test_it_may_use_the_key_of_what_it_reads_and_writes(action, implied):
    assert implied in actions(action)
