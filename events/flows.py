"""Network flows beside CloudTrail: which interfaces of ours exchanged traffic with an address, how much, and where.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
"""

from dataclasses import dataclass
from datetime import datetime

from events.reader import Reader

FAMILY = "network_flows"
MOST = 30  # interfaces
PORTS = 6


@dataclass(frozen=True, slots=True)
class Talk:
    """One interface and the traffic that it had with an address.

    ``bytes_in`` came from the address and ``bytes_out`` went to it, of accepted flows; ``ports`` are the lower ones of
    each flow, which is the service's. ``instance`` is empty where the flow log's format leaves it out.
    """

    interface: str
    instance: str
    flows: int
    rejected: int
    bytes_in: int
    bytes_out: int
    ports: list[int]
    first_at: datetime
    last_at: datetime


def talks_with(reader: Reader, address: str) -> list[Talk]:
    """The interfaces by bytes; none where no flow log was examined. Raises TooSlow."""
    if not any(segment.family == FAMILY for segment in reader.manifest.files):
        return []
    rows = reader.select(
        f"""SELECT coalesce(interface_id, ''), coalesce(max(instance_id), ''), count(*),
            count(*) FILTER (action = 'REJECT'),
            coalesce(sum(bytes) FILTER (? IN (srcaddr, pkt_srcaddr) AND action = 'ACCEPT'), 0) AS bytes_in,
            coalesce(sum(bytes) FILTER (? IN (dstaddr, pkt_dstaddr) AND action = 'ACCEPT'), 0) AS bytes_out,
            coalesce(list(DISTINCT least(srcport, dstport) ORDER BY least(srcport, dstport))
                FILTER (least(srcport, dstport) IS NOT NULL), [])[1:{PORTS}],
            min(event_time), max(coalesce(end_time, event_time))
        FROM {FAMILY} WHERE ? IN (srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr) AND event_time IS NOT NULL
        GROUP BY 1 ORDER BY bytes_in + bytes_out DESC, count(*) DESC, 1 LIMIT {MOST}""",  # noqa: S608  values are bound
        [address] * 3,
    )
    return [Talk(*row) for row in rows]
