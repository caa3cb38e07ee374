import os
from hashlib import sha256

import pytest
from botocore.exceptions import ClientError

from cases.models import EvidencePart, GapRecord, Member, Run, Unit
from cases.stores import vault_of
from phases import collection as phase
from phases.requests import Wish, request_collection
from plugins import Gap, GapKind, NotReady
from tests.phases.making import artifact

REFUSAL = ClientError({"Error": {"Code": "AccessDenied", "Message": "not you"}}, "GetObject")


def sizes(artifacts):
    return [len(chunk) for chunk in phase.chunks(artifacts)]


def test_a_unit_holds_at_most_500_files():
    assert sizes([artifact(str(at)) for at in range(1001)]) == [500, 500, 1]


def test_a_unit_holds_at_most_64_mib():
    assert sizes([artifact(str(at), size=30 * 2**20) for at in range(5)]) == [2, 2, 1]


def test_a_file_of_unknown_size_counts_nothing():
    assert sizes([artifact(str(at), size=None) for at in range(3)]) == [3]


def test_nothing_makes_no_unit():
    assert sizes([]) == []


@pytest.mark.parametrize("name", ["logs.zip", "LOGS.TAR.GZ", "a.tgz", "b.tar.xz"])
def test_an_archive_is_alone(name):
    chunks = list(phase.chunks([artifact("a"), artifact(name), artifact("b"), artifact("c")]))
    assert [[one.name for one in chunk] for chunk in chunks] == [["a"], [name], ["b", "c"]]


def test_a_file_over_64_mib_is_alone():
    assert sizes([artifact("a"), artifact("big", size=64 * 2**20 + 1), artifact("b")]) == [1, 1, 1]


def ended(run):
    return Run.objects.get(pk=run.pk)


def units_of(run):
    return list(Unit.objects.filter(run=run).values_list("number", "state"))


def gaps_of(run):
    return sorted(GapRecord.objects.filter(run=run).values_list("kind", "subject"))


def test_it_stores_and_seals_what_the_source_yields(collection, walks, work):
    walks.append([artifact("a.json"), artifact("b.json")])
    assert work("collect")
    run = ended(collection)
    assert (run.state, run.members, run.error) == ("complete", 2, "")
    assert run.evidence.state == "sealed"
    assert run.result_hash == run.evidence.sha256


def test_an_archive_is_stored_as_it_came(collection, walks, work):
    walks.append([artifact("logs.zip", b"PK not really"), artifact("a.json")])
    work("collect")
    assert list(EvidencePart.objects.values_list("kind", "members")) == [("raw", 1), ("zip", 1)]


def test_the_same_evidence_has_the_same_hash_whoever_collects_it(incident, by_rin, by_ida, walks, work):
    walks += [[artifact("a.json"), artifact("b.json")]] * 2
    for by, region in ((by_rin, "eu-west-1"), (by_ida, "")):
        request_collection(incident=incident, wish=Wish("scripted", resources=(region,), is_trusted=True), by=by)
        work("collect")
    first, second = incident.evidence.order_by("number")
    assert first.sha256 == second.sha256


def test_nothing_there_is_an_empty_unit_and_a_sealed_exhibit(collection, walks, work):
    walks.append([])
    work("collect")
    assert units_of(collection) == [(1, "empty")]
    assert ended(collection).evidence.state == "sealed"


@pytest.mark.parametrize("name", ["a\x00b", "a\ud800b", "x" * 5000])
def test_an_object_of_any_name_is_stored_whole_on_every_database(collection, walks, work, name):
    walks.append([artifact(name)])
    work("collect")
    assert (ended(collection).state, ended(collection).error) == ("complete", "")
    assert units_of(collection) == [(1, "done")]


def test_denied_from_the_start_is_a_denied_unit(collection, walks, work):
    walks.append([Gap(GapKind.DENIED, "s3://logs", "ListBucket: AccessDenied")])
    work("collect")
    assert units_of(collection) == [(1, "denied")]
    assert gaps_of(collection) == [("denied", "s3://logs")]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [(REFUSAL, "denied"), (OSError(5, "Input/output error"), "unreadable")],
)
def test_a_file_that_cannot_be_read_is_a_gap_and_the_rest_is_stored(collection, walks, work, problem, kind):
    walks.append([artifact("a.json", problem), artifact("b.json")])
    work("collect")
    assert gaps_of(collection) == [(kind, "s3://logs/a.json")]
    assert list(Member.objects.values_list("file", flat=True)) == ["b.json"]
    assert units_of(collection) == [(1, "partial")]


def test_a_read_that_was_cut_off_is_a_gap_and_no_evidence(collection, walks, work):
    walks.append([artifact("a.json", b"half of i", size=100)])
    work("collect")
    assert gaps_of(collection) == [("changed", "s3://logs/a.json")]
    assert not Member.objects.exists()
    assert "9 bytes came, 100 were announced" in GapRecord.objects.get().detail


def test_the_same_gap_is_kept_once(collection, walks, work):
    walks.append([Gap(GapKind.DENIED, "a", "no")] * 2 + [artifact("b")])
    work("collect")
    assert gaps_of(collection) == [("denied", "a")]


def test_a_repeat_after_a_crash_fetches_only_what_is_not_stored(collection, walks, work):
    opens = []
    first, archive = artifact("a.json", opens=opens), artifact("b.zip", opens=opens)
    walks += [[first, artifact("b.zip", RuntimeError("the worker falls over"))], [first, archive]]
    work("collect")
    assert ended(collection).state == "queued"
    work("collect")
    assert opens == ["a.json", "b.zip"]
    assert units_of(collection) == [(1, "done"), (2, "done")]
    assert EvidencePart.objects.count() == 2


