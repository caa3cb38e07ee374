"""A file that a person hands over, on its way into the vault: hashed as it is written, read back, then recorded."""

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from cases.actions.evidence import receive_upload
from cases.actions.moves import Move, check_move
from cases.actions.runs import Exhibit, Order
from cases.actions.units import StoredMember, StoredPart
from cases.actor import Actor
from cases.models import Evidence, EvidencePart, Incident, Phase
from cases.places import place_for
from cases.stores import vault_of
from phases.next_steps import advance
from vault import Mismatch, Receipt, Vault

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

UPLOAD = "upload"


class KnownAlready(Exception):
    """The same bytes are in the incident already; the message names the exhibit."""


class OtherBytes(Exception):
    """The file is not the one whose SHA-256 was given; the message says what to do."""


def receive(*, incident: Incident, file: "UploadedFile[bytes]", sha256: str, by: Actor) -> Evidence:
    """Store the file and return its sealed exhibit; the phases after it start by themselves.

    Raises MoveRefused before a byte is stored, OtherBytes, KnownAlready, and what the vault raises: VaultFull, Corrupt.
    """
    name = file.name or UPLOAD
    place = place_for(incident, [incident.jurisdiction]).name
    check_move(incident=incident, move=Move(f"Upload, {name}", incident.jurisdiction, place), by=by)
    vault = vault_of(incident, place)
    receipt = stored(vault, file, sha256)
    with transaction.atomic():
        Incident.objects.select_for_update().get(pk=incident.pk)  # two uploads of one file come one after the other
        check_new(incident, receipt)
        order, part = order_of(name, receipt), part_of(name, receipt, place)
        evidence = receive_upload(incident=incident, order=order, part=part, by=by)
        advance(incident)
    return evidence


def stored(vault: Vault, file: "UploadedFile[bytes]", sha256: str) -> Receipt:
    """Write the bytes in chunks of 64 KiB, never whole in memory, and read them back. Raises OtherBytes."""
    try:
        receipt = vault.put(file.chunks(), size=file.size, sha256=sha256 or None)
    except Mismatch as problem:
        remedy = _(
            "This is not the file whose SHA-256 was given: %(problem)s, and no exhibit was made. Compare the SHA-256 "
            "with whoever gave you the file. If it is right, the file was changed on its way: ask for it once more."
        )
        raise OtherBytes(remedy % {"problem": problem}) from problem
    vault.verify(receipt.sha256, receipt.size)
    return receipt


def check_new(incident: Incident, receipt: Receipt) -> None:
    known = EvidencePart.objects.filter(evidence__incident=incident, sha256=receipt.sha256).select_related("evidence")
    if part := known.first():
        raise KnownAlready(f"{part.evidence.short} holds the same bytes already ({receipt.sha256})")


def order_of(name: str, receipt: Receipt) -> Order:
    return Order(
        phase=Phase.COLLECTION,
        tool=UPLOAD,
        title=f"Upload, {name}",
        scope={"file": name, "sha256": receipt.sha256},
        exhibit=Exhibit(title=f"Upload, {name}"[:300], kind="logs", source=UPLOAD),
    )


def part_of(name: str, receipt: Receipt, place: str) -> StoredPart:
    member = StoredMember(
        index=0, file=name, origin=f"upload:{name}", version="", size=receipt.size, sha256=receipt.sha256
    )
    return StoredPart(EvidencePart.Kind.RAW, receipt.sha256, receipt.size, receipt.key, (member,), place)
