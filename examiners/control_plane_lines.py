"""Lines of a Kubernetes control plane that are no audit events: of IAM's authenticator, and of klog.

Authenticator: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
klog: https://github.com/kubernetes/klog/blob/main/README.md
"""

import re
from collections.abc import Mapping
from typing import Any

from examiners.forms import Item
from examiners.host_rows import dated
from examiners.years import hint_of, in_its_year

# A pair of logfmt: what the authenticator writes begins with the time.
PAIR = re.compile(r'(?<![^\s])([A-Za-z_][A-Za-z0-9_.-]{0,63}+)=(?:"((?:[^"\\]|\\.)*+)"|(\S*+))', re.DOTALL)
LOGFMT = re.compile(r'time="[^"]{1,40}" level=[a-z]{1,10} msg=')
KLOG = re.compile(
    r"(?P<level>[IWEF])(?P<month>\d\d)(?P<day>\d\d) (?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)\.(?P<part>\d{6}) "
    r"{1,12}(?P<thread>\d{1,10}) (?P<place>[^\s\]]{1,255})\] (?P<message>.*)\Z",
    re.DOTALL,
)
COMPONENT = re.compile(
    r"(kube-apiserver-audit|kube-apiserver|kube-controller-manager|kube-scheduler|cloud-controller-manager|authenticator)-"
)
LEVELS = {"I": "info", "W": "warning", "E": "error", "F": "fatal"}
QUOTED = re.compile(r"\\(.)")


def component_of(stream: str | None) -> str | None:
    """Which of the control plane's logs a stream holds; None for any other stream."""
    found = COMPONENT.match(stream or "")
    return None if found is None else "audit" if found[1] == "kube-apiserver-audit" else found[1]


def is_line(text: str) -> bool:
    return LOGFMT.match(text) is not None or KLOG.match(text) is not None


def columns_of(item: Item, line: str) -> Mapping[str, Any]:
    """The line itself and what it says of itself."""
    if found := KLOG.match(line):
        return {
            "message": line,
            **klog_time(found, item),
            "fields": {"severity": LEVELS[found["level"]], "at": found["place"]},
        }
    return {"message": line, **granted(pairs(line))} if LOGFMT.match(line) else {"message": line}


def klog_time(found: re.Match[str], item: Item) -> dict[str, Any]:
    """Without a year, which the log group's time tells."""
    month, day, hour, minute, second, part = (
        int(found[name]) for name in ("month", "day", "hour", "minute", "second", "part")
    )
    hint = hint_of(item)
    time = in_its_year((month, day, hour, minute, second, part), hint) if hint else None
    return {"event_time": time} if time else {}


def pairs(line: str) -> dict[str, str]:
    """The pairs by name; the first of each counts."""
    found: dict[str, str] = {}
    for name, quoted, plain in PAIR.findall(line):
        found.setdefault(name, QUOTED.sub(r"\1", quoted) or plain)
    return found


def granted(found: dict[str, str]) -> dict[str, Any]:
    """Whom the authenticator let in as whom, or why not."""
    time = dated(found.pop("time", "")).get("event_time")
    row = {
        "verb": found.get("msg"),
        "user_name": found.get("username"),
        "user_arn": found.get("arn"),
        "user_uid": found.get("uid"),
        "user_groups": found.get("groups"),
        "source_ip": found.get("client", "").rpartition(":")[0] or None,
        "fields": found,
    }
    return row | ({"event_time": time} if time else {})