def test_what_vanished_after_a_crash_is_a_gap_of_its_unit(collection, walks, work):
    crash = artifact("b.json", RuntimeError("the worker falls over"))
    walks += [[artifact("a.json"), crash], [artifact("a.json")]]
    work("collect")
    work("collect")
    assert gaps_of(collection) == [("missing", "s3://logs/b.json")]
    assert units_of(collection) == [(1, "partial")]
    assert list(Member.objects.values_list("file", flat=True)) == ["a.json"]


def test_what_appeared_after_a_crash_is_planned_too(collection, walks, work):
    crash = artifact("a.json", RuntimeError("the worker falls over"))
    walks += [[crash], [artifact("a.json"), artifact("new.json")]]
    work("collect")
    work("collect")
    assert units_of(collection) == [(1, "done"), (2, "done")]


def test_what_aws_has_ready_is_stored_before_the_wait(collection, walks, work):
    walks.append([artifact("a.json"), NotReady(60, "the export is running")])
    work("collect")
    run = ended(collection)
    assert (run.state, run.waiting_for, run.attempts) == ("queued", "the export is running", 0)
    assert units_of(collection) == [(1, "done")]
    assert run.evidence.state == "acquiring"


def test_the_run_goes_on_after_the_wait(collection, walks, work):
    walks += [[artifact("a.json"), NotReady(60)], [artifact("a.json"), artifact("b.json")]]
    work("collect")
    work("collect")
    assert units_of(collection) == [(1, "done"), (2, "done")]
    assert ended(collection).evidence.state == "sealed"


def test_a_planned_file_that_aws_has_not_ready_yet_is_waited_for(collection, walks, work):
    crash = artifact("a.json", RuntimeError("the worker falls over"))
    walks += [[crash], [NotReady(60)], [artifact("a.json")]]
    work("collect")
    work("collect")
    assert units_of(collection) == [(1, "planned")]
    work("collect")
    assert units_of(collection) == [(1, "done")]
    assert gaps_of(collection) == []


def test_a_path_is_checked_again_when_the_run_starts(incident, by_rin, settings, tmp_path, work):
    intake, secret = tmp_path / "intake", tmp_path / "secret"
    for folder in (intake, secret):
        folder.mkdir()
    settings.INTAKE_DIRS = [str(intake)]
    (intake / "logs").mkdir()
    wish = Wish("folder", resources=(str(intake / "logs"),))
    run, _ = request_collection(incident=incident, wish=wish, by=by_rin)
    (intake / "logs").rmdir()
    (intake / "logs").symlink_to(secret)
    work("collect")
    assert ended(run).state == "failed"
    assert "not under INTAKE_DIRS" in ended(run).error


@pytest.mark.parametrize("name", [b"caf\xe9.json", "nul\u2028line.json".encode(), "\U0001f980.json".encode()])
def test_a_hostile_file_name_is_collected(incident, by_rin, tmp_path, work, name):
    folder = tmp_path / "logs"
    folder.mkdir()
    (folder / os.fsdecode(name)).write_bytes(b"{}")
    wish = Wish("folder", resources=(str(folder),), is_trusted=True)
    run, _ = request_collection(incident=incident, wish=wish, by=by_rin)
    work("collect")
    assert (ended(run).state, ended(run).members, ended(run).error) == ("complete", 1, "")


def test_what_hashes_to_something_else_than_was_announced_is_a_gap_and_no_evidence(collection, walks, work):
    walks.append([artifact("image", b"lies", sha256="0" * 64), artifact("b.json")])
    work("collect")
    assert gaps_of(collection) == [("changed", "s3://logs/image")]
    assert f"{'0' * 64} was announced" in GapRecord.objects.get().detail
    assert list(Member.objects.values_list("file", flat=True)) == ["b.json"]


def test_what_hashes_to_what_was_announced_is_stored(collection, walks, work):
    walks.append([artifact("image", b"true", sha256=sha256(b"true").hexdigest())])
    work("collect")
    assert (ended(collection).state, gaps_of(collection)) == ("complete", [])


def test_a_wait_in_the_middle_of_a_file_puts_the_run_back(collection, walks, work):
    walks += [[artifact("image", NotReady(60, "too many calls"))], [artifact("image", b"whole")]]
    work("collect")
    assert (ended(collection).state, ended(collection).waiting_for) == ("queued", "too many calls")
    work("collect")
    assert (ended(collection).state, gaps_of(collection)) == ("complete", [])


class TestTheFolderForWhatIsFetchedInPieces:
    @pytest.fixture
    def folder(self, collection, walks, work):
        """Where the source kept something before the worker fell over, for a run that another worker goes on with."""
        folder = phase.scope_of(collection).workdir

        def fall_over():
            folder.mkdir()
            (folder / "pieces").touch()
            raise RuntimeError("the worker falls over")

        walks += [[artifact("image", open=fall_over)], [artifact("image")]]
        work("collect")
        return folder

    def test_a_repeat_finds_it_as_it_was_left(self, folder, collection):
        assert phase.scope_of(ended(collection)).workdir == folder
        assert (folder / "pieces").exists()

    def test_it_is_gone_once_the_exhibit_is_sealed(self, folder, collection, work):
        work("collect")
        assert ended(collection).evidence.state == "sealed"
        assert not folder.exists()

    def test_it_lies_beside_the_vault(self, folder, incident):
        assert folder.parent == vault_of(incident).stage()


def test_the_staging_bucket_is_named_after_account_and_region(collection, settings):
    settings.STAGING_BUCKET = "acme-{account}-{region}"
    collection.scope |= {"account": "111122223333", "region": "eu-central-1"}
    assert phase.scope_of(collection).staging == "acme-111122223333-eu-central-1"
