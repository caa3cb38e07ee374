"""EKS: each cluster with its parts and who may enter, and the logs that are not kept."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from collectors import Artifact, Scope
from collectors.eks_context import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("test", "111122223333", "us-east-1", DAY, DAY)
ALL = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
ANSWERS = {
    "ListClusters": {"clusters": ["web"]},
    "DescribeCluster": {"cluster": {"logging": {"clusterLogging": [{"types": ALL, "enabled": True}]}}},
    "ListNodegroups": {"nodegroups": ["workers"]},
    "DescribeNodegroup": lambda given: {"nodegroup": {"nodegroupName": given["nodegroupName"]}},
    "ListAddons": {"addons": []},
    "ListFargateProfiles": {"fargateProfileNames": []},
    "ListAccessEntries": {"accessEntries": ["arn:role"]},
    "DescribeAccessEntry": {"accessEntry": {"principalArn": "arn:role"}},
    "ListAssociatedAccessPolicies": {"associatedAccessPolicies": [{"policyArn": "arn:admin"}]},
}


def found(**answers):
    """The artifacts by name, the gaps, and what was asked."""
    told = Told("eks", ANSWERS | answers)
    everything = list(collect(SCOPE, told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)], told.asked


def rows(artifact):
    return [json.loads(line) for line in read(artifact).splitlines()]


def with_logs(*setups):
    return {"cluster": {"logging": {"clusterLogging": list(setups)}}}


def test_a_cluster_comes_with_its_parts():
    artifacts, gaps, _ = found()
    assert "cluster" in json.loads(read(artifacts["web/cluster.json"]))
    assert rows(artifacts["web/nodegroups.jsonl"]) == [{"nodegroup": {"nodegroupName": "workers"}}]
    assert rows(artifacts["web/addons.jsonl"]) == []
    assert gaps == []


def test_who_may_enter_comes_with_the_policies():
    [entry] = rows(found()[0]["web/access-entries.jsonl"])
    assert entry["accessEntry"]["principalArn"] == "arn:role"
    assert entry["associatedAccessPolicies"] == [{"policyArn": "arn:admin"}]


def test_parts_are_not_read_before_they_are_yielded():
    assert set(found()[2]) == {"ListClusters", "DescribeCluster"}


def test_logs_that_are_not_kept_are_a_gap_that_names_them():
    setups = {"types": ALL[1:], "enabled": False}, {"types": ["api"], "enabled": True}
    artifacts, [gap], _ = found(DescribeCluster=with_logs(*setups))
    assert "web/cluster.json" in artifacts
    assert gap.kind is GapKind.NOT_ENABLED
    assert gap.detail.endswith("audit, authenticator, controllerManager, scheduler")


def test_a_cluster_that_says_nothing_of_logs_keeps_none():
    _, [gap], _ = found(DescribeCluster={"cluster": {}})
    assert gap.detail.endswith(", ".join(ALL))


def test_every_page_is_read():
    clusters = [{"clusters": ["web"], "nextToken": "t"}, {"clusters": ["batch"]}]
    groups = [{"nodegroups": ["a"], "nextToken": "t"}, {"nodegroups": ["b"]}]
    artifacts, _, _ = found(ListClusters=clusters, ListNodegroups=groups)
    assert "batch/cluster.json" in artifacts
    assert len(rows(artifacts["web/nodegroups.jsonl"])) == 2


def test_no_cluster_is_an_answer_and_no_gap():
    assert found(ListClusters={"clusters": []})[:2] == ({}, [])


REFUSED = pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)


@REFUSED
def test_clusters_that_cannot_be_listed_are_one_gap(problem, kind):
    artifacts, [gap], _ = found(ListClusters=problem)
    assert (artifacts, gap.kind) == ({}, kind)


@REFUSED
def test_a_description_that_is_refused_is_a_gap_and_the_rest_goes_on(problem, kind):
    artifacts, [gap], _ = found(DescribeCluster=problem)
    assert (gap.kind, gap.subject) == (kind, "arn:aws:eks:us-east-1:111122223333:cluster/web")
    assert rows(artifacts["web/nodegroups.jsonl"])


def test_one_refused_question_leaves_the_others():
    artifacts, _, _ = found(DescribeNodegroup=error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["web/nodegroups.jsonl"])
    assert rows(artifacts["web/access-entries.jsonl"])
