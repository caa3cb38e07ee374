"""Between examination and analysis: bring what is staged into sorted segments and publish them to readers."""

from collections.abc import Iterator
from datetime import timedelta

from cases.actions.examinations import Generation, publish_events
from cases.actions.runs import plan_units
from cases.models import Unit
from cases.stores import events_of
from events import Manifest, Staged
from phases.next_steps import staged_rows
from phases.runs import Job
from plugins import Gap, GapKind
from plugins.text import counted

DATED = "cloudtrail"  # the family whose every record has a time by its format
KEEP_OLD = timedelta(hours=1)  # readers of an older manifest may still have its files open


def index_events(job: Job) -> str:
    """Publish the next generation of events and return the hash of its inputs. Safe to repeat."""
    plan_units(lease=job.lease, units=[Unit(number=1, label="index")])
    unit = Unit.objects.get(run=job.run, number=1)
    if unit.finished_at:
        return job.run.result_hash
    job.say("sorting events")
    store, rows = events_of(job.incident), staged_rows(job.incident)
    staged = [Staged(row.name, row.family, row.rows, row.size, row.sha256) for row in rows]
    before = job.incident.events_manifest or None
    manifest = store.index(staged, before)
    job.check()
    generation = Generation(manifest.name, manifest.inputs_hash, manifest.rows, manifest.copies)
    publish_events(lease=job.lease, unit=unit, generation=generation, gaps=list(undated_gaps(manifest)))
    store.sweep([name for name in (manifest.name, before) if name], KEEP_OLD, staged=[row.name for row in staged])
    return manifest.inputs_hash


def undated_gaps(manifest: Manifest) -> Iterator[Gap]:
    """Records of AWS always have a time: one whose time cannot be read is an event, but in no window and no bar."""
    undated = sum(file.tally.undated for file in manifest.files if file.family == DATED)
    if undated:
        is_one = undated == 1
        words = (
            f"{counted(undated, 'event')} of CloudTrail {'has' if is_one else 'have'} no time that could be read; "
            f"{'it stands' if is_one else 'they stand'} at the end of the timeline, and no window, bar or rule about "
            f"time counts {'it' if is_one else 'them'}"
        )
        yield Gap(GapKind.UNREADABLE, "times of events", words)
