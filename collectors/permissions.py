"""Which IAM action an API operation needs, where the two do not have the same name.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

OTHER_NAMES = {
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "ListObjects"): ("s3:ListBucket",),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "HeadObject"): ("s3:GetObject",),
    ("s3", "ListObjectVersions"): ("s3:ListBucketVersions",),
    ("s3", "ListBuckets"): ("s3:ListAllMyBuckets",),
    ("s3", "GetPublicAccessBlock"): ("s3:GetBucketPublicAccessBlock",),
    ("s3", "GetBucketReplication"): ("s3:GetReplicationConfiguration",),
    ("s3", "GetObjectLockConfiguration"): ("s3:GetBucketObjectLockConfiguration",),
    ("s3", "GetBucketNotificationConfiguration"): ("s3:GetBucketNotification",),
    ("s3", "GetBucketLifecycleConfiguration"): ("s3:GetLifecycleConfiguration",),
    ("s3", "GetBucketEncryption"): ("s3:GetEncryptionConfiguration",),
    ("accessanalyzer", "ListAnalyzers"): ("access-analyzer:ListAnalyzers",),
    ("accessanalyzer", "ListFindings"): ("access-analyzer:ListFindings",),
    ("accessanalyzer", "ListFindingsV2"): ("access-analyzer:ListFindings",),
    ("service-quotas", "ListServiceQuotas"): ("servicequotas:ListServiceQuotas",),
}

PREFIXES = {"elb": "elasticloadbalancing", "elbv2": "elasticloadbalancing"}


def actions_of(service: str, operation: str, params: dict[str, object]) -> tuple[str, ...]:
    """The IAM actions of one call; ``service`` is botocore's name of it. Tagging at creation needs a right of its own.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/supported-iam-actions-tagging.html
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Tagging.html
    """
    actions = OTHER_NAMES.get((service, operation), (f"{PREFIXES.get(service, service)}:{operation}",))
    if service == "ec2" and params.get("TagSpecifications"):
        return (*actions, "ec2:CreateTags")
    if service == "rds" and params.get("Tags"):
        return (*actions, "rds:AddTagsToResource")
    return actions
