"""Macie, Inspector and Access Analyzer in prod-web: each has seen one thing that matters to the attack.

Forms: https://docs.aws.amazon.com/macie/latest/user/findings-types.html
https://docs.aws.amazon.com/inspector/v2/APIReference/API_Finding.html
https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSummary.html
"""

from datetime import datetime, timedelta
from typing import Any

from simulation.organisation import EXPORTS, HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.saying import shelf
from simulation.services import Window

HERE = f"{HOME_REGION}:{PROD_WEB.number}"
SEEN = timedelta(hours=9)  # before the window's end


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    seen = window[1] - SEEN
    cloud.client("macie2", PROD_WEB).enable_macie()
    cloud.client("inspector2", PROD_WEB).enable(accountIds=[PROD_WEB.number], resourceTypes=["EC2"])
    for service, made in (
        ("macie2", customers_found(seen)),
        ("inspector2", old_package(estate, seen)),
        ("accessanalyzer", (analyzer(seen), [shared_bucket(seen)])),
    ):
        shelf(service, PROD_WEB.number, HOME_REGION).append(made)
    return {"analyzer": analyzer(seen)["name"]}


def customers_found(seen: datetime) -> dict[str, Any]:
    """Macie found names and addresses in the exports that were carried away."""
    return {
        "id": "5ec0ffee000000000000000000000001",
        "accountId": PROD_WEB.number,
        "region": HOME_REGION,
        "partition": "aws",
        "category": "CLASSIFICATION",
        "type": "SensitiveData:S3Object/Personal",
        "severity": {"description": "High", "score": 3},
        "title": "The S3 object contains personal information.",
        "createdAt": seen,
        "updatedAt": seen,
        "archived": False,
        "resourcesAffected": {"s3Bucket": {"name": EXPORTS}, "s3Object": {"key": "2026/export-000.parquet"}},
    }


def old_package(estate: Estate, seen: datetime) -> dict[str, Any]:
    """Inspector found an old library on the instance."""
    return {
        "findingArn": f"arn:aws:inspector2:{HERE}:finding/5ec0ffee000000000000000000000002",
        "awsAccountId": PROD_WEB.number,
        "type": "PACKAGE_VULNERABILITY",
        "severity": "HIGH",
        "status": "ACTIVE",
        "title": "A package of the operating system is older than its last security update",
        "description": "openssl-libs",
        "firstObservedAt": seen,
        "lastObservedAt": seen,
        "updatedAt": seen,
        "remediation": {"recommendation": {"text": "Update the package."}},
        "resources": [{"type": "AWS_EC2_INSTANCE", "id": estate.instance, "region": HOME_REGION}],
    }


def analyzer(seen: datetime) -> dict[str, Any]:
    name = "acme-external-access"
    arn = f"arn:aws:access-analyzer:{HERE}:analyzer/{name}"
    return {"name": name, "arn": arn, "type": "ACCOUNT", "status": "ACTIVE", "createdAt": seen}


def shared_bucket(seen: datetime) -> dict[str, Any]:
    """Access Analyzer found that another account may read the exports."""
    return {
        "id": "5ec0ffee-0000-4000-8000-000000000003",
        "resource": f"arn:aws:s3:::{EXPORTS}",
        "resourceType": "AWS::S3::Bucket",
        "resourceOwnerAccount": PROD_WEB.number,
        "principal": {"AWS": "999999999999"},
        "action": ["s3:GetObject"],
        "condition": {},
        "isPublic": False,
        "status": "ACTIVE",
        "createdAt": seen,
        "analyzedAt": seen,
        "updatedAt": seen,
    }
