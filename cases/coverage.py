"""What was collected from where: account and region down, source across, each cell with its state and its windows."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import ngettext

from cases.models import AwsAccount, GapRecord, Incident, Phase, Run, Verdict
from cases.wanted import Place, Wanted, wanted_of
from cases.windows import uncovered
from plugins import Window

# Of several collections in one cell the first of these is shown.
GRAVITY = ("failed", "running", "planned", "partial", "collected", "empty", "cancelled")
ALONE = frozenset({GapRecord.Kind.DENIED, GapRecord.Kind.NOT_ENABLED, GapRecord.Kind.OUT_OF_RETENTION})
WRONG = (Verdict.State.ALTERED, Verdict.State.MISSING)
ANSWERED = frozenset({"collected", "empty", "partial"})  # states that say what there was in the windows asked
NOT_REQUESTED = "not_requested"
BROAD = 7  # sources that fit side by side
LARGE = 96  # cells; more of them want a page of their own


@dataclass(frozen=True, slots=True)
class Cell:
    """All newest collections of one source in one account and region; ``run`` is the one to look at.

    ``doubt`` says in words that files from there are altered or missing; empty when the digests find nothing wrong.
    ``windows`` were asked for, ``uncovered`` is what of the incident's own window is not in them. A cell without a run
    was wanted by a plan: ``reason`` says why nobody asked.
    """

    state: str
    members: int
    run: Run | None
    runs: int
    doubt: str = ""
    windows: tuple[Window, ...] = ()
    uncovered: tuple[Window, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One account and region; ``cells`` in the order of the matrix' sources, None where nothing was wanted."""

    account: str
    name: str
    region: str
    cells: list[Cell | None]


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole of it; the rows of what people brought in have no account. ``window`` is the incident's own."""

    sources: list[str]
    rows: list[Row]
    window: Window | None = None

    @property
    def is_large(self) -> bool:
        return len(self.sources) * len(self.rows) > LARGE

    @property
    def is_tall(self) -> bool:
        """More sources than places: then they go down, not across."""
        return len(self.sources) > max(len(self.rows), BROAD)

    @property
    def is_dense(self) -> bool:
        return self.is_large and not self.is_tall

    @property
    def by_source(self) -> list[tuple[str, list[tuple[Row, Cell | None]]]]:
        """The same the other way round: each source with its cell in every place."""
        return [(source, [(row, row.cells[at]) for row in self.rows]) for at, source in enumerate(self.sources)]

    @property
    def blanks(self) -> int:
        """Cells of accounts in which nobody wanted a source and nobody asked."""
        return sum(cell is None for row in self.in_accounts.rows for cell in row.cells)

    @property
    def counts(self) -> dict[str, int]:
        """State -> how many cells, the most frequent first."""
        return dict(Counter(cell.state for row in self.rows for cell in row.cells if cell).most_common())

    @property
    def in_accounts(self) -> "Matrix":
        """Without what people brought in: it is of no account and region, so nobody counts it as one."""
        return self.with_rows([row for row in self.rows if row.account])

    def of(self, account: str = "", region: str = "") -> "Matrix":
        """The rows of one account or region, and the sources that say something there."""
        return self.with_rows([row for row in self.rows if account in ("", row.account) and region in ("", row.region)])

    def with_rows(self, rows: list[Row]) -> "Matrix":
        """These rows alone, and the sources that say something in them."""
        kept = [at for at in range(len(self.sources)) if any(row.cells[at] for row in rows)]
        return Matrix(
            [self.sources[at] for at in kept],
            [replace(row, cells=[row.cells[at] for at in kept]) for row in rows],
            self.window,
        )


def matrix_of(incident: Incident) -> Matrix:
    """The newest collections, what the digests say of them, and what plans wanted besides; five queries."""
    runs = list(incident.runs.newest().of(Phase.COLLECTION).select_related("evidence").order_by("pk"))
    kinds, doubts = gap_kinds(incident), doubts_of(incident)
    accounts = {row.account: row for row in AwsAccount.objects.all()}
    asked = by_place(runs)
    wanted = wanted_of(incident, asked, {number: row.kind for number, row in accounts.items()})
    window = window_of(incident, runs, wanted)
    sources = sorted({run.tool for run in runs} | wanted.sources)
    rows = []
    for place in sorted({*asked, *wanted.places}):
        found = {source: cell_of(of, kinds, doubts.get((*place, source), "")) for source, of in asked[place].items()}
        cells = [in_time(found.get(source), asked[place][source], window) for source in sources]
        name = accounts[place[0]].name if place[0] in accounts else place[0]
        rows.append(Row(place[0], name, place[1], with_wanted(cells, place, sources, wanted)))
    return Matrix(sources, rows, window)


