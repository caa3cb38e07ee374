"""From rows to bytes: the members of stored parts as examiners and pages read them."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import BinaryIO

import examiners
from cases.models import EvidencePart, Member
from vault import Vault, open_pack


@contextmanager
def opened(vault: Vault, part: EvidencePart) -> Iterator[list[examiners.Member]]:
    """The files of one part, each readable while the block lasts; an archive is one file here."""
    rows = Member.objects.filter(part=part).order_by("index")
    with ExitStack() as stack:
        if part.kind == EvidencePart.Kind.RAW:
            yield [member_of(part, row, partial(vault.open, part.sha256)) for row in rows]
        else:
            pack = stack.enter_context(open_pack(vault, part.sha256))
            yield [member_of(part, row, partial(pack.open, row.index)) for row in rows]


def member_of(part: EvidencePart, row: Member, opener: "partial[BinaryIO]") -> examiners.Member:
    return examiners.Member(
        evidence=part.evidence.exhibit,
        part=part.number,
        index=row.index,
        file=row.file,
        open=opener,
        size=row.size,
        sha256=row.sha256,
        notes=row.notes,
        modified=row.modified_at,
        origin=row.origin,
        account=part.evidence.account,
        region=part.evidence.region,
        collected_at=row.modified_at or part.stored_at,
    )
