"""A sample incident as the reporting phase hands it over: one leaked key, small enough to read."""

from reports import CaseSnapshot

REFERENCE = "FP-2026-000123"
SHA = "4e1f0b7c92d65a3380cc41e7f2b90d1856ae77c3094bd2f1635e8a0c7719d2ab"
LEAF = "9b74c9897bac770ffc029102a200c5de00112233445566778899aabbccddeeff"


def event(minute=12, **given):
    return {
        "at": f"2026-11-22T21:{minute:02}:00Z",
        "event": "CreateAccessKey",
        "principal": "arn:aws:iam::111122223333:user/ci-deploy",
        "address": "203.0.113.44",
        "outcome": "success",
        "exhibit": f"{REFERENCE}-E0007",
        "file": "AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/22/111122223333_CloudTrail_us-east-1_20261122T2115Z_x.json.gz",
        "row": minute,
        "target": "user svc-backup",
    } | given


def finding(**given):
    return {
        "number": "F-03",
        "title": "Second access key made for svc-backup with the leaked key",
        "severity": "high",
        "rule": "iam_access_key_created_for_another_user",
        "rule_version": "1.2.0",
        "techniques": ["T1098.001"],
        "status": "proposed",
        "entity": "arn:aws:iam::111122223333:user/svc-backup",
        "count": 3,
        "first_at": "2026-11-22T21:04:00Z",
        "last_at": "2026-11-23T04:31:00Z",
        "principals": ["arn:aws:iam::111122223333:user/ci-deploy"],
        "description": "A key was made for a user by somebody else. Attackers do this to stay.",
        "query": "event_name = 'CreateAccessKey' and user != target",
        "events": [event(4), event(12), event(31, outcome="AccessDenied")],
    } | given


def exhibit(**given):
    return {
        "exhibit": f"{REFERENCE}-E0007",
        "title": "CloudTrail log files, account 111122223333, us-east-1",
        "source": "cloudtrail",
        "account": "111122223333",
        "region": "us-east-1",
        "files": 600,
        "size": 41_234_567,
        "state": "sealed",
        "sha256": SHA,
        "acquired_at": "2026-11-23T05:12:40Z",
        "acquired_by": "Rin Tanaka",
    } | given


def entry(seq=1, **given):
    return {
        "seq": seq,
        "at": "2026-11-23T05:12:40.123456Z",
        "action": "acquired",
        "object": f"{REFERENCE}-E0007",
        "actor": "Rin Tanaka",
        "reason": "",
        "leaf_hash": LEAF,
    } | given


def incident(**given):
    return {
        "reference": REFERENCE,
        "title": "Leaked access key of ci-deploy and theft of customer exports",
        "description": "GuardDuty reported the key.\n\nThe team rotated it at once.",
        "severity": "high",
        "tlp": "TLP:AMBER",
        "status": "detection_and_analysis",
        "actual_start_at": "2026-11-22T21:04:00Z",
        "detected_at": "2026-11-23T02:50:00Z",
        "opened_at": "2026-11-23T02:55:00Z",
        "commander": "Ida Moreau",
        "accounts": ["prod-web (111122223333)", "ci-build (777788889999)"],
        "regions": ["us-east-1", "ap-northeast-1"],
        "window": ["2026-11-22T21:04:00Z", "2026-11-23T03:00:00Z"],
        "version": 1,
        "report_state": "draft, not reviewed",
        "prepared_by": "Rin Tanaka",
        "made_at": "2026-11-24T08:00:00Z",
    } | given


CHAIN = {
    "title": "How ci-deploy became build-runner",
    "nodes": [
        {"id": "ip", "label": "203.0.113.44", "kind": "address", "hot": True},
        {"id": "u", "label": "ci-deploy", "kind": "principal", "hot": True},
        {"id": "r", "label": "arn:aws:iam::777788889999:role/build-runner", "kind": "role"},
        {"id": "k", "label": "ASIAEXAMPLE", "kind": "access_key"},
    ],
    "edges": [
        {"source": "ip", "target": "u", "label": "214 calls", "hot": True},
        {"source": "u", "target": "r", "label": "assumed 21:47"},
        {"source": "r", "target": "k", "label": "session"},
    ],
}

PHASES = (
    {
        "name": "collection",
        "title": "Collection",
        "work": "complete",
        "done": 45,
        "units": 48,
        "gaps_open": 1,
        "gaps_acknowledged": 2,
    },
    {"name": "examination", "title": "Examination", "work": "complete", "done": 37, "units": 37},
    {"name": "analysis", "title": "Analysis", "work": "complete", "done": 64, "units": 64},
    {"name": "reporting", "title": "Reporting", "work": "in_progress", "done": 0, "units": 1},
)

