"""Evidence was really collected as an exercise, through the portal's own path, not long ago.

https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_incident_response_run_game_days.html
"""

from collections.abc import Iterator
from datetime import timedelta

from readiness.base import check
from readiness.organisation import Organisation, Rehearsal
from readiness.verdicts import Observation, Outcome, Verdict, counted, judged, quoted

AGE = timedelta(days=90)
ASKED = "the portal's own runs: collections from AWS in incidents of the source “rehearsal”"
TODO = "Rehearse with an instance that is there for it: manage.py rehearse ACCOUNT INSTANCE --region REGION."


@check(
    "rehearsal",
    title=f"A collection was rehearsed within {AGE.days} days",
    practice="SEC10-BP03",
    permissions=(),
    weight=4,
    roles=(),
)
def look(organisation: Organisation) -> Verdict:
    """Find the newest rehearsal that stored something and missed nothing; one that is too old counts in part."""
    return judged(rehearsals_seen(organisation), TODO)


def rehearsals_seen(organisation: Organisation) -> Iterator[Observation]:
    rehearsals = sorted(organisation.rehearsals, key=lambda rehearsal: rehearsal.ended_at)
    good = [rehearsal for rehearsal in rehearsals if rehearsal.is_success]
    if not rehearsals:
        yield Observation(Outcome.FAILED, "No collection was ever rehearsed.", ASKED, "none")
    elif not good:
        says = "No rehearsal has succeeded yet; the newest ended with gaps, without objects, or not at all."
        yield Observation(Outcome.FAILED, says, ASKED, words_of(rehearsals[-1]))
    else:
        is_old = organisation.is_older(good[-1].ended_at, AGE)
        days = counted((organisation.now - good[-1].ended_at).days, "day")
        says = f"The last rehearsal that succeeded is {days} old."
        yield Observation(Outcome.PARTLY if is_old else Outcome.PASSED, says, ASKED, words_of(good[-1]))


def words_of(rehearsal: Rehearsal) -> str:
    return quoted(
        {
            "incident": rehearsal.incident,
            "run": rehearsal.run,
            "source": rehearsal.source,
            "ended": f"{rehearsal.ended_at:%Y-%m-%d %H:%M} UTC",
            "objects": rehearsal.objects,
            "gaps": rehearsal.gaps,
            "complete": rehearsal.is_complete,
        }
    )
