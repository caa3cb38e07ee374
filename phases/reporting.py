"""Phase 4: freeze what is known now as a report version: content, PDF, and a manifest of what it speaks of."""

import hashlib
from dataclasses import replace
from typing import Any

from cases.actions.reports import FrozenReport, keep_report, record_report
from cases.actions.runs import plan_units
from cases.models import Incident, Report, Unit
from cases.stores import vault_of
from custody import canonical
from phases.next_steps import report_inputs, rules_version
from phases.reviews import content_of
from phases.runs import Job
from phases.snapshots import snapshot_of
from reports import CaseSnapshot
from reports.content import build
from reports.content import canonical as content_bytes
from reports.pdf import render
from reports.review import substance


def write_report(job: Job) -> str:
    """Freeze the next version, if it says anything new, and return the hash of its manifest. Safe to repeat."""
    plan_units(lease=job.lease, units=[Unit(number=1, label="report")])
    unit = Unit.objects.get(run=job.run, number=1)
    if unit.finished_at:
        return job.run.result_hash
    incident = Incident.objects.select_related("commander").get(pk=job.incident.pk)
    job.say("gathering what is known")
    snapshot = snapshot_of(incident, version=incident.last_report + 1, prepared_by=job.run.requested_by.shown_name)
    manifest = manifest_of(incident, snapshot)
    digest = hashlib.sha256(canonical(manifest)).hexdigest()
    content = build(replace(snapshot, manifest=manifest_facts(manifest, digest)))
    if kept := saying_the_same(incident, content):
        keep_report(lease=job.lease, unit=unit, report=kept)
        return digest
    job.check()
    job.say("setting the pages")
    pdf = render(content)
    job.check()
    vault = vault_of(incident)
    frozen = FrozenReport(
        content_sha256=vault.put([content_bytes(content)]).sha256,
        pdf_sha256=vault.put([pdf]).sha256,
        pdf_size=len(pdf),
        manifest=manifest,
        manifest_sha256=digest,
        custody_size=snapshot.custody_head["size"],
        custody_root=snapshot.custody_head["root"],
    )
    record_report(lease=job.lease, unit=unit, frozen=frozen)
    return digest


def saying_the_same(incident: Incident, content: dict[str, Any]) -> Report | None:
    """The newest version, where people would read in ``content`` nothing that it does not say already."""
    newest = incident.reports.select_related("incident").order_by("-version").first()
    known = content_of(newest) if newest else None
    return newest if known and substance(known) == substance(content) else None


def manifest_of(incident: Incident, snapshot: CaseSnapshot) -> dict[str, Any]:
    """Hashes of what this version speaks of; not the time of its making, so equal knowledge is equal."""
    inputs = report_inputs(incident)
    findings = sorted([f["rule"], f["entity"], f["count"], f["severity"]] for f in snapshot.findings)
    return {
        "format": "forensics-portal-report-manifest-1",
        "evidence": [{"exhibit": exhibit, "sha256": sha256} for exhibit, sha256 in inputs["evidence"]],
        "events_sha256": inputs["events"],
        "findings_sha256": hashlib.sha256(canonical({"findings": findings})).hexdigest(),
        "findings": len(findings),
        "story_sha256": hashlib.sha256(content_bytes({"story": list(snapshot.story)})).hexdigest(),
        "story": len(snapshot.story),
        "results": [row[3] for row in inputs["runs"] if row[3]],
        "rules_sha256": rules_version(),
    }


def manifest_facts(manifest: dict[str, Any], digest: str) -> dict[str, Any]:
    """The manifest as the report prints it."""
    return {
        "sha256": digest,
        "evidence": len(manifest["evidence"]),
        "findings": manifest["findings"],
        "rules_sha256": manifest["rules_sha256"],
    }