def by_place(runs: Iterable[Run]) -> dict[Place, dict[str, list[Run]]]:
    """(Account, region) -> source -> its runs there."""
    places: dict[Place, dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    for run in runs:
        places[run.scope.get("account", ""), run.scope.get("region", "")][run.tool].append(run)
    return places


def with_wanted(cells: list[Cell | None], place: Place, sources: list[str], wanted: Wanted) -> list[Cell | None]:
    """The cells of a row, and one for each source that a plan wants there and nobody asked."""
    return [
        cell or wanted_cell(wanted.reasons.get((*place, source))) for cell, source in zip(cells, sources, strict=True)
    ]


def wanted_cell(reason: tuple[str, str] | None) -> Cell | None:
    return Cell(reason[0], 0, None, 0, reason=reason[1]) if reason else None


def gap_kinds(incident: Incident) -> dict[int, set[str]]:
    """Run -> the kinds of gap it has."""
    kinds: dict[int, set[str]] = defaultdict(set)
    rows = incident.gaps.current().filter(phase=Phase.COLLECTION).order_by().values_list("run", "kind").distinct()
    for run, kind in rows:
        kinds[run].add(kind)
    return kinds


def doubts_of(incident: Incident) -> dict[tuple[str, str, str], str]:
    """(Account, region, source) -> how many files from there a validator found altered or missing, in words."""
    said: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    wrong = Verdict.objects.filter(run__incident=incident, run__is_newest=True, state__in=WRONG, evidence__isnull=False)
    rows = wrong.values_list("evidence__account", "evidence__region", "evidence__source", "state")
    for account, region, source, state, many in rows.annotate(Count("file", distinct=True)).order_by("state"):
        said[account, region, source].append(doubt(state, many))
    return {place: ", ".join(words) for place, words in said.items()}


def doubt(state: str, many: int) -> str:
    if state == Verdict.State.ALTERED:
        return ngettext("%(n)s file altered", "%(n)s files altered", many) % {"n": many}
    return ngettext("%(n)s file missing", "%(n)s files missing", many) % {"n": many}


def cell_of(runs: list[Run], kinds: Mapping[int, set[str]], doubt: str) -> Cell | None:
    if not runs:
        return None
    states = {run.pk: state_of(run, kinds[run.pk]) for run in runs}
    gravest = min(runs, key=lambda run: rank(states[run.pk]))
    state = states[gravest.pk]
    is_worse = doubt and rank(state) > rank("partial")
    return Cell("partial" if is_worse else state, sum(run.members for run in runs), gravest, len(runs), doubt)


def in_time(cell: Cell | None, runs: list[Run], window: Window | None) -> Cell | None:
    """The cell with the windows that were asked for, and what of the incident's window is in none of them."""
    if cell is None:
        return None
    asked = tuple(sorted((one for run in runs if (one := asked_of(run))), key=lambda one: one.start))
    is_told = window and asked and cell.state in ANSWERED
    return replace(cell, windows=asked, uncovered=uncovered(window, asked) if window and is_told else ())


def asked_of(run: Run) -> Window | None:
    start, end = (run.evidence.window_start_at, run.evidence.window_end_at) if run.evidence else (None, None)
    return Window(start, end) if start and end else None


def window_of(incident: Incident, runs: list[Run], wanted: Wanted) -> Window | None:
    """From when it began until it was contained; while it lasts, until the end that a plan or else anybody named.

    What is still to come is missing nowhere.
    """
    named = wanted.ends or [one.end for run in runs if (one := asked_of(run))]
    asked = [min(end, timezone.now()) for end in named]
    end = incident.contained_at or incident.closed_at or max(asked, default=None)
    start = incident.actual_start_at
    return Window(start, end) if start and end and start < end else None


def rank(state: str) -> int:
    """A single kind of gap ranks as partial."""
    return GRAVITY.index(state) if state in GRAVITY else GRAVITY.index("partial")


def state_of(run: Run, kinds: set[str]) -> str:
    """In the words of the vocabulary: collected, empty, denied, partial, failed, ..."""
    if run.state != Run.State.COMPLETE:
        return {"queued": "planned", "dead": "failed"}.get(run.state, run.state)
    if kinds:
        only = next(iter(kinds))
        return only if not run.members and len(kinds) == 1 and only in ALONE else "partial"
    return "collected" if run.members else "empty"
