"""EC2 in prod-web: a third instance, started from a launch template that gives it user data."""

import base64
from typing import Any

from simulation.organisation import PROD_WEB, Cloud, Estate
from simulation.services import Window

SCRIPT = b"#!/bin/sh\nsystemctl enable --now acme-worker\n"


def furnish(cloud: Cloud, estate: Estate, window: Window) -> dict[str, Any]:
    del estate, window
    ec2 = cloud.client("ec2", PROD_WEB)
    made = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small", "UserData": base64.b64encode(SCRIPT).decode()}
    ec2.create_launch_template(LaunchTemplateName="acme-worker", LaunchTemplateData=made)
    run = ec2.run_instances(LaunchTemplate={"LaunchTemplateName": "acme-worker"}, MinCount=1, MaxCount=1)
    return {"worker": run["Instances"][0]["InstanceId"]}
