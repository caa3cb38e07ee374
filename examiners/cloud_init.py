"""cloud-init's logs: what it did at each boot, and what the machine's user data and other scripts printed.

https://docs.cloud-init.io/en/latest/reference/user_files.html
cloud-init.log writes local time without a zone; it is taken as UTC, which is what AWS's machine images are set to.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import Envelope, entries_of, first_lines, joined
from examiners.forms import Form, Item
from examiners.host_rows import row_of, text_of
from examiners.records import Malformed
from examiners.sniffing import head
from examiners.times import written_as

OUTPUT = "cloud-init-output"  # in the name of what scripts printed
LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}) - (?P<module>[A-Za-z0-9_.]{1,128})"
    r"\[(?P<severity>DEBUG|INFO|WARNING|ERROR|CRITICAL)\]: (?P<message>.*)\Z",
    re.DOTALL,
)
STAGE = re.compile(
    r"Cloud-init v\. (?P<version>\S{1,64}) (?:running '(?P<stage>[^']{1,64})'|(?P<end>finished)) at "
    r"(?P<time>[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [+-]\d{4})\."
)
RAN = re.compile(r"Running command (?P<object>.{1,4096}) with allowed return codes", re.DOTALL)


def looks_like_cloud_init(head: bytes, name: str) -> int:
    """Score its own lines at the beginning; a script's output by its name if need be."""
    lines = first_lines(head)
    if lines and (LINE.match(lines[0]) or STAGE.match(lines[0])):
        return 90
    return 60 if OUTPUT in name and lines else 0


def items(member: Member) -> Iterator[Item]:
    """The records of its own log, tracebacks joined to theirs; else what scripts printed, each line in its stage."""
    if any(LINE.match(line) for line in first_lines(head(member))):
        return joined(entries_of(member), begins)
    return staged(entries_of(member))


def begins(line: bytes, before: bytes) -> bool:
    del before
    return LINE.match(line[:200].decode("utf-8", "replace")) is not None


def staged(lines: Iterator[Item]) -> Iterator[Item]:
    """Lines without an envelope get what was said of their stage as their context."""
    stage = ""
    for item in lines:
        found = STAGE.match(text_of(item))
        stage = found[0] if found else stage
        yield item if isinstance(item.context, Envelope) else replace(item, context=stage)


def parse(item: Item) -> Mapping[str, Any]:
    text = text_of(item)
    found = LINE.match(text)
    return logged(item, found.groupdict()) if found else printed(item, text)


def logged(item: Item, found: Mapping[str, str]) -> Mapping[str, Any]:
    """A record of cloud-init.log."""
    ran = RAN.match(found["message"])
    row = {
        "event_time": written_as(found["time"], "%Y-%m-%d %H:%M:%S,%f"),
        "program": "cloud-init",
        "severity": found["severity"].lower(),
        "action": "command" if ran else None,
        "object": ran["object"] if ran else None,
        "message": found["message"],
    }
    return row_of("cloud_init", item, row, {"module": found["module"]})


def printed(item: Item, text: str) -> Mapping[str, Any]:
    """A line of a script's output: it has no time of its own, and keeps as written the time when its stage began."""
    stage = STAGE.match(text)
    row: dict[str, Any] = {"program": "cloud-init", "message": text}
    if stage:
        row |= {"event_time": time_of(stage["time"]), "written_time": stage["time"], "object": stage["stage"]}
        row["action"] = "boot_finished" if stage["end"] else "boot_stage"
        return row_of("cloud_init", item, row, {"version": stage["version"]})
    before = STAGE.match(item.context) if isinstance(item.context, str) else None
    within = {"stage": before["stage"], "stage_began": before["time"]} if before else {}
    return row_of("cloud_init", item, row, within)


def time_of(written: str) -> datetime | None:
    """The time of a stage; None for what a script has made up in its form."""
    try:
        return written_as(written, "%a, %d %b %Y %H:%M:%S %z")
    except Malformed:
        return None


FORM = Form("host_events", items, parse)


@examiner(
    "cloud_init",
    title="cloud-init logs",
    version=1,
    family="host_events",
    sniff=looks_like_cloud_init,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Records of cloud-init.log, and of cloud-init-output.log each line that user data and other scripts printed.

    https://docs.cloud-init.io/en/latest/reference/user_files.html
    """
    return FORM.examine(members)
