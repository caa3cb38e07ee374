"""The page of the coverage matrix: by account, region and state, and cell by cell where it is narrow enough."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cases.coverage import Cell, Matrix, Row, matrix_of
from cases.models import GapRecord, Incident

LINES = 200  # cells in words
NARROW = 4  # rows; at most so many are told cell by cell without being asked for


@dataclass(frozen=True, slots=True)
class Line:
    """One cell in words; ``said`` is what AWS, or a run, said first of what is missing."""

    row: Row
    source: str
    cell: Cell
    said: str


@dataclass(frozen=True, slots=True)
class CoveragePage:
    """What is shown, and what may be chosen; ``more`` counts the cells that are not told."""

    matrix: Matrix
    counts: dict[str, int]
    accounts: list[tuple[str, str]]
    regions: list[str]
    account: str
    region: str
    state: str
    lines: list[Line]
    more: int


def page_of(incident: Incident, query: Mapping[str, str]) -> CoveragePage:
    """Six queries, however large the matrix is. What is asked for and is none of the choices shows nothing."""
    whole = matrix_of(incident)
    account, region, state = (query.get(name, "") for name in ("account", "region", "state"))
    matrix = whole.of(account, region)
    cells = list(cells_of(matrix, state)) if state or len(matrix.rows) <= NARROW else []
    said = said_of(incident, [cell for _, _, cell in cells[:LINES]])
    return CoveragePage(
        matrix=matrix,
        counts=matrix.counts,
        accounts=sorted({(row.account, row.name) for row in whole.rows if row.account}, key=lambda one: one[1]),
        regions=sorted({row.region for row in whole.rows if row.region}),
        account=account,
        region=region,
        state=state,
        lines=[Line(*one, said.get(one[2].run.pk if one[2].run else 0, "")) for one in cells[:LINES]],
        more=max(len(cells) - LINES, 0),
    )


def cells_of(matrix: Matrix, state: str) -> Iterator[tuple[Row, str, Cell]]:
    for row in matrix.rows:
        for source, cell in zip(matrix.sources, row.cells, strict=True):
            if cell and state in ("", cell.state):
                yield row, source, cell


def said_of(incident: Incident, cells: list[Cell]) -> dict[int, str]:
    """Run -> its first gap in AWS's own words, or how it failed; one query."""
    runs = {cell.run.pk: cell.run.error for cell in cells if cell.run}
    gaps = GapRecord.objects.filter(incident=incident, run__in=runs).order_by("-pk")
    return runs | {run: f"{subject}: {detail}" for run, subject, detail in gaps.values_list("run", "subject", "detail")}
