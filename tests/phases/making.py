"""Artifacts in memory, and small log files."""

import json
from io import BytesIO

from collectors import Artifact


def artifact(name, data=b"{}", opens=None, **fields):
    """One that opens from memory; each opening is noted in ``opens``."""

    def open_it():
        if opens is not None:
            opens.append(name)
        if isinstance(data, Exception):
            raise data
        return BytesIO(data)

    size = None if isinstance(data, Exception) else len(data)
    return Artifact(
        **{"name": name, "origin": f"s3://logs/{name}", "open": open_it, "version": "1", "size": size} | fields
    )


def record(number, name="DescribeInstances", **fields):
    return {
        "eventVersion": "1.11",
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "eventTime": f"2026-11-22T21:00:{number % 60:02d}Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci-deploy"},
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    } | fields


def log_file(*records):
    return json.dumps({"Records": list(records)}).encode()
