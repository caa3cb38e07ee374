"""What prod-web's web ACLs and resolver wrote down, some of it in the log archive and some in log groups.

Keys as AWS writes them:
https://docs.aws.amazon.com/waf/latest/developerguide/logging-s3.html
https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-choosing-target-resource.html
"""

import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from simulation.organisation import HOME_REGION, LOG_ARCHIVE, PROD_WEB, Cloud, Estate, deposit, write_log
from simulation.services import Window

BUCKET = "aws-waf-logs-acme-log-archive"
WAF_GROUP, DNS_GROUP = "aws-waf-logs-acme-api", "/acme/dns/queries"
EVERY = timedelta(hours=4)


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate
    cloud.client("s3", LOG_ARCHIVE).create_bucket(Bucket=BUCKET)
    vpc = cloud.client("ec2", PROD_WEB).describe_vpcs()["Vpcs"][0]["VpcId"]
    guard(cloud, "shop", f"arn:aws:s3:::{BUCKET}")
    guard(cloud, "api", group_arn(WAF_GROUP))
    resolve(cloud, vpc, "central", f"arn:aws:s3:::{BUCKET}/dns")
    resolve(cloud, vpc, "local", group_arn(DNS_GROUP))
    write_log(PROD_WEB, WAF_GROUP, f"{HOME_REGION}_api_0", requests(window))
    write_log(PROD_WEB, DNS_GROUP, f"{vpc}_x", questions(window, vpc))
    deliver(window, vpc)
    return {"bucket": BUCKET, "groups": [WAF_GROUP, DNS_GROUP]}


def group_arn(group: str) -> str:
    return f"arn:aws:logs:{HOME_REGION}:{PROD_WEB.number}:log-group:{group}"


def guard(cloud: Cloud, name: str, destination: str) -> None:
    waf = cloud.client("wafv2", PROD_WEB)
    seen = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": name}
    made = waf.create_web_acl(Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=seen)
    wanted = {"ResourceArn": made["Summary"]["ARN"], "LogDestinationConfigs": [destination]}
    waf.put_logging_configuration(LoggingConfiguration=wanted)


def resolve(cloud: Cloud, vpc: str, name: str, destination: str) -> None:
    resolver = cloud.client("route53resolver", PROD_WEB)
    made = resolver.create_resolver_query_log_config(Name=name, DestinationArn=destination, CreatorRequestId=name)
    config = made["ResolverQueryLogConfig"]["Id"]
    resolver.associate_resolver_query_log_config(ResolverQueryLogConfigId=config, ResourceId=vpc)


def deliver(window: Window, vpc: str) -> None:
    """The files of the ACL ``shop`` and of the configuration ``central``."""
    account = PROD_WEB.number
    for at, line in requests(window):
        folder = f"AWSLogs/{account}/WAFLogs/{HOME_REGION}/shop/{at:%Y/%m/%d/%H/%M}"
        name = f"{account}_waflogs_{HOME_REGION}_shop_{at:%Y%m%dT%H%MZ}_1.log.gz"
        deposit(LOG_ARCHIVE, BUCKET, f"{folder}/{name}", gzip.compress(line.encode(), mtime=0))
    for at, line in questions(window, vpc):
        folder = f"dns/AWSLogs/{account}/vpcdnsquerylogs/{vpc}/{at:%Y/%m/%d}"
        name = f"{vpc}_vpcdnsquerylogs_{account}_{at:%Y%m%dT%H%MZ}_1.log.gz"
        deposit(LOG_ARCHIVE, BUCKET, f"{folder}/{name}", gzip.compress(line.encode(), mtime=0))


def requests(window: Window) -> Iterator[tuple[datetime, str]]:
    acl = f"arn:aws:wafv2:{HOME_REGION}:{PROD_WEB.number}:regional/webacl/shop/b1c2d3e4"
    headers = [{"name": "Host", "value": "shop.example"}, {"name": "User-Agent", "value": "python-requests/2.32"}]
    for at in times(window):
        request = {
            "clientIp": "203.0.113.44",
            "country": "XX",
            "headers": headers,
            "uri": "/admin",
            "args": "",
            "httpVersion": "HTTP/1.1",
            "httpMethod": "GET",
            "requestId": f"1-{int(at.timestamp()):x}-36d228ad5d99923122bbe354",
        }
        record = {
            "timestamp": int(at.timestamp() * 1000),
            "formatVersion": 1,
            "webaclId": acl,
            "terminatingRuleId": "block-admin",
            "terminatingRuleType": "REGULAR",
            "action": "BLOCK",
            "terminatingRuleMatchDetails": [],
            "httpSourceName": "ALB",
            "httpSourceId": f"{PROD_WEB.number}-app/shop/50dc6c495c0c9188",
            "ruleGroupList": [],
            "httpRequest": request,
        }
        yield at, json.dumps(record)


def questions(window: Window, vpc: str) -> Iterator[tuple[datetime, str]]:
    for at in times(window):
        record = {
            "version": "1.100000",
            "account_id": PROD_WEB.number,
            "region": HOME_REGION,
            "vpc_id": vpc,
            "query_timestamp": f"{at:%Y-%m-%dT%H:%M:%SZ}",
            "query_name": "updates.example.",
            "query_type": "TXT",
            "query_class": "IN",
            "rcode": "NOERROR",
            "answers": [{"Rdata": '"c2xlZXAgMzYwMA=="', "Type": "TXT", "Class": "IN"}],
            "srcaddr": "10.20.4.17",
            "srcport": "41326",
            "transport": "UDP",
            "srcids": {"instance": "i-0d15cd0d3example"},
        }
        yield at, json.dumps(record)


def times(window: Window) -> Iterator[datetime]:
    at, end = window
    while at < end:
        yield at
        at += EVERY
