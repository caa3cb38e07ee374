"""What a call is for, in the words of ATT&CK's tactics: looking, getting a hold, taking, damaging.

Source: https://attack.mitre.org/matrices/enterprise/cloud/ and the actions of each service,
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from collections.abc import Sequence

from events.engine import literal

# Calls that give a lasting hold: identities, keys, rights, code that runs, doors that open, and logs that go dark.
FOOTHOLD = (
    *("CreateUser", "CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "CreateRole", "AddUserToGroup"),
    *("AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy", "PutUserPolicy", "PutRolePolicy", "PutGroupPolicy"),
    *("CreatePolicyVersion", "SetDefaultPolicyVersion", "UpdateAssumeRolePolicy", "DeactivateMFADevice"),
    *("CreateSAMLProvider", "UpdateSAMLProvider", "CreateOpenIDConnectProvider", "CreateTrustAnchor", "CreateProfile"),
    *("GetFederationToken", "CreateFunction20150331", "UpdateFunctionCode20150331v2", "AddPermission20150331v2"),
    *("UpdateFunctionConfiguration20150331v2", "ModifyInstanceAttribute", "ImportKeyPair", "CreateKeyPair"),
    *("AuthorizeSecurityGroupIngress", "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "PutKeyPolicy"),
    *("StopLogging", "DeleteTrail", "UpdateTrail", "PutEventSelectors", "DeleteFlowLogs", "DeleteDetector"),
    *("UpdateDetector", "StopConfigurationRecorder", "DeleteConfigurationRecorder", "DisableSecurityHub"),
    *("DeleteResolverQueryLogConfig", "DeleteAlarms", "LeaveOrganization", "DeleteBucketPublicAccessBlock"),
)
# Calls that carry something away, or hand it to somebody else.
TAKING = (
    *("GetObject", "CopyObject", "GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters"),
    *("GetParametersByPath", "GetPasswordData", "CreateSnapshot", "ModifySnapshotAttribute", "CopySnapshot"),
    *("ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute", "ModifyImageAttribute", "StartExportTask"),
    *("PutBucketPolicy", "PutBucketReplication", "PutBucketAcl", "SendCommand", "StartSession", "InvokeModel"),
)
# Calls after which something is gone or unreadable.
DAMAGE = (
    *("DeleteObject", "DeleteObjects", "DeleteBucket", "PutBucketLifecycle", "PutBucketVersioning"),
    *("ScheduleKeyDeletion", "DisableKey", "DeleteSnapshot", "DeleteDBInstance", "DeleteDBCluster"),
    *("DeleteDBSnapshot", "DeleteRecoveryPoint", "DeleteBackupVault", "TerminateInstances", "DeleteVolume"),
)
# Reading calls that carry data are no looking around.
LOOKING = ("List%", "Describe%", "Get%", "Lookup%", "Search%", "BatchGet%")


def named(names: Sequence[str]) -> str:
    """The SQL condition that a call is one of these."""
    return f"event_name IN ({', '.join(map(literal, names))})"
