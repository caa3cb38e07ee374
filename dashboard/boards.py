"""Everything that the incident's page shows and that changes while one looks at it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.board import PhaseState, board, unit_strip
from cases.coverage import matrix_of
from cases.models import CustodyEntry, Incident, Phase
from cases.permissions import Verb
from charts import Svg, strip
from dashboard.decisions import decisions_of
from dashboard.gap_groups import gravest_of
from dashboard.lead_pages import first_of
from dashboard.sights import sight_of
from dashboard.situations import situation_of

LATEST = 6
GAPS = 6
# Where each phase's heading leads, and what its units are called.
PLACES = {
    Phase.COLLECTION: "evidence",
    Phase.EXAMINATION: "timeline",
    Phase.ANALYSIS: "findings",
    Phase.REPORTING: "report",
}


@dataclass(frozen=True, slots=True)
class Station:
    """One phase as the board draws it."""

    state: PhaseState
    place: str
    picture: Svg

    @property
    def gap_words(self) -> str:
        """Work and gaps are two values: "3 gaps open", "2 gaps acknowledged"; empty without gaps."""
        gaps, known = self.state.gaps_open, self.state.gaps_acknowledged
        if gaps:
            return ngettext("%(n)s gap open", "%(n)s gaps open", gaps) % {"n": gaps}
        return ngettext("%(n)s gap acknowledged", "%(n)s gaps acknowledged", known) % {"n": known} if known else ""

    @property
    def word(self) -> str:
        return {
            "not_started": _("Not started"),
            "in_progress": _("In progress"),
            "complete": _("Complete"),
            "failed": _("Failed"),
        }[self.state.work]


def context_of(incident: Incident, verbs: frozenset[Verb]) -> dict[str, Any]:
    """The board's context; the number of queries does not depend on how much there is."""
    phases = board(incident)
    strips = unit_strip(incident)
    entries = CustodyEntry.objects.filter(log__name=incident.reference)
    return {
        "incident": incident,
        "verbs": verbs,
        "live_change": incident.change,
        "stations": [Station(state, PLACES[state.phase], strip(dict(strips[state.phase]))) for state in phases],
        "is_on_its_way": any(state.runs_active for state in phases[:-1]),  # a report tells nothing new
        "is_at_work": any(state.runs_active for state in phases),
        "decisions": decisions_of(sight_of(incident)),
        "situation": situation_of(incident),
        "leads": first_of(incident),
        "matrix": matrix_of(incident),
        "gaps": gravest_of(incident, GAPS),
        "gaps_open": sum(state.gaps_open for state in phases),
        "gaps_acknowledged": sum(state.gaps_acknowledged for state in phases),
        "latest": list(entries.order_by("-seq")[:LATEST]),
    }
