"""A page that is read against the order of the files: where it begins to look, so that it need not read them all.

The files lie in the order of time. The engine stops early when it reads along that order; against it, it would read
every row to find the last hundred. So the latest row groups are asked first, then more, then all.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

GROUPS = (4, 64)  # row groups that are asked before all are


def starts_of(files: Iterable[Path]) -> list[datetime]:
    """When each row group of the files begins, the latest first; those without a dated event are left out."""
    return sorted((start for path in files for start in starts_in(path)), reverse=True)


def starts_in(path: Path) -> Iterator[datetime]:
    footer = pq.read_metadata(path)
    place = footer.schema.names.index("event_time")
    for number in range(footer.num_row_groups):
        told = footer.row_group(number).column(place).statistics
        if told is not None and told.has_min_max:
            yield told.min.replace(tzinfo=None)


def floors(starts: Sequence[datetime], before: datetime | None) -> Iterator[datetime | None]:
    """The earliest times to look at, one after the other, and None for no bound; ``before`` is where reading starts."""
    earlier = [start for start in starts if before is None or start < before]
    yield from (earlier[groups - 1] for groups in GROUPS if groups < len(earlier))
    yield None
