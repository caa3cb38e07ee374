"""Findings in the Open Cybersecurity Schema Framework, as Security Hub gives them and others that speak it.

Classes: https://schema.ocsf.io/1.5.0/categories/findings
Security Hub: https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-findings-format.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from examiners.base import Examined, Member, examiner
from examiners.findings import attack, findings_in, graded, is_findings, names_in
from examiners.forms import Form, Item
from examiners.records import Malformed
from examiners.values import at, first_of, first_time, whole_number, whole_of, words

CLASSES = {
    2001: "Security Finding",
    2002: "Vulnerability Finding",
    2003: "Compliance Finding",
    2004: "Detection Finding",
    2005: "Incident Finding",
    2006: "Data Security Finding",
    2007: "Application Security Posture Finding",
}
SEVERITIES = {1: "INFORMATIONAL", 2: "LOW", 3: "MEDIUM", 4: "HIGH", 5: "CRITICAL", 6: "CRITICAL"}
OUTBOUND = 2  # connection_info.direction_id
ACTORS = (("evidences", 0, "actor"), ("actor",))
CONNECTIONS = (("evidences", 0), ())


def looks_like_ocsf_findings(head: bytes, name: str) -> int:
    """Score what only classes of findings have, beside what every event has; the first class of all had ``finding``."""
    has_info = is_findings(head, "class_uid", "metadata", "finding_info")
    return 95 if has_info or is_findings(head, "class_uid", "metadata", "finding") else 0


def parse(item: Item) -> Mapping[str, Any]:
    """One finding's columns."""
    finding, detail = whole_of(item.data)
    info = first_of(finding, ("finding_info",), ("finding",))
    name = words(at(info, "uid")) or words(at(finding, "metadata", "uid"))
    if not name or whole_number(at(finding, "class_uid")) not in CLASSES:
        raise Malformed("an object without the uid of a finding and the class_uid of one is no finding in OCSF")
    last = first_time(info, ("last_seen_time",), ("last_seen_time_dt",))
    updated = first_time(info, ("modified_time",), ("modified_time_dt",))
    return {
        "event_id": name,
        "event_time": last or updated or first_time(finding, ("time",)),
        "product": product_of(finding),
        "title": words(at(info, "title")) or words(at(finding, "message")),
        "description": words(at(info, "desc")),
        "type": words(at(info, "types", 0)) or CLASSES[whole_number(at(finding, "class_uid")) or 0],
        **severity_of(finding),
        "account_id": words(at(finding, "cloud", "account", "uid")) or item.context.account,
        "region": words(at(finding, "cloud", "region")) or item.context.region,
        **resource_of(finding),
        **actor_of(finding),
        **attack_of([*several(finding, "attacks"), *several(info, "attacks")]),
        "status": words(at(finding, "activity_name")),
        "workflow": words(at(finding, "status")),
        "times_seen": whole_number(at(finding, "count")),
        "first_seen": first_time(info, ("first_seen_time",), ("first_seen_time_dt",)),
        "last_seen": last,
        "created_at": first_time(info, ("created_time",), ("created_time_dt",)),
        "updated_at": updated,
        "detail": detail,
    }


def product_of(finding: Mapping[str, Any]) -> str:
    product = at(finding, "metadata", "product")
    return words(at(product, "name")) or words(at(product, "vendor_name")) or "OCSF"


def severity_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    """By its number, of which 6 (fatal) is above what Security Hub knows; as text where there is none."""
    written = words(at(finding, "severity"))
    level = SEVERITIES.get(whole_number(at(finding, "severity_id")) or 0)
    return graded(level or written, written or at(finding, "severity_id"))


def resource_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    """The first resource; a compliance finding of the first versions has one only."""
    resource = first_of(finding, ("resources", 0), ("resource",))
    uid = words(at(resource, "uid"))
    is_arn = bool(uid) and str(uid).startswith("arn:")
    return {
        "resource_type": words(at(resource, "type")),
        "resource_id": words(at(resource, "name")) or (str(uid).split(":", 5)[-1] if is_arn else uid),
        "resource_arn": uid if is_arn else None,
        "resources": words(first_of(finding, ("resources",), ("resource",))),
    }


def actor_of(finding: Mapping[str, Any]) -> dict[str, Any]:
    actor = first_of(finding, *ACTORS)
    return {
        "principal": words(first_of(actor, ("user", "name"), ("user", "uid"), ("session", "issuer"))),
        "access_key_id": words(first_of(actor, ("user", "credential_uid"), ("session", "credential_uid"))),
        "remote_ip": next((ip for place in CONNECTIONS if (ip := far_end(at(finding, *place)))), None),
    }


def far_end(connection: Any) -> str | None:
    """The address of the other side: where it came from, or where it went to if that is what the direction says."""
    is_outbound = whole_number(at(connection, "connection_info", "direction_id")) == OUTBOUND
    return words(at(connection, "dst_endpoint" if is_outbound else "src_endpoint", "ip"))


def attack_of(attacks: list[Any]) -> dict[str, Any]:
    """Tactics by name; techniques by number, which people look for."""
    tactics = [tactic for one in attacks for tactic in (at(one, "tactic"), *several(one, "tactics"))]
    techniques = [at(one, kind) for one in attacks for kind in ("technique", "sub_technique")]
    return attack(names_in(tactics, "name"), names_in(techniques, "uid"))


def several(value: Any, key: str) -> list[Any]:
    found = at(value, key)
    return found if isinstance(found, list) else []


FORM = Form("alerts", findings_in, parse)


@examiner(
    "ocsf_findings",
    title="Findings in OCSF",
    version=1,
    family="alerts",
    sniff=looks_like_ocsf_findings,
    raw=FORM.raw,
)
def examine(members: Iterator[Member]) -> Iterator[Examined]:
    """Findings of all classes of OCSF: of detections, vulnerabilities, compliance, data and incidents.

    https://schema.ocsf.io/1.5.0/categories/findings
    """
    return FORM.examine(members)
