"""AWS Config of prod-web: a recorder, and the files that it delivered into the log archive.

Files as AWS names them: https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html
Different from AWS: moto tells of a resource only as it is now, and of buckets and few other types at all.
"""

import gzip
import json
from datetime import datetime, timedelta
from typing import Any

from simulation.organisation import EXPORTS, HOME_REGION, LOG_ARCHIVE, PROD_WEB, Cloud, Estate, deposit
from simulation.services import Window

BUCKET = "acme-log-archive-config"
EVERY = timedelta(hours=6)
# Before the window's end: when the attack had the instance started again, and when Config wrote that down.
STARTED, RECORDED = timedelta(hours=5, minutes=49), timedelta(hours=5, minutes=30)


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    cloud.client("s3", LOG_ARCHIVE).create_bucket(Bucket=BUCKET)
    config = cloud.client("config", PROD_WEB)
    recorder = {"name": "default", "roleARN": PROD_WEB.role("aws-service-role/config")}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": BUCKET})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    end = window[1]
    at = window[0] + EVERY
    while at <= end:
        deliver("ConfigHistory", "AWS::EC2::Instance_", seen(estate.instance, at, end), at)
        at += EVERY
    deliver("ConfigHistory", "AWS::EC2::Instance_", seen(estate.instance, end - RECORDED, end), end - RECORDED)
    deliver("ConfigSnapshot", "", seen(estate.instance, end - timedelta(hours=2), end), end - timedelta(hours=2))
    return {"bucket": BUCKET, "resource": f"AWS::S3::Bucket/{EXPORTS}"}


def seen(instance: str, at: datetime, end: datetime) -> dict[str, Any]:
    """The instance as Config saw it: it was launched long ago, and started again during the attack."""
    launched = end - (STARTED if at >= end - RECORDED else timedelta(days=40))
    return {
        "resourceType": "AWS::EC2::Instance",
        "resourceId": instance,
        "awsAccountId": PROD_WEB.number,
        "awsRegion": HOME_REGION,
        "configurationItemStatus": "OK",
        "configurationItemCaptureTime": at.isoformat(),
        "configuration": {"instanceId": instance, "instanceType": "t3.medium", "launchTime": launched.isoformat()},
    }


def deliver(kind: str, type_in_name: str, item: dict[str, Any], at: datetime) -> None:
    folder = f"AWSLogs/{PROD_WEB.number}/Config/{HOME_REGION}/{at.year}/{at.month}/{at.day}/{kind}"
    name = f"{PROD_WEB.number}_Config_{HOME_REGION}_{kind}_{type_in_name}{at:%Y%m%dT%H%M%SZ}_1.json.gz"
    body = json.dumps({"fileVersion": "1.0", "configurationItems": [item]}).encode()
    deposit(LOG_ARCHIVE, BUCKET, f"{folder}/{name}", gzip.compress(body, mtime=0))
