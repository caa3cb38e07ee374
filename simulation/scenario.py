"""What the demo asks of the portal, and what it knows to be wrong on purpose."""

import gzip
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from cases.actions.findings import acknowledge_gaps
from cases.actions.incidents import Particulars, change_state, open_incident
from cases.actions.places import allow_policy
from cases.actor import Actor
from cases.board import WorkState, board
from cases.models import GapRecord, Incident, User
from collectors import sources
from phases import plan_runs
from phases.plans import PlanScope, plan_of, playbook_named
from phases.requests import Wish, request_collection
from simulation.organisation import (
    CI_BUILD,
    EXPORTS,
    FORENSICS_EU,
    FORENSICS_US,
    HOME_REGION,
    PROD_WEB,
    SECOND_REGION,
)

DESCRIPTION = (
    "GuardDuty reported that an access key of the deployment user ci-deploy is used from an address that was never "
    "seen before. The key may have leaked through a public build log.\n"
    "Find out what was done with it, which data left, and whether another way in was left behind."
)
# Which gaps the demo contains on purpose: part of the subject -> the reason a commander gives.
KNOWN = {
    f"CloudTrail files of {CI_BUILD.number} in {SECOND_REGION}": "nothing of ours runs there, so no log was delivered",
    f"eu to {FORENSICS_US.number}/{HOME_REGION}": "the disk stays in Frankfurt, where a copy of it lies already",
    "role/ForensicsAcquire": "ci-build's role does not trust the portal yet; its disks are not needed for now",
    "notes-from-the-desk.txt": "a note of the responder among the logs, not a log",
    "half-a-download.json.gz": "the download broke off; the whole file is in the log archive",
    # Only where the demo starts in the first quarter of an hour: its window ends at the whole hour.
    "the last minutes: events may come": "too fresh when it was asked; to be asked again later",
}


# Gaps that any organisation has, by their kind: what nobody switched on, and what is kept but not read by the portal.
ORDINARY = {
    GapRecord.Kind.NO_EXAMINER: "kept and sealed; whoever needs it reads it with other tools",
    GapRecord.Kind.NOT_ENABLED: "not switched on there; the platform team knows and has a date for it",
}
# What the demo asks of the playbook's steps, in two accounts and two regions; the other sources it asks in one place.
PLANNED = frozenset({"cloudtrail", "guardduty_findings", "iam_state", "vpc_flow_logs"})
LAST = timedelta(hours=1)
# Which jurisdiction's evidence may lie where: the portal's own place, and the forensics account of its own region.
ALLOWED = (
    *(("us", "local"), ("eu", "local")),
    *(("us", f"{FORENSICS_US.number}/{HOME_REGION}"), ("eu", f"{FORENSICS_EU.number}/{SECOND_REGION}")),
)


def allow_places() -> None:
    """What an administrator allows with ``manage.py policy``: everything the demo asks for but one copy abroad."""
    for jurisdiction, place in ALLOWED:
        allow_policy(jurisdiction=jurisdiction, place=place, reason="the demo's own", by=Actor.of_portal())


def open_incident_for(facts: dict[str, Any], commander: User) -> Incident:
    """The incident as a SOAR would open it, taken on by its commander."""
    begin = datetime.fromisoformat(facts["attack"][0])
    particulars = Particulars(
        title="Leaked access key of ci-deploy, data read from customer exports",
        description=DESCRIPTION,
        severity=Incident.Severity.HIGH,
        actual_start_at=begin,
        detected_at=datetime.fromisoformat(facts["attack"][1]),
        source="guardduty",
        source_ref="demo-finding-1",
    )
    incident, _ = open_incident(particulars=particulars, by=Actor(commander))
    for state in (Incident.State.ACKNOWLEDGED, Incident.State.DETECTION):
        change_state(incident=incident, to=state, by=Actor(commander))
    return incident


def collect_all(incident: Incident, facts: dict[str, Any], responder: User) -> None:
    """Ask for everything at once: what the playbook of a leaked key says, and every source that it leaves out.

    Disks of two accounts, one of which lets nobody in; copies of a disk in Frankfurt: one in its own region, and one
    abroad, which the region guard refuses.
    """
    start, end = (datetime.fromisoformat(text) for text in facts["window"])
    start_plan(incident, start, end, Actor(responder))
    named = names(facts, hand_copied(settings.DATA_DIR / "handed-over", start))
    for source in sources:
        if source.name in PLANNED:
            continue
        region = SECOND_REGION if source.name == "ebs_snapshot_copies" else HOME_REGION
        # AWS answers two calls a second about past events: the last hour, which is not yet in the archive, is enough.
        begin = end - LAST if source.name == "cloudtrail_events" else start
        wish = Wish(source.name, PROD_WEB.number, region, begin, end, named.get(source.name, ()))
        if not source.needs_aws:
            wish = Wish(source.name, resources=named[source.name], is_trusted=True)
        request_collection(incident=incident, wish=wish, by=Actor(responder))
    denied = Wish("ebs_snapshots", CI_BUILD.number, HOME_REGION, start, end, ("i-00000000000000000",))
    request_collection(incident=incident, wish=denied, by=Actor(responder))


