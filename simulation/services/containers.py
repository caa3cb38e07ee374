"""ECS and EKS in prod-web: a cluster of each, with something in it."""

import json
from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate
from simulation.services import Window

NAME = "acme-web"
ROLE = PROD_WEB.role("DataPlatform")


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del window
    run_service(cloud.client("ecs", PROD_WEB), estate.neighbour)
    run_kubernetes(cloud, cloud.client("eks", PROD_WEB))
    return {"cluster": NAME}


def run_service(ecs: Any, instance: str) -> None:
    """A service, and a task that runs on an instance."""
    ecs.create_cluster(clusterName=NAME)
    document = json.dumps({"instanceId": instance, "accountId": PROD_WEB.number})
    ecs.register_container_instance(cluster=NAME, instanceIdentityDocument=document)
    container = {"name": "web", "image": "acme/web:1.4", "cpu": 256, "memory": 512}
    ecs.register_task_definition(family="web", containerDefinitions=[container])
    ecs.create_service(cluster=NAME, serviceName="web", taskDefinition="web", desiredCount=1)
    ecs.run_task(cluster=NAME, taskDefinition="web")


def run_kubernetes(cloud: Cloud, eks: Any) -> None:
    """A cluster that keeps the API's log and no audit log."""
    found = cloud.client("ec2", PROD_WEB).describe_subnets()["Subnets"][:2]
    subnets = [subnet["SubnetId"] for subnet in found]
    kept = {"clusterLogging": [{"types": ["api"], "enabled": True}]}
    network = {"subnetIds": subnets}
    eks.create_cluster(name=NAME, roleArn=ROLE, resourcesVpcConfig=network, logging=kept)
    eks.create_nodegroup(clusterName=NAME, nodegroupName="workers", subnets=subnets, nodeRole=ROLE)
    selectors = [{"namespace": "batch"}]
    profile = {"fargateProfileName": "batch", "podExecutionRoleArn": ROLE, "selectors": selectors}
    eks.create_fargate_profile(clusterName=NAME, **profile)
