"""AWS Config records in every account and region, so that yesterday's state of a resource can be looked up.

https://docs.aws.amazon.com/config/latest/developerguide/stop-start-recorder.html
"""

from collections.abc import Iterator

from readiness.base import check
from readiness.organisation import Organisation, Place, each
from readiness.verdicts import Observation, Verdict, judged

TODO = "Turn on an AWS Config recorder in each place named below (an organisation's StackSet does it for all)."


@check(
    "config_recorders",
    title="AWS Config records everywhere",
    practice="SEC10-BP03",
    permissions=("config:DescribeConfigurationRecorderStatus",),
    weight=3,
)
def look(organisation: Organisation) -> Verdict:
    """Ask each account and region in use whether a recorder is on and whether it succeeds."""
    return judged(each(organisation.places(), recorders_seen), TODO)


def recorders_seen(place: Place) -> Iterator[Observation]:
    answer = place.ask("config", "describe_configuration_recorder_status")
    recorders = answer.data["ConfigurationRecordersStatus"]
    if not any(recorder.get("recording") for recorder in recorders):
        yield answer.failed(f"Config does not record in {place}.")
    elif any(recorder.get("lastStatus") in ("Failure", "FAILURE") for recorder in recorders):
        yield answer.failed(f"Config is on in {place}, but its last recording failed.")
    else:
        yield answer.passed(f"Config records in {place}.")
