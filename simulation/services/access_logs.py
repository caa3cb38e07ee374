"""Who asked prod-web for what: a load balancer, a bucket and a distribution, with their logs in the log archive.

Keys as AWS writes them:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html
https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html
"""

import gzip
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from moto.s3.models import s3_backends

from simulation.organisation import EXPORTS, HOME_REGION, LOG_ARCHIVE, PROD_WEB, Cloud, Estate, deposit
from simulation.services import Window

BUCKET = "acme-log-archive-access"
EVERY = timedelta(hours=4)
PROBER, AGENT = "203.0.113.44", "python-requests/2.32"
CIPHER = "ECDHE-RSA-AES128-GCM-SHA256"
# https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html
FIELDS = (
    *("date", "time", "x-edge-location", "sc-bytes", "c-ip", "cs-method", "cs(Host)", "cs-uri-stem", "sc-status"),
    *("cs(Referer)", "cs(User-Agent)", "cs-uri-query", "cs(Cookie)", "x-edge-result-type", "x-edge-request-id"),
    *("x-host-header", "cs-protocol", "cs-bytes", "time-taken", "x-forwarded-for", "ssl-protocol", "ssl-cipher"),
    *("x-edge-response-result-type", "cs-protocol-version", "fle-status", "fle-encrypted-fields", "c-port"),
    *("time-to-first-byte", "x-edge-detailed-result-type", "sc-content-type", "sc-content-len", "sc-range-start"),
    "sc-range-end",
)


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate
    cloud.client("s3", LOG_ARCHIVE).create_bucket(Bucket=BUCKET)
    balance(cloud)
    # Straight into moto, which knows no target in another account, as central log archives need it.
    s3_backends[PROD_WEB.number]["aws"].buckets[EXPORTS].logging = {"TargetBucket": BUCKET, "TargetPrefix": "s3/"}
    distribution = distribute(cloud)
    for at in times(window):
        deliver_balancer(at)
        deliver_bucket(at)
        deliver_distribution(at, distribution)
    return {"bucket": BUCKET, "logged": EXPORTS, "distribution": distribution}


def times(window: Window) -> Iterator[datetime]:
    at, end = window
    while at < end:
        yield at
        at += EVERY


def balance(cloud: Cloud) -> None:
    subnets = cloud.client("ec2", PROD_WEB).describe_subnets()["Subnets"][:2]
    elb = cloud.client("elbv2", PROD_WEB)
    made = elb.create_load_balancer(Name="shop", Subnets=[one["SubnetId"] for one in subnets])["LoadBalancers"][0]
    wanted = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": BUCKET, "access_logs.s3.prefix": "elb"}
    attributes = [{"Key": key, "Value": value} for key, value in wanted.items()]
    elb.modify_load_balancer_attributes(LoadBalancerArn=made["LoadBalancerArn"], Attributes=attributes)


def distribute(cloud: Cloud) -> str:
    """A distribution in front of the shop, by its id."""
    reached = {"HTTPPort": 80, "HTTPSPort": 443, "OriginProtocolPolicy": "https-only"}
    origin = {"Id": "shop", "DomainName": "shop.example", "CustomOriginConfig": reached}
    logging = {"Enabled": True, "IncludeCookies": False, "Bucket": f"{BUCKET}.s3.amazonaws.com", "Prefix": "cdn/"}
    wanted = {
        "CallerReference": "shop",
        "Comment": "the shop",
        "Enabled": True,
        "Origins": {"Quantity": 1, "Items": [origin]},
        "DefaultCacheBehavior": {"TargetOriginId": "shop", "ViewerProtocolPolicy": "https-only"},
        "Logging": logging,
    }
    made = cloud.client("cloudfront", PROD_WEB).create_distribution(DistributionConfig=wanted)
    name: str = made["Distribution"]["Id"]
    return name


def deliver_balancer(at: datetime) -> None:
    folder = f"elb/AWSLogs/{PROD_WEB.number}/elasticloadbalancing/{HOME_REGION}/{at:%Y/%m/%d}"
    name = f"{PROD_WEB.number}_elasticloadbalancing_{HOME_REGION}_app.shop.50dc6c495c0c9188_{at:%Y%m%dT%H%MZ}_x.log.gz"
    group = f"arn:aws:elasticloadbalancing:{HOME_REGION}:{PROD_WEB.number}:targetgroup/shop/73e2d6bc24d8a067"
    time = f"{at:%Y-%m-%dT%H:%M:%S.%fZ}"
    line = (
        f"https {time} app/shop/50dc6c495c0c9188 {PROBER}:2817 - -1 -1 -1 403 - 126 281 "
        f'"GET https://shop.example:443/admin HTTP/1.1" "{AGENT}" {CIPHER} TLSv1.2 {group} '
        f'"Root=1-{int(at.timestamp()):x}-36d228ad5d99923122bbe354" "shop.example" "session-reused" 0 {time} '
        '"waf" "-" "-" "-" "-" "-" "-" TID_dc57cebed65b444ebc8177bb698fe166 "-" "-" "-"\n'
    )
    deposit(LOG_ARCHIVE, BUCKET, f"{folder}/{name}", gzip.compress(line.encode(), mtime=0))


def deliver_bucket(at: datetime) -> None:
    owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    key = "2026/export-001.parquet"
    asked = f'{at:%d%H%M}F3EXAMPLE REST.GET.OBJECT {key} "GET /{EXPORTS}/{key} HTTP/1.1" 200 - 4406583 4406583 41 28'
    behind = f"- s9lzHYrFp76ZVxRcpX9= SigV4 {CIPHER} AuthHeader s3.{HOME_REGION}.amazonaws.com TLSv1.2 - -"
    line = f'{owner} {EXPORTS} [{at:%d/%b/%Y:%H:%M:%S} +0000] {PROBER} - {asked} "-" "{AGENT}" {behind}\n'
    deposit(LOG_ARCHIVE, BUCKET, f"s3/{at:%Y-%m-%d-%H-%M-%S}-E568B2907131C0C0", line.encode())


def deliver_distribution(at: datetime, distribution: str) -> None:
    values = {
        "date": f"{at:%Y-%m-%d}",
        "time": f"{at:%H:%M:%S}",
        "x-edge-location": "FRA56-P1",
        "sc-bytes": "2390",
        "c-ip": PROBER,
        "cs-method": "GET",
        "cs(Host)": "d111111abcdef8.cloudfront.net",
        "cs-uri-stem": "/admin",
        "sc-status": "403",
        "cs(User-Agent)": AGENT,
        "x-edge-result-type": "Error",
        "x-edge-request-id": f"k6WGMNkEzR5BEM_SaF47gjtX{at:%d%H%M}zBDO2m349OY2QPn==",
        "x-host-header": "shop.example",
        "cs-protocol": "https",
    }
    fields = " ".join(FIELDS)
    record = "\t".join(values.get(name, "-") for name in FIELDS)
    key = f"cdn/{distribution}.{at:%Y-%m-%d-%H}.4a2b8c0d.gz"
    text = f"#Version: 1.0\n#Fields: {fields}\n{record}\n"
    deposit(LOG_ARCHIVE, BUCKET, key, gzip.compress(text.encode(), mtime=0))
