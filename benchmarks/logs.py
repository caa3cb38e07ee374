"""Realistic CloudTrail log files: a few shapes of events, varied so that they compress and repeat as real ones do."""

import gzip
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SERVICES = {
    "s3": ("GetObject", "PutObject", "ListBuckets", "GetBucketAcl", "HeadObject"),
    "ec2": ("DescribeInstances", "DescribeVolumes", "DescribeSecurityGroups", "RunInstances"),
    "iam": ("GetUser", "ListRoles", "GetPolicyVersion", "ListAttachedRolePolicies"),
    "sts": ("AssumeRole", "GetCallerIdentity"),
    "kms": ("Decrypt", "GenerateDataKey"),
    "logs": ("CreateLogStream", "DescribeLogGroups"),
}
REGIONS = ("eu-central-1", "us-east-1", "ap-northeast-1")
AGENTS = (
    "aws-cli/2.15.30 Python/3.11.8 Linux/5.10.210-201.852.amzn2.x86_64 exe/x86_64.amzn.2 prompt/off command/s3.cp",
    "Boto3/1.34.69 md/Botocore#1.34.69 ua/2.0 os/linux#5.10.213-201.855.amzn2.x86_64 lang/python#3.9.16",
    "[S3Console/0.4, aws-internal/3 aws-sdk-java/1.12.488 Linux/5.10.197 OpenJDK_64-Bit_Server_VM/25.372-b08]",
    "Terraform/1.7.5 (+https://www.terraform.io) terraform-provider-aws/5.42.0 aws-sdk-go-v2/1.26.0",
)
START = datetime(2026, 3, 1, tzinfo=UTC)
TLS = {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"}


def write_logs(folder: Path, files: int, events: int) -> list[Path]:
    """Write ``files`` gzip log files of ``events`` records each; the same ones at every call."""
    chance = random.Random(2026)
    paths = []
    for number in range(files):
        records = [record(chance, number * events + index) for index in range(events)]
        path = folder / f"111122223333_CloudTrail_eu-central-1_20260301T{number:04d}Z_bench.json.gz"
        path.write_bytes(gzip.compress(json.dumps({"Records": records}, separators=(",", ":")).encode(), 6))
        paths.append(path)
    return paths


def record(chance: random.Random, number: int) -> dict[str, Any]:
    service = chance.choice(tuple(SERVICES))
    name = chance.choice(SERVICES[service])
    is_denied = chance.random() < 0.08
    failure = {"errorCode": "AccessDenied", "errorMessage": "User is not authorized"} if is_denied else {}
    bucket = {"accountId": "111122223333", "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::bucket-{number % 40}"}
    return {
        "eventVersion": "1.09",
        "userIdentity": identity(chance),
        "eventTime": (START + timedelta(seconds=number)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": chance.choice(REGIONS),
        "sourceIPAddress": f"198.51.100.{chance.randrange(255)}",
        "userAgent": chance.choice(AGENTS),
        **failure,
        "requestParameters": parameters(chance, service, number),
        "responseElements": None,
        "additionalEventData": {"SignatureVersion": "SigV4", "bytesTransferredOut": chance.randrange(9_999)},
        "requestID": f"{chance.getrandbits(128):032x}",
        "eventID": f"{chance.getrandbits(128):032x}",
        "readOnly": not name.startswith(("Put", "Run", "Create")),
        "resources": [bucket],
        "eventType": "AwsApiCall",
        "managementEvent": service != "s3",
        "recipientAccountId": "111122223333",
        "eventCategory": "Data" if service == "s3" else "Management",
        "tlsDetails": TLS | {"clientProvidedHostHeader": f"{service}.eu-central-1.amazonaws.com"},
    }


def identity(chance: random.Random) -> dict[str, Any]:
    """One of 300 role sessions, with the context that takes most of a real record's bytes."""
    number = chance.randrange(300)
    role = f"service-role-{number % 30}"
    return {
        "type": "AssumedRole",
        "principalId": f"AROAEXAMPLE{number:09d}:session-{number}",
        "arn": f"arn:aws:sts::111122223333:assumed-role/{role}/session-{number}",
        "accountId": "111122223333",
        "accessKeyId": f"ASIAEXAMPLE{number:09d}",
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": f"AROAEXAMPLE{number:09d}",
                "arn": f"arn:aws:iam::111122223333:role/{role}",
                "accountId": "111122223333",
                "userName": role,
            },
            "attributes": {"creationDate": "2026-03-01T08:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def parameters(chance: random.Random, service: str, number: int) -> dict[str, Any]:
    if service == "s3":
        return {
            "bucketName": f"bucket-{number % 40}",
            "key": f"exports/{chance.getrandbits(64):016x}.csv",
            "Host": "s3",
        }
    instances = [{"instanceId": f"i-{chance.getrandbits(64):017x}"} for _ in range(chance.randrange(1, 4))]
    return {"maxResults": 50, "instancesSet": {"items": instances}, "filterSet": {}}
