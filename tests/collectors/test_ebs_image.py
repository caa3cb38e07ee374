"""Disk images: whole, block by block, each block checked; what was fetched before a crash is not fetched again.

Disks are those of the simulation, whose blocks have 1 KiB and whose pages have 20 blocks. AWS answers bytes from a
stream; here they are changed on their way in through botocore's own hooks.
"""

import hashlib
import io
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from botocore.exceptions import ClientError, IncompleteReadError

from collectors import Scope
from collectors.ebs_image import ATTEMPTS, WINDOW, collect
from plugins import GapKind, NotReady
from tests.simulation.running import session_in

NUMBER, BLOCK, COUNT = "111122223333", 1024, 2048
DAY = datetime(2026, 3, 1, tzinfo=UTC)
USED = [0, 1, 2, 7, *range(100, 130), 2047]


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["services"]["ebs"]["snapshot"]]


@pytest.fixture
def aws(simulated):
    return session_in(NUMBER)


@pytest.fixture
def asked(aws):
    """The index of each block that is asked for."""
    seen = []
    aws.events.register(
        "provide-client-params.ebs.GetSnapshotBlock", lambda params, **_: seen.append(params["BlockIndex"])
    )
    return seen


@pytest.fixture(scope="module")
def snapshot():
    """Makes a snapshot of 2 MiB with the blocks USED, once; returns its name and what the disk holds."""
    made = {}

    def make(session):
        return made.setdefault("disk", disk_with(session, USED))

    return make


def disk_with(session, used):
    ebs, data = session.client("ebs"), bytearray(BLOCK * COUNT)
    name = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    for index in used:
        block = b"%06d" % index * 200
        data[index * BLOCK : (index + 1) * BLOCK] = block[:BLOCK]
        checksum = {"Checksum": "unused", "ChecksumAlgorithm": "SHA256", "DataLength": BLOCK}
        ebs.put_snapshot_block(SnapshotId=name, BlockIndex=index, BlockData=block[:BLOCK], **checksum)
    return name, bytes(data)


def scope(*snapshots, workdir=None):
    return Scope("FP-2026-000001:7", NUMBER, "us-east-1", DAY, DAY, snapshots, workdir=workdir)


def read(artifact):
    with artifact.open() as stream:
        return stream.read()


def image(aws, name, workdir=None):
    [artifact] = collect(scope(name, workdir=workdir), aws)
    return read(artifact)


def after(session, change, operation="GetSnapshotBlock"):
    """Change what comes of an operation before the source sees it."""
    session.events.register(f"after-call.ebs.{operation}", lambda parsed, **_: change(parsed))


def refuse(session, operation, code, when=lambda params: True):
    """AWS answers with an error to the calls that are chosen."""
    answer = SimpleNamespace(status_code=400, headers={}), {"Error": {"Code": code, "Message": "no"}}
    session.events.register(
        f"before-call.ebs.{operation}", lambda params, **_: answer if when(params["url_path"]) else None
    )


def test_the_image_is_the_whole_disk_with_its_holes(aws, snapshot):
    name, data = snapshot(aws)
    [artifact] = collect(scope(name), aws)
    assert artifact.size == len(data) == 2 * 2**20
    assert hashlib.sha256(read(artifact)).digest() == hashlib.sha256(data).digest()


def test_its_notes_say_which_check_was_made(aws, snapshot):
    [artifact] = collect(scope(snapshot(aws)[0]), aws)
    assert artifact.notes["checked"].startswith("SHA-256 of each block compared with the checksum of AWS")
    assert artifact.notes["block_size"] == BLOCK


def test_every_page_is_asked_for(aws, snapshot, asked):
    image(aws, snapshot(aws)[0])
    assert sorted(asked) == USED


def test_no_block_is_fetched_before_the_image_is_read(aws, snapshot, asked):
    list(collect(scope(snapshot(aws)[0]), aws))
    assert asked == []


def test_no_more_than_the_window_is_fetched_ahead(aws, snapshot, asked):
    [artifact] = collect(scope(snapshot(aws)[0]), aws)
    with artifact.open() as stream:
        stream.read(1)
    assert len(asked) <= WINDOW < len(USED)


def test_a_snapshot_of_ec2_has_a_disk_too(aws, simulated):
    data = image(aws, simulated["services"]["ebs"]["snapshot"])
    assert len(data) == 8 * 2**20
    assert data.startswith(simulated["services"]["ebs"]["snapshot"].encode())


def test_a_block_that_came_wrong_once_is_fetched_again(aws, snapshot, asked):
    name, data = snapshot(aws)
    first = iter([True])  # taken by one thread only: several fetch at once

    def spoil(parsed):
        if next(first, False):
            parsed["BlockData"].read()
            parsed["BlockData"] = io.BytesIO(b"x" * BLOCK)

    after(aws, spoil)
    assert image(aws, name) == data
    assert len(asked) == len(USED) + 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"Checksum": "AAAA"}, "AWS announced AAAA"),
        ({"Checksum": None}, "AWS announced None"),
        ({"ChecksumAlgorithm": "CRC32"}, "its SHA-256 is"),
    ],
)
def test_a_block_without_its_checksum_ends_the_reading(aws, snapshot, asked, change, words):
    after(aws, lambda parsed: parsed.update(change))
    with pytest.raises(OSError, match=words):
        image(aws, snapshot(aws)[0])
    assert asked.count(0) == ATTEMPTS