def names(facts: dict[str, Any], folder: Path) -> dict[str, tuple[str, ...]]:
    """Source -> the resources that the story speaks of."""
    there, disk = facts["services"], facts["services"]["ebs_snapshot_copies"]["abroad"]
    return {
        **dict.fromkeys(("ebs_snapshots", "memory", "live_response"), (facts["instance"],)),
        "cloudtrail_lake": (there["lake"]["store"],),
        "cloudwatch_logs": (there["log_groups"]["host"], "/aws/eks/*"),
        "config_history": (there["config"]["resource"],),
        "ebs_image": (there["ebs"]["snapshot"],),
        "ebs_snapshot_copies": (disk, f"{disk} to {HOME_REGION}"),
        "folder": (str(folder),),
        "rds_snapshots": (there["databases"]["instance"],),
        "s3_access_logs": (there["access_logs"]["logged"],),
        "s3_object_versions": (EXPORTS,),
    }


def start_plan(incident: Incident, start: datetime, end: datetime, by: Actor) -> None:
    """The playbook for a leaked key; of its steps those that the story tells of, the others are left out by name."""
    playbook = playbook_named("access_key_leaked")
    scope = PlanScope(
        accounts=(PROD_WEB.number, CI_BUILD.number),
        regions=(HOME_REGION, SECOND_REGION),
        start=start,
        end=end,
        leave_out=tuple(step.source for step in playbook.steps if step.source not in PLANNED),
    )
    plan = plan_runs.make_plan(incident=incident, plan=plan_of(playbook, scope), by=by)
    plan_runs.start(plan=plan, by=by)


def hand_copied(folder: Path, at: datetime) -> Path:
    """What a colleague copied by hand: a good log, a note, and a download that broke off."""
    folder.mkdir()
    record = {
        "eventVersion": "1.11",
        "eventTime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "eventID": "0d9d6ab2-57ff-4f0c-8f4e-1b7f6c1d0001",
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "awsRegion": HOME_REGION,
        "sourceIPAddress": "192.0.2.61",
        "userAgent": "Mozilla/5.0",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "tomas.silva",
            "arn": f"arn:aws:iam::{PROD_WEB.number}:user/tomas.silva",
        },
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {"MFAUsed": "Yes"},
        "recipientAccountId": PROD_WEB.number,
    }
    data = gzip.compress(json.dumps({"Records": [record]}).encode(), mtime=0)
    (folder / "console-logins.json.gz").write_bytes(data)
    (folder / "half-a-download.json.gz").write_bytes(data[: len(data) // 2])
    (folder / "notes-from-the-desk.txt").write_text("called Tomas at 02:10, he did not know of any deployment\n")
    return folder


def reasons(facts: dict[str, Any]) -> dict[str, str]:
    """Every gap that is there on purpose: part of its subject or words -> the reason to acknowledge it."""
    wrong = facts["on_purpose"]
    return KNOWN | {
        wrong["altered"].rsplit("/", 1)[
            -1
        ]: "altered after delivery; compared with the copy of the build account by hand",
        wrong["missing"].rsplit("/", 1)[-1]: "deleted after delivery; the access log of the bucket is asked for",
        "/handed-over": "junk among the files that were handed over",
        "records in 2 files could not be read": "a note and a broken download among the files that were handed over",
    }


def reason_for(gap: GapRecord, facts: dict[str, Any]) -> str:
    words = f"{gap.subject}: {gap.detail}"
    told = next((reason for mark, reason in reasons(facts).items() if mark in words), "")
    return told or ORDINARY.get(GapRecord.Kind(gap.kind), "")


def acknowledge_known(incident: Incident, facts: dict[str, Any], commander: User) -> None:
    """Put the commander's name under the gaps that are known."""
    for gap in incident.gaps.open().for_lists():
        if reason := reason_for(gap, facts):
            acknowledge_gaps(gaps=[gap], by=Actor(commander), reason=reason)


def unexpected(incident: Incident, facts: dict[str, Any]) -> list[str]:
    """What is not as the demo means it to be; empty is success."""
    problems = [f"{s.phase}: {s.work}" for s in board(incident) if s.work != WorkState.COMPLETE]
    open_gaps = incident.gaps.open().for_lists()
    problems += [f"open gap: {gap.kind} {gap.subject}: {gap.detail}" for gap in open_gaps]
    present = " ".join(f"{g.subject} {g.detail}" for g in incident.gaps.current())
    wrong = [facts["on_purpose"][name].rsplit("/", 1)[-1] for name in ("altered", "missing")]
    expected = (*wrong, "role/ForensicsAcquire", f"eu to {FORENSICS_US.number}/{HOME_REGION}")
    problems += [f"a gap that should be there is not: {mark}" for mark in expected if mark not in present]
    return problems
