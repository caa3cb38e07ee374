"""VPC flow logs in every VPC: who talked to whom, when no host can be trusted to say.

https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
"""

from collections.abc import Iterator
from typing import Any

from readiness.base import check
from readiness.organisation import Answer, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

TODO = "Turn on flow logs for each VPC named below, for all traffic, into the log archive."


@check(
    "flow_logs",
    title="Every VPC has flow logs",
    practice="SEC10-BP03",
    permissions=("ec2:DescribeVpcs", "ec2:DescribeFlowLogs"),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Compare the VPCs of each account and region in use with the flow logs that are active for them."""
    return judged(each(organisation.places(), vpcs_seen), TODO)


def vpcs_seen(place: Place) -> Iterator[Observation]:
    vpcs = [vpc["VpcId"] for vpc in place.ask("ec2", "describe_vpcs").data["Vpcs"]]
    answer = place.ask("ec2", "describe_flow_logs")
    logs = {log["ResourceId"]: log for log in answer.data["FlowLogs"] if log.get("FlowLogStatus") == "ACTIVE"}
    if not vpcs:
        yield answer.passed(f"No VPC in {place}.")
    for vpc in vpcs:
        yield vpc_seen(answer, place, vpc, logs.get(vpc))


def vpc_seen(answer: Answer, place: Place, vpc: str, log: dict[str, Any] | None) -> Observation:
    if log is None:
        return answer.failed(f"{vpc} in {place} has no flow log.", "none for this VPC")
    if log.get("TrafficType", "ALL") != "ALL":
        return answer.partly(f"{vpc} in {place} logs {log['TrafficType']} traffic only.", log)
    return answer.passed(f"{vpc} in {place} logs all traffic.", log)
