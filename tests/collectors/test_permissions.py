"""From API operations to the IAM actions that they need."""

import pytest

from collectors.permissions import actions_of


@pytest.mark.parametrize(
    ("service", "operation", "action"),
    [
        ("s3", "ListObjectsV2", "s3:ListBucket"),
        ("s3", "HeadObject", "s3:GetObject"),
        ("s3", "GetObject", "s3:GetObject"),
        ("elbv2", "DescribeLoadBalancers", "elasticloadbalancing:DescribeLoadBalancers"),
        ("s3", "GetPublicAccessBlock", "s3:GetBucketPublicAccessBlock"),
        ("accessanalyzer", "ListFindingsV2", "access-analyzer:ListFindings"),
        ("cloudtrail", "ListPublicKeys", "cloudtrail:ListPublicKeys"),
    ],
)
def test_an_operation_needs_its_action(service, operation, action):
    assert actions_of(service, operation, {}) == (action,)


def test_tagging_while_making_needs_a_second_action():
    given = {"TagSpecifications": [{"ResourceType": "snapshot", "Tags": []}]}
    assert actions_of("ec2", "CreateSnapshots", given) == ("ec2:CreateSnapshots", "ec2:CreateTags")


def test_tagging_a_database_snapshot_needs_a_second_action_too():
    actions = actions_of("rds", "CreateDBSnapshot", {"Tags": [{"Key": "k", "Value": "v"}]})
    assert actions == ("rds:CreateDBSnapshot", "rds:AddTagsToResource")
