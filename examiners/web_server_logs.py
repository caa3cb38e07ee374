"""Logs of Apache and nginx: access logs in the common and the combined format, and error logs.

Apache: https://httpd.apache.org/docs/current/logs.html , mod_log_config's formats and its escapes
https://httpd.apache.org/docs/current/mod/mod_log_config.html
nginx: https://nginx.org/en/docs/http/ngx_http_log_module.html , https://nginx.org/en/docs/ngx_core_module.html#error_log
Error logs write local time without a zone; it is taken as UTC, which is what AWS's machine images are set to.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item
from examiners.host_rows import FAILURE, SUCCESS, row_of, text_of
from examiners.lines import mostly
from examiners.records import Malformed
from examiners.times import written_as

QUOTED = r'"((?:[^"\\]|\\.)*+)"'
ACCESS = re.compile(
    r"(?:(?P<vhost>[A-Za-z0-9._-]{1,255}:\d{1,5}) )?(?P<client>[^\s\"]{1,255}) (?P<ident>\S{1,255}) "
    r"(?P<user>[^\"]{1,1024}?) \[(?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] "
    rf"{QUOTED.replace('(', '(?P<request>', 1)} (?P<status>\d{{3}}|-) (?P<size>\d{{1,19}}|-)(?P<more>(?: .*)?)\Z",
    re.DOTALL,
)
MORE = re.compile(rf" (?:{QUOTED}|(\S++))")
REQUEST = re.compile(r"(?P<method>[A-Z][A-Z_-]{0,31}) (?P<object>.*?)(?: (?P<protocol>HTTP/\d(?:\.\d)?))?\Z", re.DOTALL)
NGINX = re.compile(
    r"(?P<time>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d) \[(?P<severity>[a-z]{1,10})\] (?P<pid>\d{1,10})#(?P<thread>\d{1,10}): "
    r"(?:\*(?P<connection>\d{1,20}) )?(?P<message>.*)\Z",
    re.DOTALL,
)
CLIENT = ", client: "
# What nginx appends to a message, in its order.
TAIL = re.compile(
    rf"{CLIENT}(?P<client>[^\s,]{{1,255}})(?:, server: (?P<server>[^\s,]{{0,255}}))?"
    rf"(?:, request: {QUOTED.replace('(', '(?P<request>', 1)})?(?P<more>(?:, .*)?)\Z",
    re.DOTALL,
)
APACHE = re.compile(
    r"\[(?P<time>[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4})\] "
    r"\[(?P<module>[a-z0-9_]{0,64}:)?(?P<severity>[a-z0-9]{1,10})\]"
    r"(?: \[pid (?P<pid>\d{1,10})(?::tid (?P<thread>\d{1,20}))?\])?(?: (?P<reason>\([^)]{1,20}\)[^\[]{0,500}?:))?"
    r"(?: \[client (?P<client>[^\]\s]{1,255})\])? (?P<message>.*)\Z",
    re.DOTALL,
)
CODE = re.compile(r"(?P<event_code>AH\d{5}): ")


def looks_like_a_web_server(head: bytes, name: str) -> int:
    """Score lines that are requests with their outcome, or errors as Apache or nginx begin them."""
    del name
    lines = first_lines(head)
    return 85 if any(mostly(lines, partial(is_of, form)) for form in (ACCESS, NGINX, APACHE)) else 0


def is_of(form: re.Pattern[str], line: str) -> bool:
    return form.match(line) is not None


def parse(item: Item) -> Mapping[str, Any]:
    """One line's columns, whichever of the three it is. Raises Malformed."""
    line = text_of(item)
    for form, row in ((ACCESS, request_row), (NGINX, nginx_row), (APACHE, apache_row)):
        if found := form.match(line):
            return row(item, line, found.groupdict())
    raise Malformed("neither a request nor an error as Apache and nginx write them")


def request_row(item: Item, line: str, found: Mapping[str, str]) -> Mapping[str, Any]:
    """Behind the common format's fields come the referrer and the program, and whatever a server adds."""
    more = [quoted or plain for quoted, plain in MORE.findall(found["more"])]
    referrer, agent, *others = [*more, "", ""] if len(more) < 2 else more
    asked = requested(found["request"])
    row = {
        "event_time": written_as(found["time"], "%d/%b/%Y:%H:%M:%S %z"),
        "source_ip": found["client"],
        "user_name": found["user"],
        "action": "request",
        "outcome": outcome_of(found["status"]),
        "status": found["status"],
        "user_agent": agent,
        "message": line,
        "method": asked.get("method"),
        "object": asked.get("object"),
    }
    rest = {"bytes": found["size"], "referrer": referrer, "protocol": asked.get("protocol"), "more": others}
    return row_of("access_log", item, row, {**rest, "virtual_host": found["vhost"], "ident": found["ident"]})


def requested(line: str) -> Mapping[str, str | None]:
    """Method, target and protocol of a request line; of one that is none, the line as the target."""
    found = REQUEST.match(line)
    return found.groupdict() if found else {"object": line}


def outcome_of(status: str) -> str | None:
    return None if status == "-" else FAILURE if int(status) >= 400 else SUCCESS


def nginx_row(item: Item, line: str, found: Mapping[str, str]) -> Mapping[str, Any]:
    about = tail_of(found["message"])
    asked = requested(about.get("request") or "")
    row = {
        "event_time": written_as(found["time"], "%Y/%m/%d %H:%M:%S"),
        "program": "nginx",
        "pid": found["pid"],
        "severity": found["severity"],
        "source_ip": about.get("client"),
        "method": asked.get("method"),
        "object": asked.get("object"),
        "message": line,
    }
    rest = {"connection": found["connection"], "server": about.get("server"), "more": about.get("more")}
    return row_of("error_log", item, row, rest)


def tail_of(message: str) -> Mapping[str, str | None]:
    """Client, server and request; nothing where a path or a header holds such words: nobody can tell whose they are."""
    tail = TAIL.search(message) if message.count(CLIENT) == 1 else None
    return tail.groupdict() if tail else {}


def apache_row(item: Item, line: str, found: Mapping[str, str]) -> Mapping[str, Any]:
    """Of version 2.2 and of 2.4, which adds module, process and the client's port."""
    pattern = "%a %b %d %H:%M:%S.%f %Y" if "." in found["time"] else "%a %b %d %H:%M:%S %Y"
    address, port = client_of(found)
    code = CODE.match(found["message"])
    row = {
        "event_time": written_as(found["time"], pattern),
        "program": "httpd",
        "pid": found["pid"],
        "severity": found["severity"],
        "source_ip": address,
        "source_port": port,
        "event_code": code["event_code"] if code else None,
        "message": line,
    }
    rest = {"module": (found["module"] or "").rstrip(":"), "thread": found["thread"], "reason": found["reason"]}
    return row_of("error_log", item, row, rest)


def client_of(found: Mapping[str, str]) -> tuple[str, str]:
    """The client's address, and its port, which version 2.4 writes behind a colon, also of IPv6."""
    client = found["client"] or ""
    address, _, port = client.rpartition(":")
    return (address, port) if found["module"] is not None and address else (client, "")


FORM = Form("host_events", entries_of, parse)


@examiner(
    "web_server_logs",
    title="Apache and nginx logs",
    version=1,
    family="host_events",
    sniff=looks_like_a_web_server,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Access logs in the common and the combined format, with or without the virtual host, and error logs.

    https://httpd.apache.org/docs/current/logs.html
    """
    return FORM.examine(members)
