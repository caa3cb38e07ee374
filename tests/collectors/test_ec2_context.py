"""What surrounds an instance: a file for each question, each refused alone."""

import base64
import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.ec2_context import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read, session

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
SCRIPT = b"#!/bin/sh\n\xff\n"


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    monkeypatch.setenv("MOTO_EC2_LOAD_DEFAULT_AMIS", "false")
    with mock_aws():
        yield session()


@pytest.fixture
def launch(aws):
    """Start an instance; returns its id."""

    def launch(**more):
        run = aws.client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, **more)
        return run["Instances"][0]["InstanceId"]

    return launch


def found(aws, *instances, **answers):
    """The artifacts by name, and the gaps."""
    told = Told("ec2", answers, aws)
    everything = list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY, instances), told.session))
    artifacts = {one.name: one for one in everything if isinstance(one, Artifact)}
    return artifacts, [one for one in everything if isinstance(one, Gap)]


def rows(artifact):
    return [json.loads(line) for line in read(artifact).splitlines()]


def test_the_description_comes_with_what_surrounds_it(aws, launch):
    name = launch()
    artifacts, gaps = found(aws, name)
    assert json.loads(read(artifacts[f"{name}/instance.json"]))["InstanceId"] == name
    asked = "volumes", "network-interfaces", "security-groups", "subnets", "vpcs", "route-tables"
    assert all(len(rows(artifacts[f"{name}/{one}.jsonl"])) == 1 for one in asked)
    assert gaps == []


def test_volumes_of_other_instances_are_left_to_them(aws, launch):
    name, _ = launch(), launch()
    [volume] = rows(found(aws, name)[0][f"{name}/volumes.jsonl"])
    assert volume["Attachments"][0]["InstanceId"] == name


def test_user_data_is_there_as_given_and_as_it_reads(aws, launch):
    name = launch(UserData=SCRIPT)
    answer = json.loads(read(found(aws, name)[0][f"{name}/user-data.json"]))
    assert base64.b64decode(answer["UserData"]["Value"]) == SCRIPT
    assert answer["Decoded"] == "#!/bin/sh\n\\xff\n"


def test_no_user_data_is_no_gap(aws, launch):
    name = launch()
    assert json.loads(read(found(aws, name)[0][f"{name}/user-data.json"]))["Decoded"] == ""


def test_termination_protection_is_told(aws, launch):
    name = launch()
    aws.client("ec2").modify_instance_attribute(InstanceId=name, DisableApiTermination={"Value": True})
    answer = json.loads(read(found(aws, name)[0][f"{name}/disableApiTermination.json"]))
    assert answer["DisableApiTermination"] == {"Value": True}


def test_the_template_that_it_came_from_is_collected(aws, launch):
    data = {"ImageId": "ami-12c6146b", "InstanceType": "t3.small"}
    aws.client("ec2").create_launch_template(LaunchTemplateName="worker", LaunchTemplateData=data)
    name = launch(LaunchTemplate={"LaunchTemplateName": "worker"})
    answer = json.loads(read(found(aws, name)[0][f"{name}/launch-template.json"]))
    assert answer["LaunchTemplateVersions"][0]["LaunchTemplateData"] == data


def test_the_screenshot_is_a_picture(aws, launch):
    name = launch()
    picture = {"ImageData": base64.b64encode(b"\xff\xd8picture").decode()}
    artifacts, _ = found(aws, name, GetConsoleScreenshot=picture)
    assert read(artifacts[f"{name}/console.jpg"]) == b"\xff\xd8picture"


def test_a_screenshot_that_aws_cannot_take_is_told_to_the_reader(aws, launch):
    name = launch()
    artifacts, _ = found(aws, name, GetConsoleScreenshot=error("IncorrectInstanceState"))
    with pytest.raises(ClientError, match="IncorrectInstanceState"):
        artifacts[f"{name}/console.jpg"].open()


def test_the_latest_console_output_is_asked_for_where_there_is_one(aws, launch):
    name = launch()
    answers = [error("UnsupportedOperation"), {"Output": "at its start"}]
    artifacts, _ = found(aws, name, GetConsoleOutput=answers)
    assert json.loads(read(artifacts[f"{name}/console-output.json"])) == {"Output": "at its start"}


def test_only_what_is_opened_is_asked(aws, launch):
    told = Told("ec2", {}, aws)
    list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY, (launch(),)), told.session))
    assert set(told.asked) - {"RunInstances"} == {"DescribeInstances"}


def test_one_refused_question_leaves_the_others(aws, launch):
    name = launch()
    artifacts, gaps = found(aws, name, DescribeSubnets=error("UnauthorizedOperation"))
    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        read(artifacts[f"{name}/subnets.jsonl"])
    assert rows(artifacts[f"{name}/vpcs.jsonl"])
    assert gaps == []


def test_none_named_is_every_instance(aws, launch):
    made = {launch(), launch()}
    assert {name.split("/")[0] for name in found(aws)[0]} == made


def test_every_page_of_instances_is_read(aws):
    pages = [{"Reservations": [{"Instances": [{"InstanceId": name}]}], "NextToken": name} for name in ("i-1", "i-2")]
    pages.append({"Reservations": []})
    artifacts, _ = found(aws, DescribeInstances=pages)
    assert {"i-1/instance.json", "i-2/instance.json"} <= set(artifacts)


def test_no_instance_in_the_region_is_an_answer_and_no_gap(aws):
    assert found(aws) == ({}, [])


def test_an_instance_that_is_not_there_is_a_gap_and_the_others_go_on(aws, launch):
    name = launch()
    artifacts, gaps = found(aws, "i-00000000000000000", "no-instance-id", name)
    assert f"{name}/instance.json" in artifacts
    assert [(gap.kind, gap.subject) for gap in gaps] == [
        (GapKind.NOT_FOUND, "i-00000000000000000"),
        (GapKind.NOT_FOUND, "no-instance-id"),
    ]


@pytest.mark.parametrize("named", [(), ("i-1", "i-2")])
@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("UnauthorizedOperation"), GapKind.DENIED),
        (error("RequestLimitExceeded"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_instances_that_cannot_be_listed_are_a_gap(aws, named, problem, kind):
    artifacts, [gap] = found(aws, *named, DescribeInstances=problem)
    assert (artifacts, gap.kind) == ({}, kind)
