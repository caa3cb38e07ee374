"""What verify_evidence says of rows and bytes that somebody with every right over database and disk has changed."""

import hashlib
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from cases.actions.evidence import receive_upload
from cases.evidence_check import disagreements
from cases.models import CustodyEntry, Evidence, EvidencePart, ExaminedFile, Incident, QuarantinedRecord
from tests.cases.making import collection, part_of, sealed
from tests.cases.tampering import before, lose_log, tamper
from tests.dashboard import casework

only_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL keeps each column's kind")


@pytest.fixture
def examined(incident, rin, tmp_path, memories):
    """The incident with one exhibit of two log files and one that nothing can read, examined and indexed."""

    def collected_with_a_quarantined_file():
        folder = casework.log_folder(tmp_path / "logs")
        (folder / "c.txt").write_text("these are no logs")
        casework.collect(incident, rin, folder)

    memories.lay_down(collected_with_a_quarantined_file, tmp_path)
    incident.refresh_from_db()
    return incident


def entry(action):
    """How lines name the entry of this action."""
    return f"entry {CustodyEntry.objects.get(action=action).seq} ({action})"


def in_vault(sha256):
    (path,) = Path(settings.VAULT_URL.removeprefix("file://")).rglob(sha256)
    return path


def verified():
    """What the command says of evidence that is not as it was."""
    out = StringIO()
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_evidence", stdout=out)
    return out.getvalue()


def test_evidence_that_nobody_touched_agrees(examined):
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert "1 custody log compared with the evidence, 0 disagreements" in out.getvalue()


# the parts


def exchange(part):
    """Put altered bytes in the place of the part's, under their own hash, and that hash into the row."""
    old = in_vault(part.sha256)
    data = old.read_bytes().replace(b"CreateAccessKey", b"ListAccessKeys ")
    digest = hashlib.sha256(data).hexdigest()
    new = Path(str(old).replace(part.sha256[:2] + "/" + part.sha256[2:4], digest[:2] + "/" + digest[2:4]))
    new = new.with_name(digest)
    new.parent.mkdir(parents=True, exist_ok=True)
    new.write_bytes(data)
    old.unlink()
    tamper(f"UPDATE cases_evidencepart SET sha256 = '{digest}', vault_key = '{new.name}'")
    return digest


def test_a_part_exchanged_with_its_row_is_named_with_what_the_entries_say(examined):
    part = EvidencePart.objects.get()
    digest = exchange(part)
    said = verified()
    assert "1 parts read back, 0 not as they were stored" in said
    for action in ("acquired", "examined"):
        assert f"E0001 part 1: its sha256 is '{digest}', {entry(action)} says '{part.sha256}'" in said


@pytest.mark.parametrize("change", ["size = 1", "members = 7", "place = 'elsewhere'"])
def test_a_part_of_another_size_or_place_is_named(incident, exhibit, change):
    tamper(f"UPDATE cases_evidencepart SET {change}")
    said = "\n".join(disagreements(incident))
    assert f"E0001 part 1: its {change.split()[0]} is " in said
    assert entry("acquired") in said


def test_a_part_without_an_entry_and_an_entry_without_a_part_are_named(incident, exhibit):
    tamper("UPDATE cases_evidencepart SET number = 2")
    said = disagreements(incident)
    assert f"{exhibit} part 1: {entry('acquired')} speaks of it, but it is not there" in said
    assert f"{exhibit} part 2: no entry says that it was acquired" in said


def test_a_file_that_a_person_handed_over_is_compared_with_the_entry_received(incident, by_rin):
    receive_upload(incident=incident, order=collection(), part=part_of(), by=by_rin)
    assert disagreements(incident) == []
    tamper(f"UPDATE cases_evidencepart SET sha256 = '{'0' * 64}'")
    of_part, of_manifest = disagreements(incident)
    assert of_part.startswith(f"{incident}-E0001 part 1: its sha256 is '{'0' * 64}', {entry('received')} says ")
    assert of_manifest.startswith(f"{incident}-E0001: its parts and their members give the manifest ")


# the exhibits


def test_a_member_that_is_not_what_was_sealed_is_named(incident, exhibit):
    tamper("UPDATE cases_member SET size = 1")
    (said,) = disagreements(incident)
    assert said.startswith(f"{exhibit}: its parts and their members give the manifest ")
    assert said.endswith(f", {entry('sealed')} says {Evidence.objects.get().sha256}")


def test_an_exhibit_without_a_seal_and_a_seal_without_an_exhibit_are_named(incident, exhibit):
    Evidence.objects.update(exhibit="FP-1-E0007")
    said = disagreements(incident)
    assert f"{exhibit}: {entry('sealed')} speaks of it, but it is not there" in said
    assert "FP-1-E0007: no entry says that it was sealed" in said


def test_a_seal_taken_off_is_named(incident, exhibit):
    Evidence.objects.update(sha256="", state="acquired")
    (said,) = disagreements(incident)
    assert said.startswith(f"{exhibit}: its sha256 is '', {entry('sealed')} says ")


# what the examination made of them


def test_quarantined_records_that_are_gone_are_named(examined):
    QuarantinedRecord.objects.all().delete()
    (said,) = disagreements(examined)
    words = "its quarantined records (0) are not those of the list that"
    assert said == f"{examined}-E0001 part 1: {words} {entry('examined')} names (1)"


