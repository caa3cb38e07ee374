"""ECS: clusters, what runs in them and on what, and how it was told to run.

API: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DescribeTasks.html
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from collectors.answers import answered, document, lines
from collectors.asking import asked, in_batches, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap

Row = dict[str, Any]
INCLUDED = ("ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS")


@source(
    "ecs_context",
    title="ECS clusters, services and tasks",
    permissions=(
        "ecs:ListClusters",
        "ecs:DescribeClusters",
        "ecs:ListServices",
        "ecs:DescribeServices",
        "ecs:ListTasks",
        "ecs:DescribeTasks",
        "ecs:DescribeTaskDefinition",
        "ecs:ListContainerInstances",
        "ecs:DescribeContainerInstances",
    ),
    kind="configuration",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield, per cluster, its settings, services, tasks, the task definitions in use, and container instances.

    It is the state of now; AWS forgets a task about an hour after it has stopped. What AWS answers instead of a
    description ("MISSING") is a line of its own. A region without a cluster yields nothing.
    """
    ecs = aws.client("ecs")
    subject = f"ECS clusters of {scope.account} in {scope.region}"
    for found in answered(subject, partial(paged, ecs, "list_clusters", "clusterArns")):
        if isinstance(found, Gap):
            yield found
        else:
            yield from of_cluster(ecs, found)


def of_cluster(ecs: Any, arn: str) -> Iterator[Artifact]:
    name = arn.rsplit("/", 1)[-1]
    cluster = partial(asked, ecs, "describe_clusters", clusters=[arn], include=list(INCLUDED))
    yield document(f"{name}/cluster.json", arn, cluster)
    questions: dict[str, Callable[[Any, str], Iterator[Row]]] = {
        "services": services,
        "tasks": tasks,
        "task-definitions": definitions,
        "container-instances": machines,
    }
    for file, ask in questions.items():
        yield lines(f"{name}/{file}.jsonl", f"{arn}/{file}", partial(ask, ecs, arn))


def services(ecs: Any, cluster: str) -> Iterator[Row]:
    for batch in in_batches(paged(ecs, "list_services", "serviceArns", cluster=cluster), 10):
        yield from rows(asked(ecs, "describe_services", cluster=cluster, services=batch, include=["TAGS"]), "services")


def tasks(ecs: Any, cluster: str) -> Iterator[Row]:
    """Tasks that are to run, and those that have stopped."""
    for status in ("RUNNING", "STOPPED"):
        listed = paged(ecs, "list_tasks", "taskArns", cluster=cluster, desiredStatus=status)
        for batch in in_batches(listed, 100):
            yield from rows(asked(ecs, "describe_tasks", cluster=cluster, tasks=batch, include=["TAGS"]), "tasks")


def definitions(ecs: Any, cluster: str) -> Iterator[Row]:
    """The definition of each service and task, once; only their names are held."""
    seen: set[str] = set()
    for ask in (services, tasks):
        for row in ask(ecs, cluster):
            definition = row.get("taskDefinition") or row.get("taskDefinitionArn")
            if definition and definition not in seen:
                seen.add(definition)
                yield asked(ecs, "describe_task_definition", taskDefinition=definition, include=["TAGS"])


def machines(ecs: Any, cluster: str) -> Iterator[Row]:
    for batch in in_batches(paged(ecs, "list_container_instances", "containerInstanceArns", cluster=cluster), 100):
        given = {"cluster": cluster, "containerInstances": batch, "include": ["TAGS"]}
        yield from rows(asked(ecs, "describe_container_instances", **given), "containerInstances")


def rows(answer: Row, key: str) -> Iterator[Row]:
    yield from answer.get(key) or ()
    yield from ({"failure": failure} for failure in answer.get("failures") or ())
