"""What happened and how sure we are, told from the findings of an incident alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.models import Evidence, Finding, Incident, Verdict
from dashboard.stories import LOOKED_AT, Told, story_of


@dataclass(frozen=True, slots=True)
class Situation:
    """The first screen of an incident. ``first_at`` and ``last_at`` span the events behind its findings.

    ``wrong_files`` are log files that the digests call altered or missing.
    """

    story: list[Told]
    gravest: Finding | None
    findings: int
    confirmed: int
    first_at: datetime | None
    last_at: datetime | None
    checks: list[tuple[str, str]]
    wrong_files: int

    @property
    def more(self) -> int:
        """How many findings stand besides those of the story."""
        return self.findings - sum(1 + len(line.others) for line in self.story)

    @property
    def spans_years(self) -> bool:
        """Whether a day without its year would not say when it was."""
        return bool(self.first_at and self.last_at) and len({at.year for at in self.moments}) > 1

    @property
    def moments(self) -> list[datetime]:
        firsts = [line.finding.first_at for line in self.story]
        return [at for at in (self.first_at, self.last_at, *firsts) if at]

    @property
    def lead(self) -> str:
        words = ngettext("%(n)s finding stands.", "%(n)s findings stand.", self.findings) % {"n": self.findings}
        if self.gravest is None:
            return words
        grave = _("The gravest, %(severity)s: %(title)s.")
        told = {"severity": self.gravest.get_severity_display().lower(), "title": self.gravest.title}
        return f"{words} {grave % told}"


def situation_of(incident: Incident) -> Situation:
    """The gravest findings in the order of time, and what speaks for the evidence; four queries."""
    standing = Finding.objects.detections().standing().filter(incident=incident)
    sums = standing.aggregate(
        n=Count("pk"), sure=Count("pk", filter=Q(status="confirmed")), first=Min("first_at"), last=Max("last_at")
    )
    verdicts = verdicts_of(incident)
    looked_at = list(standing.for_lists()[:LOOKED_AT])
    return Situation(
        story=story_of(looked_at),
        gravest=next(iter(looked_at), None),
        findings=sums["n"],
        confirmed=sums["sure"],
        first_at=sums["first"],
        last_at=sums["last"],
        checks=[*integrity_of(incident), *digests_of(verdicts)],
        wrong_files=wrong_in(verdicts),
    )


def integrity_of(incident: Incident) -> list[tuple[str, str]]:
    """(state, words): whether every exhibit is sealed, whether one is altered, and how many hold nothing."""
    is_empty = Q(members=0) & ~Q(sha256="")
    sums = incident.evidence.aggregate(
        n=Count("pk", filter=~is_empty),
        sealed=Count("pk", filter=~Q(sha256="") & ~is_empty),
        empty=Count("pk", filter=is_empty),
        broken=Count("pk", filter=Q(state=Evidence.State.INTEGRITY_FAILED)),
    )
    empty = ngettext("%(n)s exhibit came out empty", "%(n)s exhibits came out empty", sums["empty"])
    nothing = [("partial", empty % {"n": sums["empty"]})] if sums["empty"] else []
    if not sums["n"]:
        return nothing
    if sums["broken"]:
        broken = ngettext("%(n)s exhibit is altered", "%(n)s exhibits are altered", sums["broken"])
        return [("bad", broken % {"n": sums["broken"]}), *nothing]
    state = "ok" if sums["sealed"] == sums["n"] else "partial"
    words = ngettext("%(sealed)s of %(n)s exhibit sealed", "%(sealed)s of %(n)s exhibits sealed", sums["n"])
    return [(state, words % sums), *nothing]


def verdicts_of(incident: Incident) -> dict[str, int]:
    """Verdict -> how many files; a file collected twice is one."""
    rows = Verdict.objects.filter(run__incident=incident, run__is_newest=True).order_by()
    return dict(rows.values_list("state").annotate(Count("file", distinct=True)))


def wrong_in(verdicts: Mapping[str, int]) -> int:
    return verdicts.get(Verdict.State.ALTERED, 0) + verdicts.get(Verdict.State.MISSING, 0)


def digests_of(verdicts: Mapping[str, int]) -> list[tuple[str, str]]:
    """(state, words): what the validators say of the files."""
    if not verdicts:
        return []
    wrong, valid, total = wrong_in(verdicts), verdicts.get(Verdict.State.VALID, 0), sum(verdicts.values())
    words = ngettext(
        "%(valid)s of %(all)s log file vouched for by digests",
        "%(valid)s of %(all)s log files vouched for by digests",
        total,
    )
    words %= {"valid": valid, "all": total}
    if wrong:
        altered = ngettext("%(n)s log file altered or missing", "%(n)s log files altered or missing", wrong)
        return [("bad", altered % {"n": wrong}), ("ok", words)]
    return [("ok" if valid else "warn", words)]
