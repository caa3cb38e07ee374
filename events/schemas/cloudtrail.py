"""The CloudTrail family: one flat row per event, AWS's fields in snake_case, nested parts as compact JSON text.

Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import pyarrow as pa

from events.schemas.family import PLACE_FIELDS, TEXT, Family

# AWS's name -> our column, for the fields that are plain text in a record.
TEXTS = {
    "eventVersion": "event_version",
    "eventID": "event_id",
    "eventName": "event_name",
    "eventSource": "event_source",
    "eventType": "event_type",
    "eventCategory": "event_category",
    "awsRegion": "aws_region",
    "sourceIPAddress": "source_ip_address",
    "userAgent": "user_agent",
    "errorCode": "error_code",
    "errorMessage": "error_message",
    "requestID": "request_id",
    "apiVersion": "api_version",
    "sharedEventID": "shared_event_id",
    "recipientAccountId": "recipient_account_id",
    "vpcEndpointId": "vpc_endpoint_id",
    "sessionCredentialFromConsole": "session_credential_from_console",
}
FLAGS = {"managementEvent": "management_event", "readOnly": "read_only"}
IDENTITY = {
    "userIdentity.type": "user_identity_type",
    "userIdentity.principalId": "user_identity_principal_id",
    "userIdentity.arn": "user_identity_arn",
    "userIdentity.accountId": "user_identity_account_id",
    "userIdentity.accessKeyId": "user_identity_access_key_id",
    "userIdentity.userName": "user_identity_user_name",
    "userIdentity.invokedBy": "user_identity_invoked_by",
    "userIdentity.sessionContext.sessionIssuer.arn": "session_issuer_arn",
    "userIdentity.sessionContext.attributes.mfaAuthenticated": "mfa_authenticated",
}
NESTED = {
    "userIdentity": "user_identity",
    "requestParameters": "request_parameters",
    "responseElements": "response_elements",
    "additionalEventData": "additional_event_data",
    "serviceEventDetails": "service_event_details",
    "insightDetails": "insight_details",
    "tlsDetails": "tls_details",
    "edgeDeviceDetails": "edge_device_details",
    "addendum": "addendum",
    "resources": "resources",
}

# Sigma's name for a field -> the column that holds it.
SIGMA = {"eventTime": "event_time"} | TEXTS | FLAGS | IDENTITY | NESTED

# ``principal`` is ours: the identity's arn, else userName, invokedBy, principalId, "account N", type; null without any.
SCHEMA = pa.schema(
    [
        *PLACE_FIELDS,
        pa.field("principal", TEXT),
        *(pa.field(column, TEXT) for column in TEXTS.values()),
        *(pa.field(column, pa.bool_()) for column in FLAGS.values()),
        *(pa.field(column, TEXT) for column in IDENTITY.values()),
        *(pa.field(column, TEXT) for column in NESTED.values()),
    ]
)

# Two rows are copies of one event when all of these agree: the id alone could be forged to hide another event.
COPY_KEY = (
    "event_id",
    "event_time",
    "event_name",
    "event_source",
    "aws_region",
    "recipient_account_id",
    "principal",
    "source_ip_address",
    "error_code",
)

# The request parameters that name what an action was done to, the widest first.
TARGETS = (
    *("bucketName", "key", "userName", "roleName", "roleArn", "groupName", "policyName", "policyArn", "accessKeyId"),
    *("instanceId", "instancesSet.items[0].instanceId", "snapshotId", "volumeId", "imageId", "groupId", "vpcId"),
    *("secretId", "keyId", "functionName", "tableName", "dBInstanceIdentifier", "dBSnapshotIdentifier"),
    *("trailName", "name", "detectorId", "hostedZoneId", "stackName", "repositoryName"),
)
PATHS = ", ".join(f"'$.{path}'" for path in TARGETS)
# TRY: one odd value must not fail a question about all events.
SUMMARY = (
    f"left(coalesce(nullif(array_to_string(TRY(json_extract_string(request_parameters, [{PATHS}])), ', '), ''), "
    "TRY(json_extract_string(resources, '$[0].ARN'))), 200)"
)

FAMILY = Family(
    name="cloudtrail",
    title="CloudTrail events",
    schema=SCHEMA,
    copy_key=COPY_KEY,
    sigma=SIGMA,
    nested=frozenset(NESTED),
    shown={"summary": SUMMARY},
)
