"""Names of MITRE ATT&CK for Enterprise techniques and the tactics they serve, as far as our questions speak of them.

Source: https://attack.mitre.org/matrices/enterprise/cloud/ (ids, names and tactics are the standard's own terms).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

# In the order of the standard's matrix.
TACTICS: Mapping[str, str] = {
    "initial-access": "Initial Access",
    "execution": "Execution",
    "persistence": "Persistence",
    "privilege-escalation": "Privilege Escalation",
    "defense-evasion": "Defense Evasion",
    "credential-access": "Credential Access",
    "discovery": "Discovery",
    "lateral-movement": "Lateral Movement",
    "collection": "Collection",
    "exfiltration": "Exfiltration",
    "impact": "Impact",
}
OTHER = "Other"
# Id -> name, and the tactic under which it stands here (where the standard names several, the one that fits logs best).
TECHNIQUES: Mapping[str, tuple[str, str]] = {
    "T1020.001": ("Traffic Duplication", "exfiltration"),
    "T1021": ("Remote Services", "lateral-movement"),
    "T1021.004": ("SSH", "lateral-movement"),
    "T1021.007": ("Cloud Services", "lateral-movement"),
    "T1021.008": ("Direct Cloud VM Connections", "lateral-movement"),
    "T1036.010": ("Masquerade Account Name", "defense-evasion"),
    "T1040": ("Network Sniffing", "credential-access"),
    "T1048": ("Exfiltration Over Alternative Protocol", "exfiltration"),
    "T1049": ("System Network Connections Discovery", "discovery"),
    "T1059.009": ("Cloud API", "execution"),
    "T1069.003": ("Cloud Groups", "discovery"),
    "T1070": ("Indicator Removal", "defense-evasion"),
    "T1074.002": ("Remote Data Staging", "collection"),
    "T1078": ("Valid Accounts", "initial-access"),
    "T1078.001": ("Default Accounts", "persistence"),
    "T1078.004": ("Cloud Accounts", "initial-access"),
    "T1082": ("System Information Discovery", "discovery"),
    "T1087.004": ("Cloud Account", "discovery"),
    "T1098": ("Account Manipulation", "persistence"),
    "T1098.001": ("Additional Cloud Credentials", "persistence"),
    "T1098.003": ("Additional Cloud Roles", "persistence"),
    "T1098.004": ("SSH Authorized Keys", "persistence"),
    "T1110": ("Brute Force", "credential-access"),
    "T1110.001": ("Password Guessing", "credential-access"),
    "T1110.003": ("Password Spraying", "credential-access"),
    "T1110.004": ("Credential Stuffing", "credential-access"),
    "T1119": ("Automated Collection", "collection"),
    "T1133": ("External Remote Services", "initial-access"),
    "T1136.003": ("Cloud Account", "persistence"),
    "T1190": ("Exploit Public-Facing Application", "initial-access"),
    "T1199": ("Trusted Relationship", "initial-access"),
    "T1201": ("Password Policy Discovery", "discovery"),
    "T1204.003": ("Malicious Image", "execution"),
    "T1213.006": ("Databases", "collection"),
    "T1484.002": ("Trust Modification", "privilege-escalation"),
    "T1485": ("Data Destruction", "impact"),
    "T1485.001": ("Lifecycle-Triggered Deletion", "impact"),
    "T1486": ("Data Encrypted for Impact", "impact"),
    "T1489": ("Service Stop", "impact"),
    "T1490": ("Inhibit System Recovery", "impact"),
    "T1491.002": ("External Defacement", "impact"),
    "T1496.001": ("Compute Hijacking", "impact"),
    "T1496.004": ("Cloud Service Hijacking", "impact"),
    "T1518.001": ("Security Software Discovery", "discovery"),
    "T1525": ("Implant Internal Image", "persistence"),
    "T1526": ("Cloud Service Discovery", "discovery"),
    "T1528": ("Steal Application Access Token", "credential-access"),
    "T1530": ("Data from Cloud Storage", "collection"),
    "T1531": ("Account Access Removal", "impact"),
    "T1535": ("Unused/Unsupported Cloud Regions", "defense-evasion"),
    "T1537": ("Transfer Data to Cloud Account", "exfiltration"),
    "T1538": ("Cloud Service Dashboard", "discovery"),
    "T1546": ("Event Triggered Execution", "persistence"),
    "T1548.005": ("Temporary Elevated Cloud Access", "privilege-escalation"),
    "T1550.001": ("Application Access Token", "lateral-movement"),
    "T1550.004": ("Web Session Cookie", "lateral-movement"),
    "T1552": ("Unsecured Credentials", "credential-access"),
    "T1552.001": ("Credentials In Files", "credential-access"),
    "T1552.005": ("Cloud Instance Metadata API", "credential-access"),
    "T1555.006": ("Cloud Secrets Management Stores", "credential-access"),
    "T1556": ("Modify Authentication Process", "credential-access"),
    "T1556.006": ("Multi-Factor Authentication", "credential-access"),
    "T1556.007": ("Hybrid Identity", "credential-access"),
    "T1556.009": ("Conditional Access Policies", "credential-access"),
    "T1562.001": ("Disable or Modify Tools", "defense-evasion"),
    "T1562.007": ("Disable or Modify Cloud Firewall", "defense-evasion"),
    "T1562.008": ("Disable or Modify Cloud Logs", "defense-evasion"),
    "T1578.001": ("Create Snapshot", "defense-evasion"),
    "T1578.002": ("Create Cloud Instance", "defense-evasion"),
    "T1578.003": ("Delete Cloud Instance", "defense-evasion"),
    "T1578.004": ("Revert Cloud Instance", "defense-evasion"),
    "T1578.005": ("Modify Cloud Compute Configurations", "defense-evasion"),
    "T1580": ("Cloud Infrastructure Discovery", "discovery"),
    "T1606.002": ("SAML Tokens", "credential-access"),
    "T1610": ("Deploy Container", "execution"),
    "T1614": ("System Location Discovery", "discovery"),
    "T1619": ("Cloud Storage Object Discovery", "discovery"),
    "T1648": ("Serverless Execution", "execution"),
    "T1651": ("Cloud Administration Command", "execution"),
    "T1654": ("Log Enumeration", "discovery"),
    "T1666": ("Modify Cloud Resource Hierarchy", "defense-evasion"),
    "T1680": ("Local Storage Discovery", "discovery"),
}
HEAT = (1, 10, 100, 1_000)  # events from which each of the four steps begins


@dataclass(frozen=True, slots=True)
class Cell:
    """One technique: how many findings and events; ``heat`` is 0 (asked, no match) to 4, None if nothing asked."""

    id: str
    name: str
    findings: int
    events: int
    heat: int | None


@dataclass(frozen=True, slots=True)
class Column:
    """One tactic with its techniques."""

    tactic: str
    cells: list[Cell]


def name_of(technique: str) -> str:
    return TECHNIQUES[technique][0] if technique in TECHNIQUES else technique


def tactic_of(technique: str) -> str:
    """The tactic's name; a sub-technique that the table lacks stands under its parent's tactic."""
    known = TECHNIQUES.get(technique) or TECHNIQUES.get(technique.partition(".")[0])
    return TACTICS[known[1]] if known else OTHER


def matrix(found: Iterable[tuple[list[str], int]], asked: Iterable[str]) -> list[Column]:
    """The techniques that findings name (each: its techniques, its events) or that some rule asked for, by tactic."""
    findings: dict[str, int] = {}
    events: dict[str, int] = {}
    for techniques, count in found:
        for technique in techniques:
            findings[technique] = findings.get(technique, 0) + 1
            events[technique] = events.get(technique, 0) + count
    answered = set(asked)
    known = sorted({*TECHNIQUES, *findings, *answered})
    cells = [cell_of(one, findings, events, answered) for one in known]
    return list(columns_of([cell for cell in cells if cell.findings or cell.heat is not None]))


def cell_of(technique: str, findings: Mapping[str, int], events: Mapping[str, int], answered: set[str]) -> Cell:
    count, total = findings.get(technique, 0), events.get(technique, 0)
    heat = None if not count and technique not in answered else sum(total >= step for step in HEAT)
    return Cell(technique, name_of(technique), count, total, heat)


def columns_of(cells: list[Cell]) -> Iterator[Column]:
    for tactic in (*TACTICS.values(), OTHER):
        inside = [cell for cell in cells if tactic_of(cell.id) == tactic]
        if inside:
            yield Column(tactic, sorted(inside, key=lambda cell: (-cell.findings, -cell.events, cell.id)))
