"""The answers of AWS's APIs that tell of a thing as it is: by which keys each is known, and where in it is what.

Names are AWS Config's, or in their manner where it has none:
https://docs.aws.amazon.com/config/latest/developerguide/resource-config-reference.html
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache, lru_cache

BESIDE = frozenset({"tags", "NextToken"})  # what may stand beside a key that is an answer's only mark


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of answer: the ``marks`` are keys that it has, ``where`` says in what of it our columns lie.

    ``where`` is COLUMN=PATH and so on, with dots between the keys of a path. Beside our columns, ``at`` is the time at
    which it happened where that is neither the last change nor the making. With ``inside`` the thing lies under this
    key. ``aspect`` is which side of the thing the answer tells of, where it is not the whole.
    """

    type: str
    marks: str
    where: str = ""
    aspect: str = ""
    inside: str = ""

    def fits(self, keys: AbstractSet[str]) -> bool:
        """Whether an answer with these keys is of this kind; one mark alone must be all that there is."""
        marks = frozenset(self.marks.split())
        return marks <= keys and (len(marks) > 1 or keys <= marks | BESIDE)

    def paths(self) -> Mapping[str, tuple[str, ...]]:
        return paths_of(self.where)


@cache
def paths_of(where: str) -> Mapping[str, tuple[str, ...]]:
    pairs = (pair.split("=") for pair in where.split())
    return {column: tuple(path.split(".")) for column, path in pairs}


INSTANCE, FUNCTION, VAULT = "AWS::EC2::Instance", "AWS::Lambda::Function", "AWS::Backup::BackupVault"
ACCOUNT, BUCKET, INSPECTOR = "AWS::::Account", "AWS::S3::Bucket", "AWS::InspectorV2::AccountStatus"

