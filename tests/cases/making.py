"""Runs, leases, units and stored parts, for tests that need them as they are in the middle of the work."""

import hashlib

from django.utils import timezone

from cases.actions.readiness import Seen
from cases.actions.runs import Exhibit, Order, claim_run, plan_units, request_run
from cases.actions.units import StoredMember, StoredPart, seal_exhibit, store_part
from cases.models import EvidencePart, Phase, Run, Unit


def sha(text):
    return hashlib.sha256(text.encode()).hexdigest()


def collection(name="logs", **fields):
    """An order that collects ``name`` into an exhibit of its own."""
    exhibit = Exhibit(title=name, kind="logs", source="folder")
    return Order(Phase.COLLECTION, "folder", name, {"resources": [name]}, exhibit=exhibit, **fields)


def analysis(tool="sigma", inputs="0" * 64):
    return Order(Phase.ANALYSIS, tool, tool, {}, inputs)


def asked(incident, by, order=None):
    run, _ = request_run(incident=incident, order=order or collection(), by=by)
    return run


def claimed(run, worker="host:1"):
    """Claim the run as it is now; the lease, or None if somebody else holds it."""
    return claim_run(run=Run.objects.get(pk=run.pk), worker=worker)


def planned(lease, number=1, **fields):
    plan_units(lease=lease, units=[Unit(number=number, label=f"unit {number}", **fields)])
    return Unit.objects.get(run=lease.run_id, number=number)


def part_of(text="evidence", kind=EvidencePart.Kind.RAW):
    """A part as a worker hands it in; its bytes lie in no vault."""
    member = StoredMember(0, "trail.json", "file:trail.json", "1", len(text), sha(text))
    return StoredPart(kind, sha(text), len(text), "key", (member,))


def sealed(incident, by, name="logs"):
    """An exhibit with one part, collected and sealed."""
    run = asked(incident, by, collection(name))
    lease = claimed(run)
    part = store_part(lease=lease, unit=planned(lease), part=part_of(name))
    seal_exhibit(lease=lease, acquisition={"method": "test"})
    return part.evidence, lease


def seen(score=50, passed=1, checks=2):
    """What a look at the forensic environment came to."""
    return Seen(timezone.now(), score, passed, checks, [])
