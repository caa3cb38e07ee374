import json
from io import BytesIO
from pathlib import Path
from urllib.parse import urlparse
from urllib.request import url2pathname
from zipfile import ZipFile

import pyarrow.parquet
import pytest

from cases.models import CustodyEntry, EvidencePart, ExaminedFile, GapRecord, QuarantinedRecord, Run, StagedFile
from cases.stores import events_of, vault_of
from phases.requests import Wish, request_collection
from tests.phases.making import artifact, log_file, record

GOOD = log_file(record(1), record(2))


@pytest.fixture
def examine(collection, walks, work):
    """Collect these artifacts and examine them; gives the run that examined the first part."""

    def done(*artifacts):
        walks.append(artifacts)
        work("collect")
        run = collection.incident.runs.get(tool="examine")
        while Run.objects.get(pk=run.pk).state == "queued":
            work("examine")
        return Run.objects.get(pk=run.pk)

    return done


def tally(run):
    return (run.records, run.rows, run.quarantined)


def test_every_record_is_a_row(examine):
    run = examine(artifact("a.json", GOOD), artifact("b.json", log_file(record(3))))
    assert (run.state, run.error, tally(run)) == ("complete", "", (3, 3, 0))
    assert StagedFile.objects.get().rows == 3


def test_a_record_that_cannot_be_read_has_file_row_and_reason(examine):
    run = examine(artifact("a.json", json.dumps({"Records": [record(1), "junk"]}).encode()))
    assert tally(run) == (2, 1, 1)
    lost = QuarantinedRecord.objects.get()
    assert (lost.file, lost.row, bool(lost.reason)) == ("a.json", 1, True)


def test_a_file_that_nobody_recognises_is_quarantined_whole(examine):
    run = examine(artifact("a.json", GOOD), artifact("noise.bin", bytes(range(256)) * 9))
    assert tally(run) == (3, 2, 1)
    assert QuarantinedRecord.objects.get().reason == "unrecognised: no examiner claims this file"
    assert GapRecord.objects.get().kind == "quarantined"


def test_a_document_nested_too_deep_is_quarantined_as_such(examine):
    examine(artifact("a.json", GOOD), artifact("deep.json", b'{"a":' * 100_000 + b"1" + b"}" * 100_000))
    assert QuarantinedRecord.objects.get().reason == "nested too deep to read"


def test_an_answer_without_a_line_has_no_record_and_loses_none(examine):
    run = examine(artifact("a.json", GOOD), artifact("quiet-hour.jsonl", b""))
    assert tally(run) == (2, 2, 0)
    assert ExaminedFile.objects.get(file="quiet-hour.jsonl").read == 0
    assert not GapRecord.objects.exists()


def test_an_empty_file_of_another_kind_is_quarantined(examine):
    assert tally(examine(artifact("a.json", GOOD), artifact("b.json", b""))) == (3, 2, 1)


def test_the_vault_keeps_the_whole_list_of_what_was_lost(examine):
    run = examine(artifact("noise.bin", bytes(range(256)) * 9))
    entry = CustodyEntry.objects.get(action="examined")
    with vault_of(run.incident).open(json.loads(bytes(entry.data))["object"]["quarantine_sha256"]) as stream:
        (line,) = [json.loads(line) for line in stream]
    assert line["file"] == "noise.bin"


def test_each_file_is_accounted_for(examine):
    examine(artifact("a.json", GOOD), artifact("noise.bin", b"\x00\x01"))
    rows = ExaminedFile.objects.order_by("index").values_list("file", "examiner", "read")
    assert list(rows) == [("a.json", "cloudtrail", 2), ("noise.bin", "", 1)]


def test_the_same_part_examined_again_gives_the_same_rows(examine, work, by_ida):
    first = examine(artifact("a.json", GOOD))
    Run.objects.filter(pk=first.pk).update(state="queued", ended_at=None)
    before = list(StagedFile.objects.values_list("sha256", flat=True))
    work("examine")
    assert list(StagedFile.objects.values_list("sha256", flat=True)) == before


def stored_file(run, sha256, settings):
    root = Path(url2pathname(urlparse(settings.VAULT_URL).path))
    return next(root.rglob(sha256))


def test_a_part_whose_bytes_changed_is_refused_and_flagged_for_ever(collection, walks, work, settings):
    walks.append([artifact("a.json", GOOD)])
    work("collect")
    run = collection.incident.runs.get(tool="examine")
    path = stored_file(run, run.part.sha256, settings)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b"Describe", b"Destroys"))
    while Run.objects.get(pk=run.pk).state == "queued":
        work("examine")
    after = Run.objects.get(pk=run.pk)
    assert after.state == "failed"
    assert "fails its integrity check" in after.error
    assert after.evidence.state == "integrity_failed"
    assert CustodyEntry.objects.filter(action="verification_failed").count() == 1
    assert not StagedFile.objects.exists()


def test_a_part_that_is_gone_is_refused_and_flagged(collection, walks, work, settings):
    walks.append([artifact("a.json", GOOD)])
    work("collect")
    run = collection.incident.runs.get(tool="examine")
    stored_file(run, run.part.sha256, settings).unlink()
    while Run.objects.get(pk=run.pk).state == "queued":
        work("examine")
    assert Run.objects.get(pk=run.pk).evidence.state == "integrity_failed"