HISTOGRAM = tuple(
    {
        "start": f"2026-11-22T{hour:02}:00:00Z",
        "counts": {"management": 40 + hour * 3, "data": 300 if hour in (21, 22) else 12},
    }
    for hour in range(24)
)

GAPS = (
    {
        "phase": "collection",
        "subject": "VPC flow logs, ci-build, us-east-1",
        "kind": "denied",
        "detail": "AccessDenied: not authorized to perform logs:FilterLogEvents",
        "acknowledged_by": "Ida Moreau",
        "acknowledged_at": "2026-11-23T06:20:00Z",
        "reason": "role is not deployed there",
    },
    {"phase": "collection", "subject": "Host logs, prod-web", "kind": "out_of_retention", "detail": "kept for 7 days"},
)


def cell(**given):
    return {
        "account": "111122223333",
        "name": "prod-web",
        "region": "us-east-1",
        "title": "CloudTrail log files",
        "state": "collected",
        "files": 600,
        "reason": "",
        "doubt": "",
        "uncovered": [],
    } | given


COVERAGE = (
    cell(uncovered=[["2026-11-22T21:04:00Z", "2026-11-22T22:00:00Z"]]),
    cell(title="VPC flow logs", state="denied", files=0),
    cell(title="AWS WAF logs", state="empty", files=0),
    cell(title="Memory", state="not_requested", files=0, reason="not available in this portal"),
    cell(account="", name="", region="", title="Folder", state="partial", files=3, doubt="1 file altered"),
)


def sample(**given):
    facts = {
        "incident": incident(),
        "phases": PHASES,
        "summary": {"events": 84_113, "first_event_at": "2026-11-22T00:00:01Z", "last_event_at": "2026-11-22T23:59:58Z", "records_read": 84_115, "rows": 84_113, "quarantined": 2},
        "histogram": HISTOGRAM,
        "timeline": (event(4), event(12), event(31)),
        "leads": ({"score": 87.5, "kind": "address", "entity": "203.0.113.44", "why": "first seen at 21:04, an address that nobody else used", "count": 214, "first_at": "2026-11-22T21:04:00Z"},),
        "findings": (finding(), finding(number="F-01", title="ci-deploy used from an address never seen before", severity="medium", status="confirmed", decided_by="Ida Moreau", decided_at="2026-11-23T09:00:00Z", reason="the owner was asleep")),
        "principals": ({"principal": "arn:aws:iam::111122223333:user/ci-deploy", "first_at": "2026-11-22T21:04:00Z", "last_at": "2026-11-23T04:31:00Z", "events": 214, "refused": 17, "addresses": ["203.0.113.44", "198.51.100.23"], "actions": [{"name": "GetObject", "count": 180}, {"name": "ListBuckets", "count": 3}]},),
        "chains": (CHAIN,),
        "evidence": (exhibit(), exhibit(exhibit=f"{REFERENCE}-E0008", title="EBS snapshot of i-0abc", source="ebs_snapshots", files=None, state="acquired")),
        "coverage": COVERAGE,
        "custody": (entry(1, action="requested"), entry(2), entry(3, action="sealed", reason="complete")),
        "custody_head": {"size": 3, "root": "q8XvT1mWc0aJ4yF2hUu7o6Zb9kRr5sPpE3nLdVxK3f0=", "verified": "whole and in order"},
        "gaps": GAPS,
        "quarantine": ({"exhibit": f"{REFERENCE}-E0007", "file": "notes.txt", "row": None, "reason": "unrecognised"}, {"exhibit": f"{REFERENCE}-E0007", "file": "trail.json", "row": 17, "reason": "no eventTime"}),
        "verdicts": ({"exhibit": f"{REFERENCE}-E0007", "file": "a.json.gz", "verdict": "valid"}, {"exhibit": f"{REFERENCE}-E0007", "file": "b.json.gz", "verdict": "not_listed", "detail": "no digest names it"}),
        "methods": ({"phase": "Collection", "name": "cloudtrail", "version": "0.1.0", "detail": "log files and digests of the organisation trail"}, {"phase": "Examination", "name": "cloudtrail", "version": "0.1.0", "detail": "records to events"}),
        "manifest": {"sha256": SHA[::-1], "evidence": 2, "findings": 2, "rules_version": "2026.11", "rules_sha256": LEAF[::-1]},
    }  # fmt: skip
    return CaseSnapshot(**(facts | given))


def empty(**given):
    return CaseSnapshot(incident=incident(title="", description=""), **given)
