"""AWS Backup protects the workloads, and its last backups are young enough to go back to.

https://docs.aws.amazon.com/aws-backup/latest/devguide/API_ListProtectedResources.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, counted, judged

AGE = timedelta(days=7)
TODO = f"Put every workload under a backup plan that runs at least every {AGE.days} days."


@check(
    "backups",
    title=f"Workloads were backed up within {AGE.days} days",
    practice="SEC10-BP03",
    permissions=("backup:ListProtectedResources",),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Read when each protected resource was last backed up. What no plan protects is not listed by AWS."""
    return judged(each(organisation.places(Kind.WORKLOAD), partial(resources_seen, organisation)), TODO)


def resources_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = place.ask("backup", "list_protected_resources")
    last = {found["ResourceArn"]: found.get("LastBackupTime") for found in answer.data["Results"]}
    old = {arn: at for arn, at in last.items() if at is None or organisation.is_older(at, AGE)}
    if not last:
        yield answer.failed(f"AWS Backup protects nothing in {place}.")
    if old:
        yield answer.failed(f"No young backup in {place}: {len(old)} of {counted(len(last), 'resource')}.", old)
    if len(last) > len(old):
        young = {arn: at for arn, at in last.items() if arn not in old}
        yield answer.passed(f"A young backup in {place}: {len(young)} of {counted(len(last), 'resource')}.", young)
