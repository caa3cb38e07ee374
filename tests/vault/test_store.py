import errno
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from vault import Corrupt, Mismatch, MissingObject, VaultFull, open_vault

HELLO = hashlib.sha256(b"hello").hexdigest()


@pytest.fixture
def vault(tmp_path):
    return open_vault((tmp_path / "a vault").as_uri())


def files_of(vault):
    return sorted(path for path in vault.root.rglob("*") if path.is_file())


def test_it_keeps_bytes_under_their_hash(vault):
    receipt = vault.put([b"hel", b"lo"])
    assert (receipt.sha256, receipt.size) == (HELLO, 5)
    assert receipt.key == f"sha256/{HELLO[:2]}/{HELLO[2:4]}/{HELLO}"
    with vault.open(HELLO) as stream:
        assert stream.read() == b"hello"


def test_storing_the_same_bytes_again_changes_nothing(vault):
    vault.put([b"hello"])
    before = files_of(vault)[0].stat()
    assert vault.put([b"hello"]).sha256 == HELLO
    assert files_of(vault)[0].stat().st_mtime_ns == before.st_mtime_ns
    assert len(files_of(vault)) == 1


def test_objects_are_read_only(vault):
    vault.put([b"hello"])
    assert files_of(vault)[0].stat().st_mode & 0o777 == 0o440


def test_objects_can_be_read_by_range(vault):
    vault.put([b"hello"])
    with vault.open(HELLO) as stream:
        stream.seek(3)
        assert stream.read(1) == b"l"


@pytest.mark.parametrize(
    ("announced", "words"),
    [
        ({"size": 4}, "expected 4 bytes, received 5; nothing was stored"),
        (
            {"size": 4, "sha256": "0" * 64},
            rf"expected SHA-256 {'0' * 64}, received SHA-256 {HELLO} \(5 bytes\); nothing was stored",
        ),
    ],
)
def test_bytes_that_are_not_what_was_announced_are_refused_in_words(vault, announced, words):
    with pytest.raises(Mismatch, match=words):
        vault.put([b"hello"], **announced)
    assert files_of(vault) == []


def test_a_source_that_breaks_off_leaves_nothing(vault):
    def chunks():
        yield b"hel"
        raise ConnectionError("the line went dead")

    with pytest.raises(ConnectionError):
        vault.put(chunks())
    assert files_of(vault) == []


def test_a_full_disk_is_said_in_words_and_leaves_nothing(vault):
    def chunks():
        yield b"hel"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(VaultFull, match="free space"):
        vault.put(chunks())
    assert files_of(vault) == []


def test_it_never_overwrites(vault):
    vault.put([b"hello"])
    path = files_of(vault)[0]
    path.chmod(0o640)
    path.write_bytes(b"hell")
    with pytest.raises(Corrupt, match="4 bytes instead of 5"):
        vault.put([b"hello"])
    assert path.read_bytes() == b"hell"


def test_verifying_sees_a_changed_byte(vault):
    vault.put([b"hello"])
    path = files_of(vault)[0]
    path.chmod(0o640)
    path.write_bytes(b"hellO")
    with pytest.raises(Corrupt):
        vault.verify(HELLO, 5)


def test_verifying_sees_that_an_object_is_gone(vault):
    with pytest.raises(MissingObject):
        vault.verify(HELLO, 5)


@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_what_is_no_file_is_no_object(vault, make):
    vault.put([b"hello"])
    (path,) = files_of(vault)
    path.unlink()
    make(path)
    with pytest.raises(Corrupt, match=f"{HELLO} is no file any more; restore it from a copy"):
        vault.verify(HELLO, 5)


def test_a_file_in_the_place_of_a_folder_hides_an_object(vault):
    vault.stage()
    (vault.root / "sha256").write_bytes(b"")
    with pytest.raises(MissingObject):
        vault.verify(HELLO, 5)


def test_a_name_that_is_no_hash_is_refused(vault):
    with pytest.raises(ValueError, match="no SHA-256"):
        vault.open("../../etc/passwd")


def test_what_a_crash_left_is_swept(vault):
    leftover = vault.stage() / "deadbeef.part"
    leftover.write_bytes(b"half")
    os.utime(leftover, (0, 0))
    assert vault.sweep(timedelta(hours=1)) == 1
    assert not leftover.exists()


@pytest.mark.parametrize("url", ["s3://bucket", "file://host/x", "file:relative", "/plain"])
def test_other_places_are_refused_in_words(url):
    with pytest.raises(ValueError, match="file:///ABSOLUTE"):
        open_vault(url)


@pytest.fixture
def strict_umask():
    before = os.umask(0o077)
    yield
    os.umask(before)


@pytest.mark.usefixtures("strict_umask")
def test_the_mode_of_an_object_is_the_same_under_any_umask(vault):
    vault.put([b"hello"])
    assert files_of(vault)[0].stat().st_mode & 0o777 == 0o440


def test_every_folder_of_the_vault_is_private(vault):
    vault.put([b"hello"])
    folders = [vault.root, *(path for path in vault.root.rglob("*") if path.is_dir())]
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


def test_eight_at_once_store_the_same_bytes_once(vault):
    with ThreadPoolExecutor(8) as pool:
        receipts = set(pool.map(lambda _: vault.put([b"hello"]), range(32)))
    assert len(receipts) == len(files_of(vault)) == 1


def test_a_disk_that_is_full_when_flushed_leaves_nothing(vault, monkeypatch):
    vault.stage()

    def full(_):
        raise OSError(errno.EDQUOT, "Disk quota exceeded")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(VaultFull):
        vault.put([b"hello"])
    assert files_of(vault) == []


def test_other_troubles_of_a_source_keep_their_name(vault):
    def chunks():
        raise OSError(errno.EIO, "Input/output error")
        yield b""

    with pytest.raises(OSError, match="Input/output"):
        vault.put(chunks())


def test_it_knows_how_much_room_is_left(vault):
    assert vault.free_bytes() > 0


def test_what_is_being_written_now_is_not_swept(vault):
    fresh = vault.stage() / "fresh.part"
    fresh.write_bytes(b"half")
    assert vault.sweep(timedelta(hours=1)) == 0
    assert fresh.exists()