def test_a_block_of_another_length_ends_the_reading(aws):
    ebs = aws.client("ebs")
    short = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    given = {"Checksum": "unused", "ChecksumAlgorithm": "SHA256", "DataLength": 5}
    ebs.put_snapshot_block(SnapshotId=short, BlockIndex=3, BlockData=b"short", **given)
    with pytest.raises(OSError, match="5 bytes instead of 1024; nothing of the image was kept"):
        image(aws, short)


def test_a_block_that_breaks_off_is_fetched_again(aws, snapshot):
    name, data = snapshot(aws)
    broken = []

    class Broken:
        def read(self):
            raise IncompleteReadError(actual_bytes=5, expected_bytes=BLOCK)

    def break_off(parsed):
        if not broken:
            broken.append(parsed["BlockData"].read())
            parsed["BlockData"] = Broken()

    after(aws, break_off)
    assert image(aws, name) == data


def test_blocks_out_of_order_end_the_reading(aws, snapshot):
    after(aws, lambda parsed: parsed["Blocks"].reverse(), "ListSnapshotBlocks")
    with pytest.raises(OSError, match="AWS listed block"):
        image(aws, snapshot(aws)[0])


def test_a_snapshot_that_is_not_there_is_a_gap_and_the_others_go_on(aws, snapshot):
    gap, artifact = collect(scope("snap-0123", snapshot(aws)[0]), aws)
    assert (gap.kind, gap.subject) == (GapKind.NOT_FOUND, "snap-0123")
    assert artifact.size == 2 * 2**20


def test_a_refusal_is_a_gap(aws, snapshot):
    refuse(aws, "ListSnapshotBlocks", "AccessDeniedException")
    [gap] = collect(scope(snapshot(aws)[0]), aws)
    assert gap.kind is GapKind.DENIED


def test_a_refused_block_rises_in_the_words_of_aws(aws, snapshot):
    refuse(aws, "GetSnapshotBlock", "AccessDeniedException", lambda path: path.endswith("/105"))
    with pytest.raises(ClientError, match="AccessDeniedException"):
        image(aws, snapshot(aws)[0])


PASSING = pytest.mark.parametrize("code", ["RequestThrottledException", "ExpiredTokenException"])


@PASSING
def test_too_many_calls_and_old_credentials_are_waited_for(aws, snapshot, code):
    refuse(aws, "ListSnapshotBlocks", code)
    with pytest.raises(NotReady, match=code):
        list(collect(scope(snapshot(aws)[0]), aws))


@PASSING
def test_they_are_waited_for_in_the_middle_of_an_image_too(aws, snapshot, code):
    refuse(aws, "GetSnapshotBlock", code, lambda path: path.endswith("/105"))
    with pytest.raises(NotReady, match=code):
        image(aws, snapshot(aws)[0])


class TestAfterACrash:
    """The generator is started again, in a new process as far as it knows: only the folder is the same."""

    def stopped(self, aws, name, folder):
        """Read half an image, then let go of it as a killed worker would."""
        [artifact] = collect(scope(name, workdir=folder), aws)
        with artifact.open() as stream:
            stream.read(110 * BLOCK)

    def test_what_was_fetched_before_is_not_fetched_again(self, aws, snapshot, asked, tmp_path):
        name, data = snapshot(aws)
        self.stopped(aws, name, tmp_path)
        before = set(asked)
        assert len(before) >= 10
        asked.clear()
        assert image(aws, name, tmp_path) == data
        assert set(asked) | before == set(USED)
        assert not set(asked) & before

    def test_a_block_that_the_disk_has_lost_is_fetched_again(self, aws, snapshot, asked, tmp_path):
        name, data = snapshot(aws)
        image(aws, name, tmp_path)
        with (tmp_path / f"{name}.blocks").open("r+b") as file:
            file.seek(7 * BLOCK)
            file.write(b"rotten")
        asked.clear()
        assert image(aws, name, tmp_path) == data
        assert asked == [7]

    def test_holes_take_no_room_on_disk(self, aws, snapshot, tmp_path):
        name, data = snapshot(aws)
        image(aws, name, tmp_path)
        assert (tmp_path / f"{name}.blocks").stat().st_blocks * 512 < len(data) / 2

    def test_its_files_are_for_their_owner_alone(self, aws, snapshot, tmp_path):
        image(aws, snapshot(aws)[0], tmp_path / "new" / "folder")
        files = [*(tmp_path / "new" / "folder").iterdir()]
        assert {path.stat().st_mode & 0o077 for path in files} == {0}
