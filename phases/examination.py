"""Phase 2: find out what each file of a part is, let the right examiner read it, and account for every record."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyarrow as pa

from cases.actions.evidence import mark_integrity_failed
from cases.actions.examinations import Examination, FileTally, StagedRows, record_examination
from cases.actions.moves import check_moves
from cases.actions.runs import plan_units
from cases.actor import Actor
from cases.models import EvidencePart, Unit
from cases.places import MoveRefused
from cases.stores import events_of, vault_holding
from events import EventFiles, Staged
from examiners import EventBatch, Examined, Examiner, Member, Tally
from examiners.archives import members_of
from examiners.sniffing import choose, head, why_unclaimed
from phases.exhibits import opened
from phases.runs import Job
from plugins import Gap, GapKind, Quarantined, Refused
from vault import Corrupt, MissingObject, Vault

LOGS = "logs"  # the kind of evidence whose every file must be read or quarantined
PACKED = frozenset({LOGS, "live_response"})  # kinds whose archives are looked into
KEPT = 1000  # quarantined records held in memory for the rows; all of them go to the list in the vault
WORDS = 200  # characters of a reason in the gap's words


@dataclass
class Account:
    """What is being counted while a part is examined."""

    job: Job
    files: list[FileTally] = field(default_factory=list)
    staged: list[StagedRows] = field(default_factory=list)
    quarantined: list[Quarantined] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def lose(self, record: Quarantined) -> None:
        self.quarantined.append(record)

    def count(self, tally: Tally, examiner: str) -> None:
        self.files.append(FileTally(tally.member, tally.file, examiner, tally.read, tally.rows, tally.quarantined))


def examine_part(job: Job) -> str:
    """Examine the run's part and return the hash of what was staged. Safe to repeat: same bytes, same rows."""
    part = part_of(job)
    vault, account = vault_holding(part), Account(job)
    check_bytes(vault, part, job)
    unit = the_unit(job, part)
    if unit.finished_at:
        return job.run.result_hash
    try:
        check_moves(job.run, f"Events of {part.evidence.exhibit}", job.incident.place)
    except MoveRefused as refusal:
        gap = Gap(GapKind.DENIED, f"{refusal.subject}, part {part.number}", str(refusal))
        record_examination(lease=job.lease, unit=unit, result=Examination((), (), (), "", (gap,)))
        return ""
    with opened(vault, part) as members:
        for examiner, group in grouped(members, account):
            job.say(f"{examiner.title}: {len(group)} files")
            stage(events_of(job.incident), part, examiner, group, account)
    result = settled(vault, part, account)
    record_examination(lease=job.lease, unit=unit, result=result)
    return result.list_sha256


def part_of(job: Job) -> EvidencePart:
    if job.run.part is None:
        raise Refused("this run names no part to examine; ask for the examination again")
    return EvidencePart.objects.select_related("evidence__incident").get(pk=job.run.part.pk)


def the_unit(job: Job, part: EvidencePart) -> Unit:
    """The run's one unit, made on the first claim and found again by later ones."""
    label = f"{part.evidence.short}, part {part.number}"
    plan_units(lease=job.lease, units=[Unit(number=1, label=label, planned_size=part.size)])
    return Unit.objects.get(run=job.run, number=1)


def check_bytes(vault: Vault, part: EvidencePart, job: Job) -> None:
    """Re-read and re-hash the part before anything is made of it. Raises Refused when it is not what was stored."""
    try:
        vault.verify(part.sha256, part.size)
    except (Corrupt, MissingObject) as problem:
        mark_integrity_failed(part=part, detail=str(problem), by=Actor.of_run(job.run))
        raise Refused(f"{part.evidence.short} part {part.number} fails its integrity check: {problem}") from problem


def grouped(members: list[Member], account: Account) -> Iterator[tuple[Examiner, list[Member]]]:
    """The files of the part, archives opened, by the examiner that is surest of each; the rest is accounted for."""
    groups: dict[str, tuple[Examiner, list[Member]]] = {}
    for member in unpacked(members, account):
        account.job.check()
        beginning = head(member)
        examiner = choose(beginning, member.file)
        if examiner is None:
            unclaimed(member, account, beginning)
        else:
            groups.setdefault(examiner.name, (examiner, []))[1].append(member)
    for name in sorted(groups):
        yield groups[name]


