"""Service Quotas: moto has no ListServiceQuotas; ours answers for EBS, with AWS's defaults."""

import json
from typing import Any

from moto.servicequotas.responses import ServiceQuotasResponse

from simulation.overlays import Ground

EBS = {
    "Concurrent snapshot copies per destination Region": 20.0,
    "Snapshots per Region": 100000.0,
    "Storage for General Purpose SSD (gp3) volumes, in TiB": 50.0,
}


def lay(ground: Ground) -> None:
    del ground
    quotas: Any = ServiceQuotasResponse
    quotas.list_service_quotas = list_service_quotas


def list_service_quotas(response: Any) -> str:
    """https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html"""
    code = json.loads(response.body)["ServiceCode"]
    found = EBS if code == "ebs" else {}
    return json.dumps({"Quotas": [{"ServiceCode": code, "QuotaName": name, "Value": found[name]} for name in found]})