# The first that fits is it: what has keys of its own stands before what shares the others.
KINDS = (
    Kind(INSTANCE, "InstanceId ImageId LaunchTime", "id=InstanceId status=State.Name created=LaunchTime"),
    Kind(INSTANCE, "InstanceId UserData", "id=InstanceId", "user data"),
    Kind(INSTANCE, "InstanceId DisableApiTermination", "id=InstanceId", "termination protection"),
    Kind(INSTANCE, "InstanceId InstanceInitiatedShutdownBehavior", "id=InstanceId", "shutdown behaviour"),
    Kind(INSTANCE, "InstanceId Timestamp", "id=InstanceId modified=Timestamp", "console output"),
    Kind("AWS::EC2::Volume", "VolumeId VolumeType", "id=VolumeId status=State created=CreateTime"),
    Kind(
        "AWS::EC2::NetworkInterface",
        "NetworkInterfaceId MacAddress",
        "id=NetworkInterfaceId status=Status created=Attachment.AttachTime",
    ),
    Kind("AWS::EC2::SecurityGroup", "GroupId IpPermissions", "id=GroupId name=GroupName arn=SecurityGroupArn"),
    Kind("AWS::EC2::Subnet", "SubnetId CidrBlock", "id=SubnetId arn=SubnetArn status=State"),
    Kind("AWS::EC2::VPC", "VpcId DhcpOptionsId", "id=VpcId status=State"),
    Kind("AWS::EC2::RouteTable", "RouteTableId Routes", "id=RouteTableId"),
    Kind(
        "AWS::EC2::IamInstanceProfileAssociation",
        "AssociationId IamInstanceProfile",
        "id=AssociationId name=IamInstanceProfile.Arn status=State created=Timestamp",
    ),
    Kind(
        "AWS::EC2::LaunchTemplate",
        "LaunchTemplateId VersionNumber",
        "id=LaunchTemplateId name=LaunchTemplateName created=CreateTime principal=CreatedBy",
    ),
    Kind("AWS::EC2::LaunchTemplate", "LaunchTemplateVersions"),
    Kind("AWS::EC2::Snapshot", "SnapshotId VolumeId", "id=SnapshotId status=State created=StartTime"),
    Kind(
        "AWS::RDS::DBSnapshot",
        "DBSnapshotIdentifier DBInstanceIdentifier",
        "id=DBSnapshotIdentifier arn=DBSnapshotArn status=Status created=SnapshotCreateTime",
    ),
    Kind(
        "AWS::RDS::DBClusterSnapshot",
        "DBClusterSnapshotIdentifier DBClusterIdentifier",
        "id=DBClusterSnapshotIdentifier arn=DBClusterSnapshotArn status=Status created=SnapshotCreateTime",
    ),
    Kind(
        "AWS::ECS::Service",
        "serviceArn serviceName",
        "id=serviceName arn=serviceArn status=status created=createdAt principal=createdBy",
    ),
    Kind(
        "AWS::ECS::Task",
        "taskArn lastStatus",
        "id=taskArn name=group arn=taskArn status=lastStatus created=createdAt modified=stoppedAt at=startedAt",
    ),
    Kind(
        "AWS::ECS::ContainerInstance",
        "containerInstanceArn status",
        "id=containerInstanceArn name=ec2InstanceId arn=containerInstanceArn status=status created=registeredAt",
    ),
    Kind("AWS::ECS::Cluster", "clusterArn clusterName", "id=clusterName arn=clusterArn status=status"),
    Kind("AWS::ECS::Cluster", "clusters failures"),
    Kind(
        "AWS::ECS::TaskDefinition",
        "taskDefinition",
        "id=taskDefinitionArn name=family arn=taskDefinitionArn status=status created=registeredAt "
        "principal=registeredBy",
        inside="taskDefinition",
    ),
    Kind("AWS::ECS::Failure", "failure", "id=arn arn=arn status=reason", inside="failure"),
    Kind("AWS::ECS::Failure", "arn reason", "id=arn arn=arn status=reason"),
    Kind("AWS::EKS::Cluster", "cluster", "id=name arn=arn status=status created=createdAt", inside="cluster"),
    Kind(
        "AWS::EKS::Nodegroup",
        "nodegroup",
        "id=nodegroupName arn=nodegroupArn status=status created=createdAt modified=modifiedAt",
        inside="nodegroup",
    ),
    Kind(
        "AWS::EKS::Addon",
        "addon",
        "id=addonName arn=addonArn status=status created=createdAt modified=modifiedAt",
        inside="addon",
    ),
    Kind(
        "AWS::EKS::FargateProfile",
        "fargateProfile",
        "id=fargateProfileName arn=fargateProfileArn status=status created=createdAt",
        inside="fargateProfile",
    ),
    Kind(
        "AWS::EKS::AccessEntry",
        "accessEntry associatedAccessPolicies",
        "id=principalArn arn=accessEntryArn created=createdAt modified=modifiedAt principal=principalArn",
        inside="accessEntry",
    ),
    Kind(
        FUNCTION,
        "Configuration Code",
        "id=FunctionName arn=FunctionArn status=State modified=LastModified",
        inside="Configuration",
    ),
    Kind(
        FUNCTION,
        "FunctionArn CodeSha256",
        "id=FunctionName name=Version arn=FunctionArn status=State modified=LastModified",
        "version",
    ),
    Kind(FUNCTION, "Policy RevisionId", aspect="policy"),
    Kind(
        "AWS::Lambda::Url",
        "FunctionUrl AuthType",
        "id=FunctionUrl name=FunctionArn status=AuthType created=CreationTime modified=LastModifiedTime",
    ),
    Kind(
        "AWS::Lambda::EventSourceMapping",
        "UUID FunctionArn",
        "id=UUID name=FunctionArn arn=EventSourceMappingArn status=State modified=LastModified",
    ),
    Kind(
        "AWS::Backup::RecoveryPoint",
        "RecoveryPointArn BackupVaultName",
        "id=RecoveryPointArn name=ResourceArn arn=RecoveryPointArn status=Status created=CreationDate "
        "modified=CompletionDate at=CreationDate",
    ),
    Kind(
        "AWS::Backup::RestoreJob",
        "RestoreJobId",
        "id=RestoreJobId name=CreatedResourceArn status=Status created=CreationDate modified=CompletionDate "
        "at=CreationDate principal=IamRoleArn",
    ),
    Kind(VAULT, "BackupVaultArn BackupVaultName Policy", "id=BackupVaultName arn=BackupVaultArn", "access policy"),
    Kind(VAULT, "BackupVaultArn BackupVaultName", "id=BackupVaultName arn=BackupVaultArn created=CreationDate"),
    Kind("AWS::S3::Object", "Kind Key LastModified", "id=Key name=VersionId modified=LastModified"),
    Kind(
        "AWS::SSM::Session",
        "SessionId Target",
        "id=SessionId name=Target status=Status created=StartDate modified=EndDate at=StartDate principal=Owner",
    ),
    Kind("AWS::SSM::Document", "Name DocumentType Content", "id=Name status=Status created=CreatedDate"),
    Kind(
        "AWS::IAM::AccessKey",
        "AccessKeyId CreateDate Status",
        "id=AccessKeyId name=UserName status=Status created=CreateDate",
    ),
    Kind("AWS::IAM::User", "UserName AccessKeys", "id=UserName", "access keys"),
    Kind(ACCOUNT, "SummaryMap", aspect="summary of IAM"),
    Kind(ACCOUNT, "PasswordPolicy", aspect="password policy"),
    Kind(
        "AWS::GuardDuty::Detector",
        "FindingPublishingFrequency ServiceRole",
        "status=Status created=CreatedAt modified=UpdatedAt",
    ),
    Kind(
        "AWS::Macie::Session",
        "findingPublishingFrequency serviceRole",
        "status=status created=createdAt modified=updatedAt",
    ),
    Kind("AWS::SecurityHub::Hub", "HubArn SubscribedAt", "id=HubArn arn=HubArn created=SubscribedAt"),
    Kind(INSPECTOR, "accountId resourceState", "id=accountId status=state.status"),
    Kind(INSPECTOR, "accountId errorCode", "id=accountId status=errorCode"),
    Kind(INSPECTOR, "accounts failedAccounts"),
    Kind(
        "AWS::AccessAnalyzer::Analyzer",
        "arn name type status createdAt",
        "id=name arn=arn status=status created=createdAt",
    ),
)

