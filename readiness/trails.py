"""The trails of the management account. No check lives here.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_DescribeTrails.html
"""

from readiness.organisation import Answer, Place


def trails_of(place: Place) -> Answer:
    """Every trail that the account sees, whatever region it lives in."""
    return place.ask("cloudtrail", "describe_trails", {"includeShadowTrails": True})


def organisation_trails(answer: Answer) -> list[dict[str, object]]:
    return [trail for trail in answer.data["trailList"] if trail.get("IsOrganizationTrail")]
