"""Small CloudTrail files of our own."""

import gzip
import json


def record(number, name="DescribeInstances", **fields):
    return {
        "eventVersion": "1.11",
        "eventID": f"00000000-0000-4000-8000-{number:012d}",
        "eventTime": f"2026-11-22T21:{number // 60 % 60:02d}:{number % 60:02d}Z",
        "eventSource": "ec2.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "203.0.113.44",
        "userAgent": "aws-cli/2.31.0",
        "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ci-deploy", "userName": "ci-deploy"},
        "eventType": "AwsApiCall",
        "recipientAccountId": "111122223333",
    } | fields


def write_folder(folder, files=6, each=50):
    """``files`` gzipped log files of ``each`` records."""
    folder.mkdir(parents=True)
    for number in range(files):
        rows = [record(number * each + at) for at in range(each)]
        (folder / f"log-{number:04d}.json.gz").write_bytes(
            gzip.compress(json.dumps({"Records": rows}).encode(), mtime=0)
        )
    return folder


def write_mixed(folder):
    """Every accepted form once, with junk in between: 12 good records, 4 that cannot be read."""
    folder.mkdir(parents=True)
    good = [record(number) for number in range(12)]
    (folder / "a-trail.json").write_text(json.dumps({"Records": good[:3]}))
    (folder / "b-trail.json.gz").write_bytes(gzip.compress(json.dumps({"Records": good[3:6]}).encode()))
    (folder / "c-array.json").write_text(json.dumps(good[6:9]))
    (folder / "d-lines.jsonl").write_text("".join(json.dumps(row) + "\n" for row in good[9:11]) + "{broken\n")
    (folder / "e-junk-inside.json").write_text(json.dumps({"Records": [good[11], "not a record"]}))
    (folder / "f-junk.bin").write_bytes(bytes(range(256)) * 8)
    (folder / "g-cut.json.gz").write_bytes(gzip.compress(json.dumps({"Records": []}).encode())[:20])
    return folder
