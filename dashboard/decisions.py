"""What a person must decide next in an incident: questions, each with who may answer it and where."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Incident, Phase, Report
from cases.permissions import Verb
from dashboard.sights import Sight


@dataclass(frozen=True, slots=True)
class Decision:
    """One question. ``is_post`` means that a button posts to ``url`` (with ``to`` for a state), else it is a link.

    ``brief`` is what the incident waits for, in the few words that a list has room for.
    """

    brief: str
    question: str
    detail: str
    verb: Verb
    label: str
    url: str
    is_post: bool = False
    to: str = ""

    @property
    def who(self) -> str:
        """Whose question it is, by role."""
        return {
            Verb.COLLECT: _("a responder"),
            Verb.ANALYZE: _("an analyst or responder"),
            Verb.EXAMINE: _("an analyst or responder"),
            Verb.READ: _("everybody here"),
        }.get(self.verb, _("the commander"))


def decisions_of(sight: Sight) -> list[Decision]:
    """Every open question, the most pressing first; none for a closed incident."""
    return [decision for ask in QUESTIONS for decision in ask(sight)] if sight.incident.is_open else []


def acknowledge(sight: Sight) -> Iterator[Decision]:
    if sight.incident.state == Incident.State.SUBMITTED:
        yield Decision(
            _("to be acknowledged"),
            _("Take this incident on?"),
            _("Until it is acknowledged, nobody has said that they work on it; the clock runs."),
            Verb.TRANSITION,
            _("Acknowledge"),
            sight.place("transition"),
            is_post=True,
            to=Incident.State.ACKNOWLEDGED,
        )


def collect_first(sight: Sight) -> Iterator[Decision]:
    if not sight.collections:
        yield Decision(
            _("nothing collected yet"),
            _("What should be collected first?"),
            _("There is no evidence yet. Collect it from AWS, or hand over a file of logs."),
            Verb.COLLECT,
            _("Collect evidence"),
            sight.place("collect"),
        )


def broken_evidence(sight: Sight) -> Iterator[Decision]:
    if sight.broken:
        short = f"E{sight.broken:04d}"
        yield Decision(
            _("%(short)s no longer matches its hash") % {"short": short},
            _("%(short)s no longer matches its hash. What happened to it?") % {"short": short},
            _("Nothing was deleted. Its custody entries say when it was last seen whole."),
            Verb.READ,
            _("Look at its custody"),
            sight.place("exhibit", short),
        )


def failed_runs(sight: Sight) -> Iterator[Decision]:
    if failed := sight.runs_failed:
        yield Decision(
            ngettext("%(n)s failed run", "%(n)s failed runs", failed) % {"n": failed},
            ngettext("%(n)s run failed. Ask again?", "%(n)s runs failed. Ask again?", failed) % {"n": failed},
            _("Each says what to change first."),
            Verb.ANALYZE,
            _("See why"),
            sight.place("runs") + "?view=failed",
        )


def open_gaps(sight: Sight) -> Iterator[Decision]:
    if gaps := sight.gaps_open:
        question = ngettext("Accept %(n)s gap, or fetch elsewhere?", "Accept %(n)s gaps, or fetch elsewhere?", gaps)
        yield Decision(
            ngettext("%(n)s open gap", "%(n)s open gaps", gaps) % {"n": gaps},
            question % {"n": gaps},
            _("The incident can be closed only when each is acknowledged by name."),
            Verb.TRANSITION,
            _("Go through the gaps"),
            sight.place("gaps"),
        )


def undecided_findings(sight: Sight) -> Iterator[Decision]:
    number = sight.proposed
    if number:  # asked while work goes on, too: a question that comes and goes is not answered
        detail = _("The portal proposes; what stands in the report is a person's word.")
        more = _("Work goes on: counts may change, a decision stays.")
        yield Decision(
            ngettext("%(n)s finding to judge", "%(n)s findings to judge", number) % {"n": number},
            ngettext("Confirm or dismiss %(n)s finding?", "Confirm or dismiss %(n)s findings?", number) % {"n": number},
            f"{detail} {more}" if sight.is_at_work else detail,
            Verb.ANALYZE,
            _("Judge the findings"),
            sight.place("findings"),
        )


def waiting_draft(sight: Sight) -> Iterator[Decision]:
    if sight.report_status in (Report.Status.DRAFT, Report.Status.IN_REVIEW, Report.Status.APPROVED):
        said = {"n": sight.report_version, "status": Report.Status(sight.report_status).label.lower()}
        yield Decision(
            _("report version %(n)s: %(status)s") % said,
            _("Is report version %(n)s right?") % said,
            _("It is now: %(status)s. A closed incident needs a final one.") % said,
            Verb.APPROVE,
            _("Read the report"),
            sight.place("report_version", str(sight.report_version)),
        )


def go_on(sight: Sight) -> Iterator[Decision]:
    """Where the phases do not follow by themselves, the button that starts what is due."""
    if sight.next_phase:
        yield Decision(
            _("the next phase to be started"),
            _("Go on to %(phase)s?") % {"phase": Phase(sight.next_phase).label},
            _("In this incident each phase waits for a person."),
            Verb.EXAMINE,
            _("Go on now"),
            sight.place("advance"),
            is_post=True,
        )


QUESTIONS: tuple[Callable[[Sight], Iterator[Decision]], ...] = (
    broken_evidence,
    acknowledge,
    collect_first,
    go_on,
    failed_runs,
    open_gaps,
    undecided_findings,
    waiting_draft,
)
