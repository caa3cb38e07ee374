"""What Ida and Rin say in the demo: indicators, the story, notes, a saved view, and the report after it."""

from datetime import datetime, timedelta
from typing import Any

from analyzers.stix import read_file
from cases.actions.notes import Subject, add_note
from cases.actions.saved_views import save_view
from cases.actions.timeline_entries import add_to_timeline
from cases.actor import Actor
from cases.models import Finding, Incident, User
from cases.tellings import Telling, telling_of_finding
from phases.indicators import take_in
from phases.requests import request_report
from simulation.attack import ADDRESS, SECOND_ADDRESS

# As a list of a sharing community comes: two addresses that the attack used, one and a domain that it did not, junk.
ALERT = f"""type,value,label
ipv4-addr,{ADDRESS},seen with stolen deployment keys
ipv4-addr,{SECOND_ADDRESS},the same people's second address
ipv4-addr,192.0.2.250,scanner of the same campaign
domain-name,drop.example.net,where others found their data
ipv4-addr,300.1.1.1,mistyped by whoever made the list
"""
TOLD = 5  # findings that Rin puts into the timeline
CALL = timedelta(minutes=20)  # after the last act


def hand_over_indicators(incident: Incident, at: datetime, responder: User) -> None:
    """Before anything is collected, so that the first analysis asks for them."""
    take_in(incident=incident, reading=read_file(ALERT.encode(), "alert.csv", at), by=Actor(responder))


def tell(incident: Incident, facts: dict[str, Any], commander: User, responder: User) -> None:
    """The story so far, from the gravest findings and from what people know; then notes and a saved view."""
    ida, rin = Actor(commander), Actor(responder)
    gravest = gravest_of(incident)
    for finding in gravest:
        add_to_timeline(incident=incident, telling=telling_of_finding(finding), by=rin)
    called = Telling(
        at=datetime.fromisoformat(facts["attack"][1]) + CALL,
        title="Tomas Silva was called: he knows of no deployment",
        text="Rin called him from the desk. He was asleep and his laptop was off.",
    )
    add_to_timeline(incident=incident, telling=called, by=rin)
    words = "The build log of ci-deploy was public from 18:00 on; the platform team has taken it down."
    add_note(incident=incident, subject=Subject(), text=words, by=ida)
    if gravest:
        words = "Compared with the deployment calendar: nothing was planned for that evening."
        add_note(incident=incident, subject=Subject(finding=gravest[0]), text=words, by=rin)
    save_view(incident=incident, name="From the stranger's address", query=f"source_ip={ADDRESS}", by=rin)


def gravest_of(incident: Incident) -> list[Finding]:
    """The gravest findings about deeds that have a time, each rule once."""
    by_rule: dict[str, Finding] = {}
    for finding in incident.findings.detections().standing().for_lists().exclude(first_at=None):
        by_rule.setdefault(finding.question, finding)
    return list(by_rule.values())[:TOLD]


def ask_for_report(incident: Incident, responder: User) -> None:
    """Rin has it made, so that Ida may approve it: on a grave incident nobody approves what they had made."""
    request_report(incident=incident, by=Actor(responder))
