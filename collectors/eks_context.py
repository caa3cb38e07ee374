"""EKS: clusters, the machines and add-ons in them, who may enter, and which logs the control plane keeps.

Access entries: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
Control plane logs: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from collectors.answers import REFUSALS, answered, gap_of, lines
from collectors.asking import asked, held, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind


@dataclass(frozen=True, slots=True)
class Part:
    """What a cluster has several of: file, how to list and describe them, under which key, and what names one."""

    file: str
    list_them: str
    key: str
    describe: str
    argument: str


PARTS = (
    Part("nodegroups", "list_nodegroups", "nodegroups", "describe_nodegroup", "nodegroupName"),
    Part("addons", "list_addons", "addons", "describe_addon", "addonName"),
    Part(
        "fargate-profiles",
        "list_fargate_profiles",
        "fargateProfileNames",
        "describe_fargate_profile",
        "fargateProfileName",
    ),
)


@source(
    "eks_context",
    title="EKS clusters and who may enter them",
    permissions=(
        "eks:ListClusters",
        "eks:DescribeCluster",
        "eks:ListNodegroups",
        "eks:DescribeNodegroup",
        "eks:ListAddons",
        "eks:DescribeAddon",
        "eks:ListFargateProfiles",
        "eks:DescribeFargateProfile",
        "eks:ListAccessEntries",
        "eks:DescribeAccessEntry",
        "eks:ListAssociatedAccessPolicies",
    ),
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield, per cluster, its description, node groups, add-ons, Fargate profiles, and access entries with policies.

    Logs that the control plane does not keep are a gap that names them: what happened inside is not to be had. A
    region without a cluster yields nothing.
    """
    eks = aws.client("eks")
    subject = f"EKS clusters of {scope.account} in {scope.region}"
    for found in answered(subject, partial(paged, eks, "list_clusters", "clusters")):
        if isinstance(found, Gap):
            yield found
        else:
            yield from of_cluster(eks, found, f"arn:aws:eks:{scope.region}:{scope.account}:cluster/{found}")


def of_cluster(eks: Any, name: str, arn: str) -> Iterator[Artifact | Gap]:
    yield from description(eks, name, arn)
    for part in PARTS:
        yield lines(f"{name}/{part.file}.jsonl", f"{arn}/{part.file}", partial(described, eks, name, part))
    yield lines(f"{name}/access-entries.jsonl", f"{arn}/access-entries", partial(entries, eks, name))


def description(eks: Any, name: str, arn: str) -> Iterator[Artifact | Gap]:
    """The cluster as AWS describes it, and the logs that it does not keep."""
    try:
        cluster = asked(eks, "describe_cluster", name=name)
    except REFUSALS as problem:
        yield gap_of(problem, arn)
        return
    yield held(f"{name}/cluster.json", arn, cluster)
    missing = logs_that_are_off(cluster["cluster"])
    if missing:
        words = f"the control plane keeps no log of {', '.join(missing)}"
        yield Gap(GapKind.NOT_ENABLED, f"{arn}/logs", words)


def logs_that_are_off(cluster: dict[str, Any]) -> list[str]:
    kinds = {"api", "audit", "authenticator", "controllerManager", "scheduler"}
    setups = (cluster.get("logging") or {}).get("clusterLogging") or ()
    return sorted(kinds - {kind for setup in setups if setup.get("enabled") for kind in setup.get("types") or ()})


def described(eks: Any, cluster: str, part: Part) -> Iterator[dict[str, Any]]:
    for found in paged(eks, part.list_them, part.key, clusterName=cluster):
        yield asked(eks, part.describe, clusterName=cluster, **{part.argument: found})


def entries(eks: Any, cluster: str) -> Iterator[dict[str, Any]]:
    """Who may enter: groups of Kubernetes, and policies of AWS, by principal."""
    for principal in paged(eks, "list_access_entries", "accessEntries", clusterName=cluster):
        given = {"clusterName": cluster, "principalArn": principal}
        policies = paged(eks, "list_associated_access_policies", "associatedAccessPolicies", **given)
        yield {**asked(eks, "describe_access_entry", **given), "associatedAccessPolicies": list(policies)}
