"""Who talked to whom: the traffic between an interface of ours and an address, and who called AWS from there.

Flow logs know machines and bytes, CloudTrail knows names; an address that stands in both ties them.
Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import dataclass
from datetime import datetime

from events.engine import first_values
from events.flows import FAMILY, PORTS
from events.reader import Reader

MOST = 200
CALLERS = 3
# What a reader may put first -> how the engine orders by it.
ORDERS = {
    "bytes_out": "bytes_out DESC",
    "bytes_in": "bytes_in DESC",
    "rejected": "rejected DESC",
    "flows": "flows DESC",
    "last": "last_at DESC",
}
# Private, link-local and shared addresses (RFC 1918, 3927, 6598, 4193, 4291), by how they are written.
INSIDE = (
    r"regexp_matches(coalesce({}, ''), '^(10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2[0-9]|3[01])\."
    r"|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])\.|(?i:f[cd]|fe80:))')"
)
# A log's format may leave the interface out, or tell addresses of packets only: its flows are no less there.
FLOWS = f"""flows AS (SELECT * REPLACE (coalesce(interface_id, '') AS interface_id,
    coalesce(srcaddr, pkt_srcaddr) AS srcaddr, coalesce(dstaddr, pkt_dstaddr) AS dstaddr) FROM {FAMILY})"""  # noqa: S608
# A flow names two addresses; the interface's own is the one that most of its flows name, a private one if both are.
OWN = f"""own AS (SELECT interface_id,
        first(address ORDER BY named DESC, {INSIDE.format("address")} DESC, address) AS own
    FROM (SELECT interface_id, unnest([srcaddr, dstaddr]) AS address, count(*) AS named FROM flows GROUP BY 1, 2)
    WHERE address IS NOT NULL GROUP BY interface_id)"""  # noqa: S608  our own names
PEERS = """met AS (SELECT flow.*, own, CASE WHEN srcaddr = own THEN dstaddr ELSE srcaddr END AS peer
    FROM flows flow JOIN own USING (interface_id) WHERE event_time IS NOT NULL)"""


@dataclass(frozen=True, slots=True)
class Conversation:
    """The traffic between one interface and one address.

    ``bytes_out`` went to the address and ``bytes_in`` came from it, of accepted flows; ``ports`` are the lower ones of
    each flow, which is the service's. ``callers`` are up to three principals whose calls came from the address.
    """

    interface: str
    instance: str
    own: str
    peer: str
    flows: int
    rejected: int
    bytes_in: int
    bytes_out: int
    ports: list[int]
    first_at: datetime
    last_at: datetime
    callers: list[str]


def has_flows(reader: Reader) -> bool:
    return any(segment.family == FAMILY for segment in reader.manifest.files)


def conversations(reader: Reader, order: str = "bytes_out", *, is_outside: bool = False) -> list[Conversation]:
    """The first 200 in an order of ``ORDERS``; ``is_outside`` leaves private addresses out. Raises TooSlow."""
    if not has_flows(reader):
        return []
    kept = "WHERE NOT is_inside" if is_outside else ""
    rows = reader.select(
        f"""WITH {FLOWS}, {OWN}, {PEERS}, talks AS (
        SELECT interface_id AS interface, coalesce(max(instance_id), '') AS instance, max(own) AS own, peer,
            count(*) AS flows, count(*) FILTER (action = 'REJECT') AS rejected,
            coalesce(sum(bytes) FILTER (srcaddr = peer AND action = 'ACCEPT'), 0) AS bytes_in,
            coalesce(sum(bytes) FILTER (srcaddr <> peer AND action = 'ACCEPT'), 0) AS bytes_out,
            coalesce(list(DISTINCT least(srcport, dstport) ORDER BY least(srcport, dstport))
                FILTER (least(srcport, dstport) IS NOT NULL), [])[1:{PORTS}] AS ports,
            min(event_time) AS first_at, max(coalesce(end_time, event_time)) AS last_at,
            {INSIDE.format("peer")} AS is_inside
        FROM met WHERE peer IS NOT NULL GROUP BY interface_id, peer),
        most AS (SELECT * FROM talks {kept} ORDER BY {ORDERS[order]}, flows DESC, peer, interface LIMIT {MOST}),
        callers AS (SELECT source_ip_address AS peer, {first_values("principal", CALLERS)} AS names
            FROM cloudtrail WHERE source_ip_address IN (SELECT peer FROM most) AND principal IS NOT NULL GROUP BY 1)
        SELECT most.* EXCLUDE (is_inside), coalesce(names, []) FROM most LEFT JOIN callers USING (peer)
        ORDER BY {ORDERS[order]}, flows DESC, peer, interface""",  # noqa: S608  our own names
    )
    return [Conversation(*row) for row in rows]
