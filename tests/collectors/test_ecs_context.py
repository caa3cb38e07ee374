"""ECS: each cluster with what runs in it, in AWS's batches, and what AWS cannot describe."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from collectors import Artifact, Scope
from collectors.ecs_context import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("test", "111122223333", "us-east-1", DAY, DAY)
WEB = "arn:aws:ecs:us-east-1:111122223333:cluster/web"
ANSWERS = {
    "ListClusters": {"clusterArns": [WEB]},
    "DescribeClusters": {"clusters": [{"clusterArn": WEB}]},
    "ListServices": {"serviceArns": ["s"]},
    "DescribeServices": {"services": [{"serviceArn": "s", "taskDefinition": "web:1"}]},
    "ListTasks": lambda given: {"taskArns": [given["desiredStatus"]]},
    "DescribeTasks": lambda given: {"tasks": [{"taskArn": given["tasks"][0], "taskDefinitionArn": "web:1"}]},
    "DescribeTaskDefinition": lambda given: {"taskDefinition": {"family": given["taskDefinition"]}},
    "ListContainerInstances": {"containerInstanceArns": []},
}


def found(**answers):
    """The artifacts by name, the gaps, and what was asked."""
    told = Told("ecs", ANSWERS | answers)
    everything = list(collect(SCOPE, told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)], told.asked


def rows(artifact):
    return [json.loads(line) for line in read(artifact).splitlines()]


def test_a_cluster_comes_with_what_runs_in_it():
    artifacts, gaps, _ = found()
    assert json.loads(read(artifacts["web/cluster.json"]))["clusters"] == [{"clusterArn": WEB}]
    assert [row["serviceArn"] for row in rows(artifacts["web/services.jsonl"])] == ["s"]
    assert [row["taskArn"] for row in rows(artifacts["web/tasks.jsonl"])] == ["RUNNING", "STOPPED"]
    assert gaps == []


def test_each_task_definition_is_described_once():
    artifacts, _, asked = found()
    assert rows(artifacts["web/task-definitions.jsonl"]) == [{"taskDefinition": {"family": "web:1"}}]
    assert len(asked["DescribeTaskDefinition"]) == 1


def test_nothing_is_read_before_it_is_yielded():
    assert set(found()[2]) == {"ListClusters"}


def test_services_are_described_ten_at_a_time_over_all_pages():
    pages = [{"serviceArns": list("abcdefgh"), "nextToken": "t"}, {"serviceArns": list("ijk")}]
    artifacts, _, asked = found(ListServices=pages)
    rows(artifacts["web/services.jsonl"])
    assert [len(given["services"]) for given in asked["DescribeServices"]] == [10, 1]


def test_what_aws_cannot_describe_is_a_line_of_its_own():
    missing = {"tasks": [], "failures": [{"arn": "t", "reason": "MISSING"}]}
    artifacts, _, _ = found(DescribeTasks=missing)
    assert rows(artifacts["web/tasks.jsonl"])[0] == {"failure": {"arn": "t", "reason": "MISSING"}}


def test_container_instances_are_described():
    machines = {"containerInstanceArns": ["m"]}
    described = {"containerInstances": [{"ec2InstanceId": "i-1"}]}
    artifacts, _, _ = found(ListContainerInstances=machines, DescribeContainerInstances=described)
    assert rows(artifacts["web/container-instances.jsonl"]) == [{"ec2InstanceId": "i-1"}]


def test_every_page_of_clusters_is_read():
    pages = [{"clusterArns": [WEB], "nextToken": "t"}, {"clusterArns": [f"{WEB}-2"]}]
    assert {"web/cluster.json", "web-2/cluster.json"} <= set(found(ListClusters=pages)[0])


def test_no_cluster_is_an_answer_and_no_gap():
    assert found(ListClusters={"clusterArns": []})[:2] == ({}, [])


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_clusters_that_cannot_be_listed_are_one_gap(problem, kind):
    artifacts, [gap], _ = found(ListClusters=problem)
    assert (artifacts, gap.kind) == ({}, kind)


def test_one_refused_question_leaves_the_others():
    artifacts, _, _ = found(DescribeServices=error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(artifacts["web/services.jsonl"])
    assert len(rows(artifacts["web/tasks.jsonl"])) == 2
