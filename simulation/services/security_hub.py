"""Security Hub in prod-web, with a finding about the key that leaked.

Form: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-findings-format.html
"""

from datetime import timedelta
from typing import Any

from simulation.organisation import HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.services import Window

HERE = f"{HOME_REGION}:{PROD_WEB.number}"
SEEN = timedelta(hours=6)  # before the window's end


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    hub = cloud.client("securityhub", PROD_WEB)
    hub.enable_security_hub()
    finding = finding_of(estate, f"{window[1] - SEEN:%Y-%m-%dT%H:%M:%S.000Z}")
    hub.batch_import_findings(Findings=[finding])
    return {"finding": finding["Id"]}


def finding_of(estate: Estate, at: str) -> dict[str, Any]:
    """The control that says that users' keys are to be changed every 90 days."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{HERE}:security-control/IAM.3/finding/5ec0ffee",
        "ProductArn": f"arn:aws:securityhub:{HOME_REGION}::product/aws/securityhub",
        "GeneratorId": "security-control/IAM.3",
        "AwsAccountId": PROD_WEB.number,
        "Region": HOME_REGION,
        "Types": ["Software and Configuration Checks/Industry and Regulatory Standards"],
        "CreatedAt": at,
        "UpdatedAt": at,
        "Severity": {"Label": "MEDIUM"},
        "Title": "IAM users' access keys should be rotated every 90 days or less",
        "Description": f"The key {estate.leaked_key[0]} of ci-deploy has not been rotated.",
        "Resources": [{"Type": "AwsIamUser", "Id": f"arn:aws:iam::{PROD_WEB.number}:user/ci-deploy"}],
        "Compliance": {"Status": "FAILED", "SecurityControlId": "IAM.3"},
        "RecordState": "ACTIVE",
    }
