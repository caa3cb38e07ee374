"""GuardDuty in prod-web: it saw the leaked key used from the attacker's address.

Form: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-iam.html
"""

from datetime import timedelta
from typing import Any

from moto.guardduty.models import guardduty_backends

from simulation.attack import ADDRESS
from simulation.organisation import HOME_REGION, PROD_WEB, Cloud, Estate
from simulation.saying import shelf
from simulation.services import Window

KIND = "UnauthorizedAccess:IAMUser/MaliciousIPCaller.Custom"
ID = "5ec0ffee5ec0ffee5ec0ffee5ec0ffee"
SEEN = timedelta(hours=6, minutes=50), timedelta(hours=4)  # first and last, before the window's end


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del cloud
    backend = guardduty_backends[PROD_WEB.number][HOME_REGION]  # a client of so large a service takes long to make
    detector = backend.create_detector(True, "FIFTEEN_MINUTES", {}, {}, [])
    shelf("guardduty", PROD_WEB.number, HOME_REGION).append(finding_of(detector, estate, window))
    return {"detector": detector, "finding": ID}


def finding_of(detector: str, estate: Estate, window: Window) -> dict[str, Any]:
    first, last = (f"{window[1] - before:%Y-%m-%dT%H:%M:%S.000Z}" for before in SEEN)
    return {
        "AccountId": PROD_WEB.number,
        "Arn": f"arn:aws:guardduty:{HOME_REGION}:{PROD_WEB.number}:detector/{detector}/finding/{ID}",
        "CreatedAt": first,
        "UpdatedAt": last,
        "Description": f"An API was used to access a bucket from an IP address on a custom threat list: {ADDRESS}.",
        "Id": ID,
        "Partition": "aws",
        "Region": HOME_REGION,
        "Resource": {"ResourceType": "AccessKey", "AccessKeyDetails": key_of(estate)},
        "SchemaVersion": "2.0",
        "Service": service_of(detector, first, last),
        "Severity": 5.0,
        "Title": "The user ci-deploy is calling APIs from an IP address on a custom threat list.",
        "Type": KIND,
    }


def key_of(estate: Estate) -> dict[str, Any]:
    return {
        "AccessKeyId": estate.leaked_key[0],
        "PrincipalId": "AIDAEXAMPLECIDEPLOY00",
        "UserName": "ci-deploy",
        "UserType": "IAMUser",
    }


def service_of(detector: str, first: str, last: str) -> dict[str, Any]:
    call = {
        "Api": "ListBuckets",
        "CallerType": "Remote IP",
        "ErrorCode": "",
        "RemoteIpDetails": {"IpAddressV4": ADDRESS},
        "ServiceName": "s3.amazonaws.com",
    }
    return {
        "Action": {"ActionType": "AWS_API_CALL", "AwsApiCallAction": call},
        "Archived": False,
        "Count": 14,
        "DetectorId": detector,
        "EventFirstSeen": first,
        "EventLastSeen": last,
        "ResourceRole": "TARGET",
        "ServiceName": "guardduty",
    }