def test_a_quarantined_record_in_other_words_is_named(examined):
    QuarantinedRecord.objects.update(reason="nothing to see")
    assert "its quarantined records (1) are not those of the list" in disagreements(examined)[0]


def test_a_list_of_quarantined_records_that_was_altered_is_named(examined):
    path = in_vault(CustodyEntry.objects.get(action="examined").data.decode().split('quarantine_sha256":"')[1][:64])
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"c.txt", b"d.txt"))
    (said,) = disagreements(examined)
    assert f"the list of its quarantined records that {entry('examined')} names cannot be read: " in said


def test_tallies_that_the_entry_does_not_bear_out_are_named(examined):
    ExaminedFile.objects.filter(file="c.txt").delete()
    said = disagreements(examined)
    assert f"{examined}-E0001 part 1: its files come to read 30, {entry('examined')} says 31" in said


def test_events_of_another_manifest_are_named(examined):
    Incident.objects.update(events_manifest="0" * 64)
    (said,) = disagreements(examined)
    assert said.startswith(f"{examined}: its events are of manifest and inputs ('{'0' * 64}', ")
    assert entry("indexed") in said


def test_events_that_no_entry_speaks_of_are_named(incident):
    Incident.objects.update(events_manifest="0" * 64)
    assert disagreements(incident) == [f"{incident}: no entry says that its events were indexed"]


def test_event_files_are_read_back(examined):
    (segment,) = Path(settings.EVENTS_URL.removeprefix("file://")).rglob("segments/*.parquet")
    data = bytearray(segment.read_bytes())
    data[len(data) // 2] ^= 1
    segment.chmod(0o600)
    segment.write_bytes(data)
    said = verified()
    assert f"{examined}: {segment} now reads as " in said
    assert "3 event files read back, 1 not as they were indexed" in said


def test_event_files_that_a_lost_manifest_names_are_a_problem(examined):
    (manifest,) = Path(settings.EVENTS_URL.removeprefix("file://")).rglob("manifests/*.json")
    manifest.unlink()
    assert f"{examined}: its event files cannot be read back: no manifest '{examined.events_manifest}'" in verified()


def test_event_files_that_another_engine_has_are_said_not_to_be_checked(examined, settings):
    settings.EVENTS_URL = "athena://forensics/events?bucket=acme-events&region=eu-central-1&folder=/nowhere"
    out = StringIO()
    call_command("verify_evidence", stdout=out)
    assert f"{examined}: Athena reads its event files in s3://acme-events; they were not checked" in out.getvalue()
    assert "0 event files read back, 0 not as they were indexed" in out.getvalue()


# the log that all of this rests on


def test_a_log_that_is_not_in_order_shows_nothing_and_the_command_says_so(incident, exhibit):
    lose_log(incident.reference)
    assert (
        f"{incident}: its custody log is not in order (1 problem), so that evidence agrees with it shows" in verified()
    )


def test_an_entry_that_cannot_be_read_is_the_logs_problem_and_the_others_are_compared(incident, exhibit):
    junk = {"sqlite": "x'ff'", "postgresql": r"'\xff'::bytea"}[connection.vendor]
    tamper(f"UPDATE cases_custodyentry SET data = {junk} WHERE action = 'sealed'", "UPDATE cases_member SET size = 1")
    said = disagreements(incident)
    assert "not in order" in said[0]
    assert said[1:] == [f"{exhibit}: no entry says that it was sealed"]


def test_what_is_written_meanwhile_is_no_disagreement(incident, exhibit, by_rin):
    with before("cases_evidencepart", lambda: sealed(incident, by_rin, "more")):
        assert disagreements(incident) == []
    assert incident.evidence.count() == 2


# what cannot be read does not stop the rest


@only_sqlite
def test_a_row_that_cannot_be_read_is_named_and_the_exhibits_are_compared(incident, exhibit):
    tamper("UPDATE cases_evidencepart SET vault_key = CAST(x'ff00' AS TEXT)", "UPDATE cases_member SET size = 1")
    said = verified()
    assert "what follows was not compared" in said
    assert "give the manifest" in said
    assert "its other parts were not read back" in said


def test_a_folder_in_the_place_of_a_part_is_named(examined):
    path = in_vault(EvidencePart.objects.get().sha256)
    path.unlink()
    path.mkdir()
    assert f"E0001 part 1: {path} is no file any more; restore it from a copy" in verified()
    assert Evidence.objects.get().state == "integrity_failed"


def test_a_part_in_a_place_that_has_no_vault_is_named(incident, exhibit, settings):
    settings.VAULT_URL = f'{{"local": "{settings.VAULT_URL}", "eu": "{settings.VAULT_URL}-eu"}}'
    settings.EVENTS_URL = settings.VAULT_URL
    tamper("UPDATE cases_evidencepart SET place = 'mars'")
    assert "E0001 part 1: it cannot be read back: VAULT_URL names no place 'mars'" in verified()


def test_a_log_that_takes_no_entry_does_not_hide_an_altered_part(incident, exhibit):
    tamper("UPDATE cases_custodylog SET frontier = 'junk'")
    said = verified()
    assert "has no object" in said
    assert "the custody log does not take an entry about it: the frontier 'junk' is damaged" in said