def unpacked(members: list[Member], account: Account) -> Iterator[Member]:
    """The files, and those inside archives of logs or answers; what else comes packed, such as code, stays one file."""
    if part_of(account.job).evidence.kind not in PACKED:
        yield from members
        return
    for member in members:
        for inner in members_of(member):
            if isinstance(inner, Member):
                yield inner
            else:
                account.lose(inner)
                account.files.append(FileTally(inner.member, inner.file, "", 1, 0, 1))


def unclaimed(member: Member, account: Account, beginning: bytes) -> None:
    """A log file that nobody claims is quarantined; evidence of a kind that nothing reads yet is unread.

    JSON Lines without a line are the answer "there was nothing", as quiet hours give it: no record, none lost.
    """
    if not member.size and member.file.endswith(".jsonl"):
        account.files.append(FileTally(member.index, member.file, "", 0, 0, 0))
        return
    if part_of(account.job).evidence.kind != LOGS:
        account.unread.append(member.file)
        account.files.append(FileTally(member.index, member.file, "", 0, 0, 0))
        return
    account.lose(Quarantined(member.index, member.file, None, why_unclaimed(member, beginning)))
    account.files.append(FileTally(member.index, member.file, "", 1, 0, 1))


def stage(store: EventFiles, part: EvidencePart, examiner: Examiner, group: list[Member], account: Account) -> None:
    """Let one examiner read its files; its rows become one staging file named by what they were made of."""
    name = f"{part.evidence.short}-{part.number:05d}-{part.sha256[:32]}-{examiner.name}-{examiner.version}"
    batches = rows_of(examiner.examine(iter(group)), examiner, account)
    staged: Staged = store.stage(name, examiner.family, batches)
    if staged.rows:
        account.staged.append(
            StagedRows(examiner.name, staged.name, staged.family, staged.rows, staged.size, staged.sha256)
        )


def rows_of(examined: Iterable[Examined], examiner: Examiner, account: Account) -> Iterator[pa.RecordBatch]:
    """Pass the batches on; count everything else."""
    for one in examined:
        account.job.check()
        if isinstance(one, EventBatch):
            yield one.rows
        elif isinstance(one, Tally):
            account.count(one, examiner.name)
        else:
            account.lose(one)


def settled(vault: Vault, part: EvidencePart, account: Account) -> Examination:
    """The account, balanced: every quarantined record is in the list that the vault keeps."""
    lost = sorted(account.quarantined, key=lambda q: (q.member, -1 if q.row is None else q.row, q.reason))
    digest = ""
    if lost:
        digest = vault.put([listing(lost)]).sha256
        account.gaps.append(quarantine_gap(part, lost))
    if account.unread:
        account.gaps.append(unread_gap(part, account.unread, len(account.files)))
    files = tuple(sorted(account.files, key=lambda tally: tally.index))
    return Examination(files, tuple(account.staged), tuple(lost[:KEPT]), digest, tuple(account.gaps))


def unread_gap(part: EvidencePart, unread: list[str], files: int) -> Gap:
    """One for the whole part: what nothing reads is kept and sealed, and a person reads it with other tools."""
    words = f"nothing reads {len(unread)} of its {files} files of the kind {part.evidence.kind!r} yet; "
    words += f"{unread[0][:WORDS]} is the first"
    return Gap(GapKind.NO_EXAMINER, f"{part.evidence.exhibit}, part {part.number}", words)


def quarantine_gap(part: EvidencePart, lost: list[Quarantined]) -> Gap:
    files = len({record.member for record in lost})
    words = f"{len(lost)} records in {files} files could not be read; the first: {lost[0].reason[:WORDS]}"
    return Gap(GapKind.QUARANTINED, f"{part.evidence.exhibit}, part {part.number}", words)


def listing(lost: list[Quarantined]) -> bytes:
    """JSON Lines: file, row and reason of each."""
    rows = ({"member": q.member, "file": q.file, "row": q.row, "reason": q.reason} for q in lost)
    return "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows).encode()
