"""CloudWatch log groups keep what they hold for at least a year, and somebody has decided how long.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.organisation import Organisation, Place, each
from readiness.verdicts import Observation, Verdict, counted, judged

DAYS = 365
TODO = f"Set a retention of at least {DAYS} days on the log groups named below, or export them to the log archive."


@check(
    "log_retention",
    title=f"Log groups keep their logs for {DAYS} days",
    practice="SEC10-BP03",
    permissions=("logs:DescribeLogGroups",),
    weight=2,
)
def look(organisation: Organisation) -> Verdict:
    """Read the retention of every log group of each account and region in use."""
    return judged(each(organisation.places(), groups_seen), TODO)


def groups_seen(place: Place) -> Iterator[Observation]:
    answer = place.ask("logs", "describe_log_groups")
    kept = {group["logGroupName"]: group.get("retentionInDays") for group in answer.data["logGroups"]}
    short = {name: days for name, days in kept.items() if days and days < DAYS}
    endless = [name for name, days in kept.items() if not days]
    if short:
        yield answer.failed(f"{counted(len(short), 'log group')} in {place} with less than {DAYS} days.", short)
    if endless:
        says = f"{counted(len(endless), 'log group')} in {place} without retention: kept for ever, decided by nobody."
        yield answer.partly(says, endless)
    if not (short or endless):
        yield answer.passed(f"No log group in {place} forgets too early.", kept or "no log group")
