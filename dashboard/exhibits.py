"""What the evidence pages show: the shelf of exhibits, and one exhibit with its parts, files, verdicts and custody."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, Sum
from django.http import Http404

from cases.models import Evidence, EvidencePart, Incident, Member, Verdict
from cases.models.custody import CustodyEntryQuerySet
from dashboard import custody_lines
from plugins.text import visible
from vault.packs import suffix_of

SHELF = 100
FILES = 25
PARTS = 200
SHORT = re.compile(r"E(\d{4,9})")
CURSOR = re.compile(r"(\d{1,9})-(\d{1,9})")
GRADES = ("provider_state", "provider_checksum", "full_hash", "full_hash_reread")


@dataclass(frozen=True, slots=True)
class Shelf:
    """One page of exhibits; ``before`` is the number to go on from, None on the last page."""

    items: list[Evidence]
    q: str
    total: int
    size: int
    failed: list[Evidence]
    before: int | None


def shelf_of(incident: Incident, q: str, before: str) -> Shelf:
    """At most 100 exhibits, newest first, in three queries."""
    found = incident.evidence.for_lists().order_by("-number")
    if q:
        found = found.filter(matching(q))
    if before.isdecimal() and len(before) < 10:
        found = found.filter(number__lt=int(before))
    items = list(found[: SHELF + 1])
    sums = incident.evidence.aggregate(total=Count("pk"), size=Sum("size"))
    return Shelf(
        items=items[:SHELF],
        q=q,
        total=sums["total"],
        size=sums["size"] or 0,
        failed=list(incident.evidence.filter(state=Evidence.State.INTEGRITY_FAILED).order_by("number")[:20]),
        before=items[SHELF - 1].number if len(items) > SHELF else None,
    )


def matching(q: str) -> Q:
    """Words of the label, an account, or a hash: of the exhibit or of one of its parts."""
    in_label = Q(exhibit__icontains=q) | Q(title__icontains=q) | Q(source__icontains=q)
    in_place = Q(account=q) | Q(region__iexact=q)
    parts = EvidencePart.objects.filter(sha256__istartswith=q).values("evidence")
    return in_label | in_place | Q(sha256__istartswith=q) | Q(pk__in=parts)


def exhibit_or_404(incident: Incident, short: str) -> Evidence:
    """The exhibit of this incident by its short number (E0007)."""
    given = SHORT.fullmatch(short)
    item = (
        incident.evidence.select_related("incident", "derived_from").filter(number=int(given[1])).first()
        if given
        else None
    )
    if item is None or item.short != short:
        raise Http404("no such exhibit")
    return item


def part_or_404(item: Evidence, number: int) -> EvidencePart:
    part = item.parts.select_related("evidence__incident").filter(number=number).first()
    if part is None:
        raise Http404("no such part")
    return part


def part_facts(part: EvidencePart) -> dict[str, Any]:
    """What a custody entry says of the bytes that were taken."""
    return {"part": part.number, "part_sha256": part.sha256, "size": part.size}


def file_name(part: EvidencePart) -> str:
    """A name of ours; of the evidence's own name only a harmless suffix is kept."""
    suffix = ".zip"
    if part.kind == EvidencePart.Kind.RAW:
        file = part.files.values_list("file", flat=True).first()
        suffix = suffix_of(file or "")
    return f"{part.evidence.exhibit}-part-{part.number}{suffix}"


def context_of(item: Evidence, query: Mapping[str, str]) -> dict[str, Any]:
    """Everything on the exhibit's page, in a number of queries that does not depend on how much it holds."""
    parts = list(item.parts.order_by("number")[: PARTS + 1])
    return {
        "item": item,
        "parts": parts[:PARTS],
        "parts_left": max(0, item.parts.count() - PARTS) if len(parts) > PARTS else 0,
        "lies_in": sorted({part.place for part in parts}),
        "first_part": parts[0] if parts else None,
        "first_name": file_name(parts[0]) if parts else "",
        "files": files_of(item, query.get("after", "")),
        "verdicts": verdict_counts(item),
        "grade": GRADES.index(item.integrity) + 1,
        "runs": list(item.runs.select_related("requested_by").order_by("-requested_at", "-pk")[:20]),
        "gaps": list(item.incident.gaps.current().filter(run__evidence=item).order_by("pk")[:20]),
        "custody": custody_lines.page_of(entries_about(item), before=number_or_none(query.get("before", ""))),
        "acquisition": list(acquisition_of(item)),
        "derivatives": list(item.derivatives.order_by("number")[:20]),
    }


def acquisition_of(item: Evidence) -> Iterator[tuple[str, str]]:
    """How it was acquired, as name and value; what is empty is left out."""
    for name, value in item.acquisition.items():
        if value:
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
            yield name.replace("_", " ").capitalize(), visible(text)


def number_or_none(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 16 else None


def entries_about(item: Evidence) -> CustodyEntryQuerySet:
    """The custody entries of the exhibit and of its parts."""
    of_parts = Q(object_type="part", object_id__startswith=f"{item.exhibit}/")
    return custody_lines.entries_of(item.incident).filter(Q(object_id=item.exhibit) | of_parts)


@dataclass(frozen=True, slots=True)
class File:
    """One file of an exhibit and what a validator said of it."""

    member: Member
    verdict: Verdict | None


@dataclass(frozen=True, slots=True)
class Files:
    """One page of files; ``next`` is the cursor of the following one, None on the last."""

    rows: list[File]
    next: str | None
    is_first: bool


def files_of(item: Evidence, after: str) -> Files:
    """At most 25 files in the order of the manifest, with their verdicts: two queries."""
    members = Member.objects.filter(part__evidence=item).select_related("part").order_by("part__number", "index")
    if place := CURSOR.fullmatch(after):
        part, index = int(place[1]), int(place[2])
        members = members.filter(Q(part__number__gt=part) | Q(part__number=part, index__gt=index))
    found = list(members[: FILES + 1])
    rows, last = found[:FILES], found[FILES - 1] if len(found) > FILES else None
    said = verdicts_of(item, rows)
    return Files(
        rows=[File(member, said.get((member.part.number, member.index))) for member in rows],
        next=f"{last.part.number}-{last.index}" if last else None,
        is_first=not place,
    )


def verdicts_of(item: Evidence, members: list[Member]) -> dict[tuple[int, int], Verdict]:
    numbers = {member.part.number for member in members}
    indexes = [member.index for member in members]
    said = newest_verdicts(item).filter(part__in=numbers, index__in=indexes)
    return {(verdict.part, verdict.index): verdict for verdict in said}


def newest_verdicts(item: Evidence) -> Any:
    return Verdict.objects.filter(evidence=item, run__is_newest=True)


def verdict_counts(item: Evidence) -> list[tuple[str, str, int]]:
    """(state, word, how many), the good news first; empty when no validator has spoken."""
    counted = Counter(dict(newest_verdicts(item).order_by().values_list("state").annotate(Count("pk"))))
    return [(state, str(state.label), counted[state]) for state in Verdict.State if counted[state]]
