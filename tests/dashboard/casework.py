"""An incident with evidence in it, made as people make it: through requests, runs and actions."""

import json
from datetime import UTC, datetime, timedelta

from cases.actions.findings import Analysis, AnswerRow, FoundRow, record_findings
from cases.actions.incidents import Particulars, open_incident
from cases.actions.runs import Order, claim_run, end_run, hash_of, plan_units, request_run
from cases.actor import Actor
from cases.models import LEADS, Phase, Run, Unit
from phases import runs
from phases.next_steps import REPORT, report_inputs
from phases.requests import Wish, request_collection
from phases.tasks import work_of

START = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
HOSTILE_AGENT = "<script>alert(1)</script>\u202emoc"
STRANGER = "203.0.113.44"


def record_at(minute):
    return START + timedelta(minutes=minute)


def open_for(person):
    """An incident of a person's own."""
    return open_incident(particulars=Particulars("Mine"), by=Actor(person))[0]


def record(minute, name, **more):
    """One CloudTrail record of the user ci-deploy; ``more`` are further fields."""
    at = record_at(minute)
    user = {
        "type": "IAMUser",
        "principalId": "AIDAEXAMPLE",
        "arn": "arn:aws:iam::111122223333:user/ci-deploy",
        "accountId": "111122223333",
        "accessKeyId": "AKIAIOSFODNN7EXAMPLE",
        "userName": "ci-deploy",
    }
    return {
        "eventVersion": "1.11",
        "userIdentity": user,
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": "iam.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": STRANGER,
        "userAgent": HOSTILE_AGENT,
        "requestParameters": {"userName": "svc-backup"},
        "responseElements": None,
        "requestID": f"request-{minute}",
        "eventID": f"event-{minute}-{name}",
        "readOnly": name.startswith(("List", "Get")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        **more,
    }


def records(calls):
    """One call a minute, every fifth of them refused; the second makes a key."""
    names = ["ListUsers", "CreateAccessKey", *(["ListBuckets"] * (calls - 2))]
    refused = {"errorCode": "AccessDenied", "errorMessage": "not allowed"}
    return [record(minute, name, **(refused if minute % 5 == 4 else {})) for minute, name in enumerate(names)]


def log_folder(folder, calls=30):
    """Two trail files: twenty records in one, the rest in the other."""
    folder.mkdir(parents=True)
    made = records(calls)
    (folder / "a_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": made[:20]}))
    (folder / "b_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": made[20:]}))
    return folder


def collect(incident, by, folder):
    """Collect, examine and index ``folder``; analysis and reporting are left to who needs them."""
    wish = Wish(source="folder", resources=(str(folder),), is_trusted=True)
    request_collection(incident=incident, wish=wish, by=Actor(by))
    work("collect", "examine")
    incident.refresh_from_db()


def work(*queues):
    """Do what is due in the queues, one run after the other, until nothing is."""
    while any(runs.work_on(queue, work_of) for queue in queues):
        pass


def leased(incident, by, phase, tool):
    """A run of a tool that somebody has claimed, with its one unit planned."""
    order = Order(phase=phase, tool=tool, title=tool, scope={"made": incident.runs.count()}, inputs_hash="0" * 64)
    run, _ = request_run(incident=incident, order=order, by=Actor(by))
    lease = claim_run(run=run, worker="test")
    plan_units(lease=lease, units=[Unit(number=1, label=tool)])
    return lease, Unit.objects.get(run=run, number=1)


def find(incident, by, *found, answers=(), tool="sigma"):
    """Record findings as an analysis does."""
    lease, unit = leased(incident, by, Phase.ANALYSIS, tool)
    result = Analysis(found=found, answers=tuple(answers), gaps=(), result_hash="1" * 64, version="2" * 64)
    record_findings(lease=lease, unit=unit, result=result)
    end_run(lease=lease)
    return Run.objects.get(pk=lease.run_id)


def second_key(incident, **change):
    """The finding that ci-deploy made a key for somebody else, citing the one event that says so."""
    event = {
        "evidence": f"{incident.reference}-E0001",
        "part": 1,
        "member": 0,
        "file": "a_CloudTrail_us-east-1.json",
        "row": 1,
        "at": "2026-11-22T21:01:00+00:00",
        "what": "CreateAccessKey",
    }
    values = {
        "question": "second-key",
        "title": "An access key was made for another user",
        "entity_kind": "principal",
        "entity": "arn:aws:iam::111122223333:user/ci-deploy",
        "severity": 4,
        "count": 1,
        "first_at": START + timedelta(minutes=1),
        "last_at": START + timedelta(minutes=1),
        "techniques": ["T1098.001"],
        "principals": ["arn:aws:iam::111122223333:user/ci-deploy"],
        "examples": [event],
        "query": {"event_name": "CreateAccessKey"},
        "explanation": "A key for another user outlives the session that made it.",
        "next_steps": "Ask the owner of svc-backup.",
        "false_positives": ["Key rotation by an administrator"],
        "author": "Forensics Portal",
        "licence": "Apache-2.0",
    }
    return FoundRow(**values | change)


def lead(incident, value="203.0.113.44", kind="address", score=87.5, rank=1, **change):
    """A lead whose one reason cites the event of ``second_key``."""
    signal = {"name": "strange_address", "part": 0.3, "words": "first seen at 21:01, an address that nobody else used"}
    facts = {"rank": rank, "score": score, "refused": 3, "actors": 1, "signals": [signal | {"cited": [0]}]}
    values = {
        "question": LEADS,
        "title": f"Look at {kind} {value}",
        "entity_kind": kind,
        "entity": value,
        "severity": 1,
        "count": 30,
        "techniques": [],
        "principals": [],
        "query": {"source_ip": value},
        "explanation": signal["words"],
        "facts": facts,
    }
    return second_key(incident, **values | change)


def no_match(question):
    return AnswerRow(question, "3" * 64, 0)


def report(incident, by):
    """Draft a report of what is known, without asking the rules first."""
    order = Order(Phase.REPORTING, REPORT, "Draft the report", {}, hash_of(report_inputs(incident)))
    request_run(incident=incident, order=order, by=Actor(by))
    work("report")
