"""Data events: whether the trail records who read an object or called a function. Without them no log can tell.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html
"""

from collections.abc import Iterator
from typing import Any

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, each
from readiness.policies import listed
from readiness.trails import organisation_trails, trails_of
from readiness.verdicts import Observation, Verdict, judged

OBJECTS = "AWS::S3::Object"
TODO = "Have the organisation trail record S3 data events, at least of the buckets that hold what others would steal."


@check(
    "data_events",
    title="Reads of S3 objects are recorded",
    practice="SEC10-BP03",
    permissions=("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors"),
    weight=2,
)
def look(organisation: Organisation) -> Verdict:
    """Read the event selectors of each organisation trail, basic and advanced."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), trails_seen), TODO)


def trails_seen(place: Place) -> Iterator[Observation]:
    answer = trails_of(place)
    found = organisation_trails(answer)
    if not found:
        yield answer.failed("There is no organisation trail, so no data events either.")
    for trail in found:
        yield selectors_seen(place, trail)


def selectors_seen(place: Place, trail: dict[str, Any]) -> Observation:
    answer = place.ask("cloudtrail", "get_event_selectors", {"TrailName": trail["TrailARN"]})
    kinds = sorted({*basic_kinds(answer.data), *advanced_kinds(answer.data)})
    if OBJECTS in kinds:
        return answer.passed(f"{trail['Name']} records data events of {', '.join(kinds)}.")
    if kinds:
        return answer.partly(f"{trail['Name']} records data events of {', '.join(kinds)}, not of S3 objects.")
    return answer.failed(f"{trail['Name']} records no data events: reading objects leaves no trace.")


def basic_kinds(selectors: Any) -> Iterator[str]:
    for selector in selectors.get("EventSelectors") or ():
        yield from (resource["Type"] for resource in selector.get("DataResources") or () if resource.get("Values"))


def advanced_kinds(selectors: Any) -> Iterator[str]:
    for selector in selectors.get("AdvancedEventSelectors") or ():
        for field in selector.get("FieldSelectors", ()):
            if field["Field"] == "resources.type":
                yield from listed(field.get("Equals", []))
