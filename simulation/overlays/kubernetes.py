"""EKS: moto has clusters and node groups, and neither add-ons nor access entries; ours has one of each per cluster."""

from typing import Any

from moto.eks import urls
from moto.eks.responses import EKSResponse

from simulation.overlays import Ground
from simulation.saying import route, say

ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def lay(ground: Ground) -> None:
    del ground
    cluster = "/clusters/(?P<name>[^/]+)"
    entry = f"{cluster}/access-entries/(?P<principalArn>.+)"
    route(urls, EKSResponse, f"{cluster}/addons", f"{cluster}/addons/(?P<addonName>[^/]+)")
    route(urls, EKSResponse, f"{cluster}/access-entries", entry)
    answers = {
        "list_addons": lambda response: {"addons": ["vpc-cni"]},
        "describe_addon": addon,
        "list_access_entries": lambda response: {"accessEntries": [principal(response)]},
        "describe_access_entry": access_entry,
        "list_associated_access_policies": policies,
    }
    say(EKSResponse, answers)


def principal(response: Any) -> str:
    return f"arn:aws:iam::{response.current_account}:role/DataPlatform"


def addon(response: Any) -> dict[str, Any]:
    return {"addon": {"addonName": "vpc-cni", "status": "ACTIVE", "addonVersion": "v1.20.0-eksbuild.1"}}


def access_entry(response: Any) -> dict[str, Any]:
    return {"accessEntry": {"principalArn": principal(response), "type": "STANDARD", "kubernetesGroups": []}}


def policies(response: Any) -> dict[str, Any]:
    policy = {"policyArn": ADMIN, "accessScope": {"type": "cluster", "namespaces": []}}
    return {"associatedAccessPolicies": [policy]}
