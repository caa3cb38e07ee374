import errno
import hashlib
import io
import shutil
import subprocess
import zipfile
from functools import partial

import pytest

from vault import Corrupt, Mismatch, MissingObject, PackMember, VaultFull, open_pack, open_vault, write_pack

FILES = {"a/../../evil.json.gz": b"one", "same.log": b"", "SAME.LOG": b"three\n" * 1000, "naïve ☃": b"\x00\xff"}


@pytest.fixture
def vault(tmp_path):
    return open_vault((tmp_path / "vault").as_uri())


def members():
    return [
        PackMember(file=name, origin=f"s3://b/{name}", open=partial(io.BytesIO, data)) for name, data in FILES.items()
    ]


def test_two_packs_of_the_same_members_are_equal_bytes(vault):
    assert write_pack(vault, members()).receipt == write_pack(vault, members()).receipt


def test_every_member_reads_back_byte_for_byte(vault):
    packed = write_pack(vault, members())
    with open_pack(vault, packed.receipt.sha256) as pack:
        found = [pack.open(index).read() for index in range(len(FILES))]
    assert found == list(FILES.values())


def test_names_are_data_and_files_are_numbered(vault):
    packed = write_pack(vault, members())
    assert [m.name_in_zip for m in packed.members] == ["000001.json.gz", "000002.log", "000003.log", "000004"]
    assert [m.file for m in packed.members] == list(FILES)


def test_the_manifest_says_what_was_packed(vault):
    packed = write_pack(vault, members())
    with open_pack(vault, packed.receipt.sha256) as pack:
        assert pack.manifest() == packed.members
    assert packed.members[2].sha256 == hashlib.sha256(b"three\n" * 1000).hexdigest()


def test_any_zip_tool_reads_it(vault, tmp_path):
    packed = write_pack(vault, members())
    with zipfile.ZipFile(vault.root / packed.receipt.key) as archive:
        assert archive.testzip() is None
        assert archive.namelist()[-1] == "manifest.jsonl"
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_there_is_no_member_behind_the_last(vault):
    packed = write_pack(vault, members())
    with open_pack(vault, packed.receipt.sha256) as pack, pytest.raises(IndexError):
        pack.open(len(FILES))


def test_info_zip_reads_it(vault):
    packed = write_pack(vault, members())
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("no unzip (Info-ZIP) on this machine")
    done = subprocess.run([unzip, "-p", vault.root / packed.receipt.key, "000003.log"], capture_output=True, check=True)
    assert done.stdout == b"three\n" * 1000


def test_a_member_that_was_cut_off_stops_the_pack(vault):
    cut = PackMember(file="a.json", origin="s3://b/a.json", open=partial(io.BytesIO, b"hel"), size=5)
    with pytest.raises(Mismatch, match="announced 5 bytes, got 3"):
        write_pack(vault, [cut])
    assert not (vault.root / "sha256").exists()


def test_a_full_disk_is_said_in_words(vault):
    class Full(io.RawIOBase):
        def read(self, _=-1):
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(VaultFull, match="free space"):
        write_pack(vault, [PackMember(file="a", origin="a", open=Full)])
    assert list(vault.stage().iterdir()) == []


def test_an_object_that_is_no_pack_is_refused(vault):
    receipt = vault.put([b"hello"])
    with pytest.raises(Corrupt, match="no pack"), open_pack(vault, receipt.sha256):
        pass


def test_a_pack_that_is_gone_is_named(vault):
    with pytest.raises(MissingObject, match="0000"), open_pack(vault, "0" * 64):
        pass


def test_members_may_be_read_in_any_order_and_at_once(vault):
    packed = write_pack(vault, members())
    with open_pack(vault, packed.receipt.sha256) as pack, pack.open(2) as third, pack.open(0) as first:
        assert (third.read(5), first.read(), third.read(1)) == (b"three", b"one", b"\n")