def test_a_seal_does_not_mend_a_damaged_exhibit(collection, walks, work):
    crash = artifact("b.zip", RuntimeError("the worker falls over"))
    walks += [[artifact("a.json", GOOD), crash], [artifact("a.json", GOOD), artifact("b.zip", b"")]]
    work("collect")
    type(collection.evidence).objects.update(state="integrity_failed")
    work("collect")
    exhibit = type(collection.evidence).objects.get()
    assert (exhibit.state, len(exhibit.sha256)) == ("integrity_failed", 64)


@pytest.fixture
def examine_state(incident, by_rin, walks, work):
    """Collect these artifacts as evidence of configuration and examine them; gives the run."""

    def done(*artifacts):
        run, _ = request_collection(incident=incident, wish=Wish("scripted", is_trusted=True), by=by_rin)
        type(run.evidence).objects.update(kind="configuration", account="111122223333", region="eu-central-1")
        walks.append(artifacts)
        work("collect")
        while incident.runs.filter(tool="examine", state="queued").exists():
            work("examine")
        return incident.runs.filter(tool="examine").latest("pk")

    return done


INSTANCE = b'{"InstanceId": "i-1", "ImageId": "ami-1", "LaunchTime": "2026-03-01T08:00:00Z"}'
PICTURE = b"\xff\xd8\xff\xe0"


def test_evidence_of_a_kind_that_nothing_reads_is_one_gap_and_stays_packed(examine_state):
    with BytesIO() as code, ZipFile(code, "w") as archive:
        archive.writestr("index.js", "exports.handler = 1")
        archive.close()
        packed = code.getvalue()
    run = examine_state(artifact("disk.img", b"\x00" * 64), artifact("role.json", b"{}"), artifact("c", packed))
    gap = GapRecord.objects.get()
    assert gap.kind == "no_examiner"
    assert gap.detail == "nothing reads 3 of its 3 files of the kind 'configuration' yet; disk.img is the first"
    assert run.quarantined == 0


def test_of_a_mix_what_can_be_read_is_and_the_rest_is_the_gap(examine_state):
    run = examine_state(artifact("i-1/instance.json", INSTANCE), artifact("i-1/console.jpg", PICTURE))
    assert (run.state, tally(run)) == ("complete", (1, 1, 0))
    assert "1 of its 2 files" in GapRecord.objects.get().detail
    assert list(ExaminedFile.objects.order_by("index").values_list("examiner", flat=True)) == ["state_documents", ""]


def test_a_part_whose_every_file_is_read_has_no_gap(examine_state):
    quiet = artifact("i-1/instance-profile.jsonl", b"")
    run = examine_state(artifact("i-1/instance.json", INSTANCE), artifact("acme/versioning.json", b"{}"), quiet)
    assert tally(run) == (2, 2, 0)
    assert not GapRecord.objects.exists()


def test_of_state_a_record_that_cannot_be_read_is_quarantined_as_in_logs(examine_state):
    run = examine_state(artifact("i-1/instances.jsonl", INSTANCE + b"\n{}\n" + INSTANCE + b"\n"))
    assert tally(run) == (3, 2, 1)
    assert GapRecord.objects.get().kind == "quarantined"


def test_what_a_file_does_not_say_itself_comes_from_its_exhibit(examine_state, incident):
    origin = "s3://acme?versioning"
    examine_state(artifact("acme/versioning.json", b"{}", origin=origin))
    name, stored = StagedFile.objects.get().name, EvidencePart.objects.get().stored_at
    path = events_of(incident).staging_path(name, "configuration_items")
    (row,) = pyarrow.parquet.read_table(path).to_pylist()
    assert (row["account_id"], row["region"], row["arn"]) == ("111122223333", "eu-central-1", "arn:aws:s3:::acme")
    assert row["event_time"] == stored.replace(tzinfo=None)


def test_logs_in_an_archive_of_live_response_are_read_and_the_rest_of_it_is_one_gap(incident, by_rin, walks, work):
    run, _ = request_collection(incident=incident, wish=Wish("scripted", is_trusted=True), by=by_rin)
    type(run.evidence).objects.update(kind="live_response")
    line = "2026-03-01T10:00:00+00:00 web-1 sshd[1]: Accepted password for rin from 10.0.0.9 port 5 ssh2\n"
    with BytesIO() as answers, ZipFile(answers, "w") as archive:
        archive.writestr("live-response/10-processes.txt", "  PID USER\n    1 root\n")
        archive.writestr("live-response/secure.txt", line)
        archive.close()
        walks.append([artifact("live-response.zip", answers.getvalue())])
    work("collect")
    while incident.runs.filter(tool="examine", state="queued").exists():
        work("examine")
    assert tally(incident.runs.get(tool="examine")) == (1, 1, 0)
    assert StagedFile.objects.get().family == "host_events"
    gap = GapRecord.objects.get()
    assert gap.kind == "no_examiner"
    assert "live-response.zip!live-response/10-processes.txt is the first" in gap.detail
