"""Logs of load balancers: access logs of all kinds of them, and connection logs of application load balancers.

Application: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
Connections: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-connection-logs.html
Network: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
Classic: https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/access-log-collection.html
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.envelopes import entries_of, first_lines
from examiners.forms import Form, Item, with_context
from examiners.quotes import parts_in
from examiners.records import Malformed
from examiners.request_lines import address_of, asked, id_of, json_of
from examiners.times import iso

TIME = r"\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:?\d\d)?"
ADDRESS = r"(?:\d+\.\d+\.\d+\.\d+|[0-9A-Fa-f]*:[0-9A-Fa-f.:]+)"
PEER = r"[0-9A-Fa-f.:\[\]]+:\d+"
# aws-account-id_elasticloadbalancing_region_id_...; of a balancer's id, a file's name has the slashes as periods.
PLACE = re.compile(r"(?P<account_id>\d{12})_elasticloadbalancing_(?P<region>[a-z0-9-]+)_(?P<resource>[A-Za-z0-9.-]+)_")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record: how it begins, its fields in order, the fewest there are, and the columns of some.

    AWS adds fields at the end; those without a name here are ``field_N``, counted from 1.
    """

    begins: re.Pattern[str]
    names: tuple[str, ...]
    fewest: int
    columns: Mapping[str, str]

    def found(self, parts: list[str]) -> dict[str, str]:
        """The fields that are not dashes. Raises Malformed if there are too few."""
        if len(parts) < self.fewest:
            raise Malformed(f"{len(parts)} fields where there are at least {self.fewest}: {' '.join(self.names)[:200]}")
        more = (f"field_{number}" for number in range(len(self.names) + 1, len(parts) + 1))
        return {name: part for name, part in zip((*self.names, *more), parts, strict=False) if part not in ("-", "")}


BYTES = {"received_bytes": "received_bytes", "sent_bytes": "sent_bytes"}
TIMES = ("request_processing_time", "target_processing_time", "response_processing_time")
APPLICATION = Kind(
    begins=re.compile(rf"[a-z0-9]+ {TIME} \S+ (?:{PEER}|-) "),
    names=(
        *("type", "time", "elb", "client:port", "target:port", *TIMES, "elb_status_code", "target_status_code"),
        *("received_bytes", "sent_bytes", "request", "user_agent", "ssl_cipher", "ssl_protocol", "target_group_arn"),
        *("trace_id", "domain_name", "chosen_cert_arn", "matched_rule_priority", "request_creation_time"),
        *("actions_executed", "redirect_url", "error_reason", "target:port_list", "target_status_code_list"),
        *("classification", "classification_reason", "conn_trace_id"),
        *("transformed_host", "transformed_uri", "request_transform_status"),
    ),
    fewest=18,
    columns=BYTES
    | {
        "type": "type",
        "elb": "resource",
        "elb_status_code": "status",
        "target_status_code": "target_status",
        "user_agent": "user_agent",
        "ssl_cipher": "tls_cipher",
        "ssl_protocol": "tls_version",
        "trace_id": "request_id",
        "domain_name": "server_name",
        "actions_executed": "action",
        "error_reason": "error_code",
        "conn_trace_id": "connection_id",
    },
)
NETWORK = Kind(
    begins=re.compile(rf"tls \d+\.\d+ {TIME} \S+ \S+ (?:{PEER}|-) "),
    names=(
        *("type", "version", "time", "elb", "listener", "client:port", "target:port", "connection_time"),
        *("tls_handshake_time", "received_bytes", "sent_bytes", "incoming_tls_alert", "chosen_cert_arn"),
        *("chosen_cert_serial", "tls_cipher", "tls_protocol_version", "tls_named_group", "domain_name"),
        *("alpn_fe_protocol", "alpn_be_protocol", "alpn_client_preference_list", "tls_connection_creation_time"),
    ),
    fewest=18,
    columns=BYTES
    | {
        "type": "type",
        "elb": "resource",
        "tls_cipher": "tls_cipher",
        "tls_protocol_version": "tls_version",
        "domain_name": "server_name",
    },
)
CONNECTION = Kind(
    begins=re.compile(rf"{TIME} {ADDRESS} \d+ \d+ "),
    names=(
        *("time", "client_ip", "client_port", "listener_port", "tls_protocol", "tls_cipher", "tls_handshake_latency"),
        *("leaf_client_cert_subject", "leaf_client_cert_validity", "leaf_client_cert_serial_number"),
        *("tls_verify_status", "conn_trace_id", "tls_keyexchange"),
    ),
    fewest=11,
    columns={
        "client_ip": "client_ip",
        "client_port": "client_port",
        "listener_port": "target_port",
        "tls_protocol": "tls_version",
        "tls_cipher": "tls_cipher",
        "leaf_client_cert_subject": "requester",
        "conn_trace_id": "connection_id",
    },
)
CLASSIC = Kind(
    begins=re.compile(rf"{TIME} \S+ {PEER} (?:{PEER}|-) [-\d.]+ [-\d.]+ [-\d.]+ "),
    names=(
        *("time", "elb", "client:port", "target:port", "request_processing_time", "backend_processing_time"),
        *("response_processing_time", "elb_status_code", "backend_status_code", "received_bytes", "sent_bytes"),
        *("request", "user_agent", "ssl_cipher", "ssl_protocol"),
    ),
    fewest=12,
    columns=BYTES
    | {
        "elb": "resource",
        "elb_status_code": "status",
        "backend_status_code": "target_status",
        "user_agent": "user_agent",
        "ssl_cipher": "tls_cipher",
        "ssl_protocol": "tls_version",
    },
)
KINDS = (APPLICATION, NETWORK, CLASSIC, CONNECTION)


