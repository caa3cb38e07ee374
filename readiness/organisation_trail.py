"""One trail for the whole organisation: every region, validated log files, delivering into the log archive.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

from readiness.base import check
from readiness.buckets import bucket_names
from readiness.organisation import Answer, Kind, Organisation, Place, each
from readiness.trails import organisation_trails, trails_of
from readiness.verdicts import Observation, Outcome, Verdict, judged

TODO = "Make an organisation trail for all regions, with log file validation, that delivers into the log archive."


@check(
    "organisation_trail",
    title="An organisation trail records every account and region",
    practice="SEC10-BP03",
    permissions=("cloudtrail:DescribeTrails", "cloudtrail:GetTrailStatus"),
    weight=5,
)
def look(organisation: Organisation) -> Verdict:
    """Look at each organisation trail of the management account, and at whether it delivers."""
    return judged(each(organisation.homes(Kind.MANAGEMENT), partial(trails_seen, organisation)), TODO)


def trails_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = trails_of(place)
    found = organisation_trails(answer)
    if not found:
        yield answer.failed("There is no organisation trail.", answer.data["trailList"] or "no trail")
    archive = {bucket for account in organisation.of(Kind.LOG_ARCHIVE) for bucket in bucket_names(account)}
    for trail in found:
        yield from settings_seen(answer, trail, archive)
        yield status_seen(place, trail)


def settings_seen(answer: Answer, trail: dict[str, Any], archive: set[str]) -> Iterator[Observation]:
    name = trail["Name"]
    yield said(answer, trail, "IsMultiRegionTrail", (f"{name} records every region.", f"{name} records one region."))
    validated = (f"{name} signs what it delivers.", f"{name} has no log file validation: changed files go unnoticed.")
    yield said(answer, trail, "LogFileValidationEnabled", validated)
    is_archive = trail.get("S3BucketName") in archive
    outcome = Outcome.PASSED if is_archive else Outcome.FAILED
    where = "the log archive" if is_archive else "a bucket that is not registered for the log archive"
    yield answer.seen(outcome, f"{name} delivers into {where}.", {"S3BucketName": trail.get("S3BucketName")})


def said(answer: Answer, trail: dict[str, Any], key: str, words: tuple[str, str]) -> Observation:
    """The first of ``words`` where the trail says yes to ``key``, else the second."""
    is_so = bool(trail.get(key))
    return answer.seen(Outcome.PASSED if is_so else Outcome.FAILED, words[not is_so], {key: trail.get(key)})


def status_seen(place: Place, trail: dict[str, Any]) -> Observation:
    answer = place.ask("cloudtrail", "get_trail_status", {"Name": trail["TrailARN"]})
    if not answer.data["IsLogging"]:
        return answer.failed(f"{trail['Name']} is switched off.")
    if problem := answer.data.get("LatestDeliveryError"):
        return answer.failed(f"{trail['Name']} does not deliver.", problem)
    return answer.passed(f"{trail['Name']} is on and delivers.")