# Answers that hold several things: the keys of such an answer, and those of the lists in it.
BUNDLES = {
    "UserName AccessKeys": ("AccessKeys",),
    "LaunchTemplateVersions": ("LaunchTemplateVersions",),
    "clusters failures": ("clusters", "failures"),
    "accounts failedAccounts": ("accounts", "failedAccounts"),
}

# A bucket's settings: the file's name, and the keys that its answer may have. Some have none where nothing was set.
SETTINGS = {
    "location": "LocationConstraint",
    "policy": "Policy",
    "policy-status": "PolicyStatus",
    "acl": "Grants Owner",
    "public-access-block": "PublicAccessBlockConfiguration",
    "versioning": "Status MFADelete",
    "replication": "ReplicationConfiguration",
    "logging": "LoggingEnabled",
    "object-lock": "ObjectLockConfiguration",
    "notification": "TopicConfigurations QueueConfigurations LambdaFunctionConfigurations EventBridgeConfiguration",
    "lifecycle": "Rules TransitionDefaultMinimumObjectSize",
    "encryption": "ServerSideEncryptionConfiguration",
}
# Settings that are known by their keys alone: no other answer has them.
TELLING = tuple(name for name in SETTINGS if name not in ("policy", "versioning", "notification", "lifecycle"))

# What an operation that found nothing was asked about.
ASKED = {
    "GetBucketPolicy": (BUCKET, "policy"),
    "GetBucketPolicyStatus": (BUCKET, "policy-status"),
    "GetPublicAccessBlock": (BUCKET, "public-access-block"),
    "GetBucketReplication": (BUCKET, "replication"),
    "GetObjectLockConfiguration": (BUCKET, "object-lock"),
    "GetBucketLifecycleConfiguration": (BUCKET, "lifecycle"),
    "GetBucketEncryption": (BUCKET, "encryption"),
    "GetPolicy": (FUNCTION, "policy"),
    "GetBackupVaultAccessPolicy": (VAULT, "access policy"),
    "GetAccountPasswordPolicy": (ACCOUNT, "password policy"),
    "GetDocument": ("AWS::SSM::Document", "session preferences"),
}


# The words of which a file must have all of one line, before anybody looks where in it they stand.
WORDS = tuple(
    tuple(f'"{mark}"'.encode() for mark in marks.split())
    for marks in (*(kind.marks for kind in KINDS), *(SETTINGS[name] for name in TELLING))
)


def may_be_known(head: bytes, file: str) -> bool:
    """A quick look that spares most files the careful one."""
    return bool(named(file)) or any(all(word in head for word in words) for words in WORDS)


@lru_cache(maxsize=64)
def kind_of(keys: frozenset[str], file: str) -> Kind | None:
    """What an answer with these keys is, in a file of this name; None for what no collector of ours asks."""
    known = next((kind for kind in KINDS if kind.fits(keys)), None)
    if known is not None:
        return known
    setting = setting_of(keys, file)
    return Kind(BUCKET, SETTINGS[setting], aspect=setting) if setting else None


def setting_of(keys: AbstractSet[str], file: str) -> str:
    """A bucket's setting: by the file's name if the keys allow it, else by keys that tell; empty if it is none."""
    name = named(file)
    if name and keys <= set(SETTINGS[name].split()):
        return name
    return next((name for name in TELLING if keys == set(SETTINGS[name].split())), "")


def named(file: str) -> str:
    """The setting that a file in a folder is named after; empty if it is not."""
    stem = file.rsplit("/", 1)[-1].removesuffix(".json")
    return stem if stem in SETTINGS and "/" in file else ""