def looks_like_elb_logs(head: bytes, name: str) -> int:
    """Score how the first record begins; a file that AWS named is claimed even if that is damaged."""
    for line in first_lines(head)[:1]:
        if kind_of(line):
            return 95
    return 60 if "_elasticloadbalancing_" in name else 0


def kind_of(line: str) -> Kind | None:
    return next((kind for kind in KINDS if kind.begins.match(line)), None)


def items(member: Member) -> Iterator[Item]:
    """The records, each with what its file's name says: the account, the region, the balancer."""
    place = PLACE.search(member.file)
    said = place.groupdict() if place else {}
    if said:
        said["resource"] = said["resource"].replace(".", "/")
    return with_context(entries_of(member), said)


def parse(item: Item) -> Mapping[str, Any]:
    """One record's columns, whichever kind it is of."""
    line = item.data.decode("utf-8", "replace").strip(" ")
    kind = kind_of(line)
    if kind is None:
        raise Malformed("it begins like no record of a load balancer: type or time, then name and addresses")
    # The protocols of a network balancer's record are quoted each, and hold no spaces.
    found = kind.found(line.split(" ") if kind is NETWORK else parts_in(line))
    row: dict[str, Any] = item.context | {
        "service": "elb",
        "event_time": iso(found.pop("time", "")),
        "event_id": id_of(line),
    }
    row |= {"type": "connection"} | verified(found) if kind is CONNECTION else endpoints(found)
    row |= asked(found.pop("request", None))
    row |= {column: found.pop(name) for name, column in kind.columns.items() if name in found}
    return row | {"others": json_of(found)}


def endpoints(found: dict[str, str]) -> dict[str, str | None]:
    client, client_port = address_of(found.pop("client:port", None))
    target, target_port = address_of(found.pop("target:port", None))
    return {"client_ip": client, "client_port": client_port, "target_ip": target, "target_port": target_port}


def verified(found: Mapping[str, str]) -> dict[str, str]:
    """Why a client's certificate was refused: Failed:CODE."""
    status = found.get("tls_verify_status", "")
    return {"error_code": status} if status.startswith("Failed") else {}


FORM = Form("access_requests", items, parse)


@examiner(
    "elb_logs", title="Load balancer logs", version=1, family="access_requests", sniff=looks_like_elb_logs, raw=FORM.raw
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Each line is told by how it begins, so that files of one folder may be of any kind.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    """
    return FORM.examine(members)
