"""Log files of RDS and Aurora database instances: errors, slow queries, audit; whatever the engine is told to write.

API: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DownloadDBLogFilePortion.html
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any, BinaryIO

from collectors.answers import REFUSALS, answered, gap_of, streamed
from collectors.asking import asked, held, milliseconds, paged
from collectors.base import Artifact, Scope, source
from plugins import Gap, GapKind


@source(
    "rds_logs",
    title="RDS database logs",
    permissions=("rds:DescribeDBInstances", "rds:DescribeDBLogFiles", "rds:DownloadDBLogFilePortion"),
    resources="DB instance identifiers (none: every one of the region)",
    pattern=r"[A-Za-z][A-Za-z0-9-]{0,254}",
    takes_all=True,
    kind="database_logs",
)
def collect(scope: Scope, aws: Any) -> Iterator[Artifact | Gap]:
    """Yield each instance's description and its log files that were written to after the scope's start.

    A file is read in portions as it is opened. AWS gives text: what is no UTF-8 has been replaced, and lines longer
    than a portion are cut, which AWS then says in the text. An instance without any such file is a gap.
    """
    rds = aws.client("rds")
    for found in instances(rds, scope):
        if isinstance(found, Gap):
            yield found
            continue
        name, arn = found["DBInstanceIdentifier"], found["DBInstanceArn"]
        yield held(f"{name}/instance.json", arn, found)
        yield from files(rds, name, arn, scope)


def instances(rds: Any, scope: Scope) -> Iterator[dict[str, Any] | Gap]:
    """Those named, each asked for alone, or all."""
    if not scope.resources:
        subject = f"DB instances of {scope.account} in {scope.region}"
        yield from answered(subject, partial(paged, rds, "describe_db_instances", "DBInstances"))
    for name in scope.resources:
        try:
            yield from asked(rds, "describe_db_instances", DBInstanceIdentifier=name)["DBInstances"]
        except REFUSALS as problem:
            yield gap_of(problem, name)


def files(rds: Any, name: str, arn: str, scope: Scope) -> Iterator[Artifact | Gap]:
    given = {"DBInstanceIdentifier": name, "FileLastWritten": milliseconds(scope.start)}
    is_empty = True
    for found in answered(f"{arn}/logs", partial(paged, rds, "describe_db_log_files", "DescribeDBLogFiles", **given)):
        is_empty = False
        yield found if isinstance(found, Gap) else log_of(rds, name, arn, found)
    if is_empty:
        words = f"no log file was written to after {scope.start:%Y-%m-%dT%H:%MZ}, or the engine writes none"
        yield Gap(GapKind.NOT_FOUND, f"{arn}/logs", words)


def log_of(rds: Any, name: str, arn: str, entry: dict[str, Any]) -> Artifact:
    """One file; it may grow until it is read, so the size that AWS lists is a note and no promise."""
    file, written = entry["LogFileName"], entry.get("LastWritten")
    return Artifact(
        name=f"{name}/{file}",
        origin=f"{arn}/log/{file}",
        open=partial(opened, rds, name, file),
        modified=datetime.fromtimestamp(written / 1000, UTC) if written else None,
        notes={"listed_size": entry.get("Size")},
    )


def opened(rds: Any, name: str, file: str) -> BinaryIO:
    return streamed(portions(rds, name, file))


def portions(rds: Any, name: str, file: str) -> Iterator[bytes]:
    """The file from its beginning, up to 1 MiB at a time. Raises OSError if AWS does not get on with it."""
    marker, more = "0", True
    while more:
        given = {"DBInstanceIdentifier": name, "LogFileName": file, "Marker": marker}
        answer = asked(rds, "download_db_log_file_portion", **given)
        yield (answer.get("LogFileData") or "").encode("utf-8", "surrogatepass")
        more = answer.get("AdditionalDataPending") or False
        if more and answer["Marker"] == marker:
            raise OSError(f"{file} of {name}: AWS gives the same portion again and again, at {marker}")
        marker = answer.get("Marker") or ""
