"""The coverage matrix as a report sees it: one plain row for each cell that says something."""

from collections.abc import Iterator
from typing import Any

from cases.coverage import Matrix
from collectors import sources
from plugins import Window


def coverage_rows(matrix: Matrix) -> Iterator[dict[str, Any]]:
    titles = {source.name: source.title for source in sources}
    for row in matrix.rows:
        for source, cell in zip(matrix.sources, row.cells, strict=True):
            if cell:
                yield {
                    "account": row.account,
                    "name": row.name,
                    "region": row.region,
                    "title": titles.get(source, source.replace("_", " ")),
                    "state": cell.state,
                    "files": cell.members,
                    "reason": cell.reason,
                    "doubt": cell.doubt,
                    "uncovered": [span(window) for window in cell.uncovered],
                }


def span(window: Window | None) -> list[str] | None:
    return [window.start.isoformat(), window.end.isoformat()] if window else None
