"""The event families: what each kind of log looks like as rows."""

from events.schemas import (
    access_requests,
    alerts,
    cloudtrail,
    configuration_items,
    dns_queries,
    host_events,
    kubernetes_audit,
    network_flows,
)
from events.schemas.family import PLACE, TIMELINE, Family

__all__ = ["FAMILIES", "PLACE", "TIMELINE", "Family"]

MODULES = (
    cloudtrail,
    network_flows,
    dns_queries,
    access_requests,
    host_events,
    kubernetes_audit,
    alerts,
    configuration_items,
)
FAMILIES: dict[str, Family] = {module.FAMILY.name: module.FAMILY for module in MODULES}
