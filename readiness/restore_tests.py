"""Backups are restored as an exercise: one that was never restored is a hope.

https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
"""

from collections.abc import Iterator
from datetime import timedelta
from functools import partial

from readiness.base import check
from readiness.organisation import Kind, Organisation, Place, each
from readiness.verdicts import Observation, Verdict, counted, judged

AGE = timedelta(days=90)
TODO = f"Make a restore testing plan in AWS Backup, and restore at least every {AGE.days} days."


@check(
    "restore_tests",
    title=f"Backups were restored within {AGE.days} days",
    practice="SEC10-BP03",
    permissions=("backup:ListRestoreJobs",),
    weight=2,
)
def look(organisation: Organisation) -> Verdict:
    """Find the newest restore that completed in each workload account; AWS keeps jobs for some months only."""
    return judged(each(organisation.places(Kind.WORKLOAD), partial(restores_seen, organisation)), TODO)


def restores_seen(organisation: Organisation, place: Place) -> Iterator[Observation]:
    answer = place.ask("backup", "list_restore_jobs", {"ByStatus": "COMPLETED"})
    ended = [job["CompletionDate"] for job in answer.data["RestoreJobs"] if job.get("CompletionDate")]
    if not ended:
        yield answer.failed(f"No restore was ever completed in {place}, as far back as AWS remembers.")
        return
    days = counted((organisation.now - max(ended)).days, "day")
    if organisation.is_older(max(ended), AGE):
        yield answer.partly(f"The last restore in {place} is {days} old.", {"CompletionDate": max(ended)})
    else:
        yield answer.passed(f"The last restore in {place} is {days} old.", {"CompletionDate": max(ended)})
