import bz2
import gzip
import io
import lzma
import tarfile
import tracemalloc
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examiners import Member
from examiners.archives import LARGEST_HEADER, LONGEST_NAME, SPAN, inner_member, members_of, outer_index
from plugins import Quarantined
from tests.examiners.making import event, member, trail

FILES = {"a/one.json": trail(event("A")), "../../etc/two.json.gz": trail(event("B"), packed=True)}


def zipped(files, method=zipfile.ZIP_DEFLATED):
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w", method) as archive:
        archive.mkdir("a")
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name), data, method)
    return stored.getvalue()


def tarred(files, *specials):
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w") as archive:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        for name, kind in specials:
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
    return stored.getvalue()


def walk(data, file="logs.zip"):
    found = list(members_of(member(data, file)))
    files = [(one.file, one.open().read()) for one in found if isinstance(one, Member)]
    return files, [one for one in found if isinstance(one, Quarantined)]


PACKED = {
    "zip": zipped(FILES),
    "zip stored": zipped(FILES, zipfile.ZIP_STORED),
    "tar": tarred(FILES),
    "tar.gz": gzip.compress(tarred(FILES)),
    "tar.bz2": bz2.compress(tarred(FILES)),
    "tar.xz": lzma.compress(tarred(FILES)),
}


@pytest.mark.parametrize("data", PACKED.values(), ids=PACKED)
def test_it_gives_the_files_in_order_and_their_names_are_only_data(data):
    files, refused = walk(data)
    assert files == [(f"logs.zip!{name}", content) for name, content in FILES.items()]
    assert not refused


@pytest.mark.parametrize("data", PACKED.values(), ids=PACKED)
def test_a_file_can_be_opened_again_by_its_index(data):
    outer = replace(member(data), index=4)
    indices = [one.index for one in members_of(outer)]
    assert indices == [5 * SPAN, 5 * SPAN + 1]
    assert inner_member(outer, indices[1]).open().read() == FILES["../../etc/two.json.gz"]
    assert [outer_index(index) for index in (4, *indices)] == [None, 4, 4]


def test_an_index_that_is_not_there_is_named():
    with pytest.raises(LookupError, match="no member 7"):
        inner_member(member(PACKED["zip"]), 7)


@pytest.mark.parametrize("data", [b"", trail(event()), trail(event(), packed=True), b"BZh9junk", b"\x1f\x8b\x08"])
def test_what_is_no_archive_gives_itself(data):
    one = member(data)
    assert list(members_of(one)) == [one]


def test_an_archive_in_an_archive_is_opened_once_and_not_twice():
    inner = tarred(FILES)
    assert [file for file, _ in walk(zipped({"in.tar": inner}))[0]] == [f"logs.zip!in.tar!{name}" for name in FILES]
    files, refused = walk(zipped({"in.tar": tarred({"deep.zip": zipped(FILES)})}))
    assert (files, [one.file for one in refused]) == ([], ["logs.zip!in.tar!deep.zip"])
    assert "nested too deep" in refused[0].reason


def test_links_and_devices_are_quarantined():
    specials = [("l", tarfile.SYMTYPE), ("h", tarfile.LNKTYPE), ("d", tarfile.CHRTYPE), ("f", tarfile.FIFOTYPE)]
    files, refused = walk(tarred(FILES, *specials))
    assert len(files) == 2
    assert [one.file[-1] for one in refused] == ["l", "h", "d", "f"]
    assert {one.member for one in refused} == set(range(SPAN + 2, SPAN + 6))


def test_a_link_in_a_zip_is_quarantined():
    info = zipfile.ZipInfo("link")
    info.external_attr = 0o120777 << 16
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    assert "link" in walk(stored.getvalue())[1][0].reason


def patched(data, before, after):
    """The zip with a field of its directory entry changed (offsets as in APPNOTE 4.3.12)."""
    entry = data.rindex(b"PK\x01\x02")
    return data[: entry + before] + after + data[entry + before + len(after) :]


@pytest.mark.parametrize(
    ("offset", "value", "words"),
    [
        (8, b"\x01\x00", "encrypted"),
        (10, b"\x63\x00", "method 99"),
        (24, b"\xff\xff\xff\xfe", "larger than"),
        (24, b"\x00\x00\x00\x10", "bomb"),
    ],
)
def test_files_of_a_zip_that_cannot_be_trusted_are_quarantined(offset, value, words):
    files, refused = walk(patched(zipped({"x.json": trail(event())}), offset, value))
    assert (files, len(refused)) == ([], 1)
    assert words in refused[0].reason


def test_a_zip_with_a_huge_directory_is_not_read():
    data = zipped(FILES)
    end = data.rindex(b"PK\x05\x06")
    huge = data[: end + 12] + (100 << 20).to_bytes(4, "little") + data[end + 16 :]
    assert "directory is larger" in walk(huge)[1][0].reason


def test_a_truncated_tar_gives_its_whole_files_and_says_that_it_ends_early():
    files = {f"{number}.json": trail(event()) * 5 for number in range(20)}
    data = tarred(files)
    found, refused = walk(data[: len(data) // 2])
    assert 5 < len(found) < 15
    assert [one.file for one in refused] == [f"logs.zip!{len(found)}.json", "logs.zip"]


def test_a_truncated_tar_gz_gives_what_can_be_unpacked():
    files = {f"{number}.json": bytes((number * 7 + at * at) % 251 for at in range(9_000)) for number in range(40)}
    data = gzip.compress(tarred(files))
    found, refused = walk(data[: len(data) // 2])
    assert found
    assert refused


def test_a_truncated_zip_is_quarantined_as_a_whole():
    files, refused = walk(PACKED["zip"][:-40])
    assert (files, [one.file for one in refused]) == ([], ["logs.zip"])


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_packed_bomb_stops_early(pack):
    data = pack(tarred({"zeros": b"\0" * (80 << 20)}))
    assert walk(data)[1]


def test_damage_inside_a_zip_is_named_as_what_it_is():
    data = bytearray(zipped({"x.json": trail(event())}, zipfile.ZIP_STORED))
    data[data.index(b"ListBuckets")] = 0
    files, refused = walk(bytes(data))
    assert (files, [one.file for one in refused]) == ([], ["logs.zip!x.json"])
    assert "member is damaged" in refused[0].reason


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(PACKED.values())), st.integers(0, 3_000), st.binary(max_size=8))
def test_no_damage_to_an_archive_crashes_the_walk(data, position, damage):
    assert all(one.file for one in members_of(member(data[:position] + damage + data[position + len(damage) :])))


@pytest.mark.parametrize(
    ("seconds", "year"), [(1772359200, 2026), (0, None), (-1, 1969), (10**15, None), (float("nan"), None)]
)
def test_a_file_of_a_tar_keeps_the_time_of_its_last_change(seconds, year):
    stored = io.BytesIO()
    with tarfile.open(fileobj=stored, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("secure")
        info.pax_headers = {"mtime": str(seconds)}
        archive.addfile(info, io.BytesIO())
    [inner] = members_of(member(stored.getvalue(), "logs.tar"))
    assert (inner.modified and inner.modified.year) == year


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_a_file_with_a_name_too_long_is_quarantined_under_its_beginning(pack):
    files, refused = walk(pack({"a" * LONGEST_NAME: b"1", "b" * 60_000: b"2", "c": b"3"}))
    assert [content for _, content in files] == [b"1", b"3"]
    assert [(one.file, one.member) for one in refused] == [("logs.zip!" + "b" * LONGEST_NAME, SPAN + 1)]
    assert "name is longer than 4,096" in refused[0].reason


def header(kind, size, name="x"):
    info = tarfile.TarInfo(name)
    info.type, info.size = kind, size
    return info.tobuf(tarfile.GNU_FORMAT)


def told_of(kind, size, body):
    """What is said of a tar that has one good file and then this header."""
    good = tarred({"good.json": b"{}"})[: 2 * tarfile.BLOCKSIZE]
    tracemalloc.start()
    files, refused = walk(good + header(kind, size) + body + tarred({"after.json": b"{}"}), "logs.tar")
    assert tracemalloc.get_traced_memory()[1] < 8 * LARGEST_HEADER
    tracemalloc.stop()
    assert files == [("logs.tar!good.json", b"{}")]
    return [(one.file, one.reason) for one in refused]


HEADERS = (
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
)


@pytest.mark.parametrize("kind", HEADERS)
@pytest.mark.parametrize("size", [LARGEST_HEADER + 1, 7 << 30, -513])
def test_a_tar_header_that_says_it_is_huge_is_not_read_and_what_came_before_stays(kind, size):
    [(file, reason)] = told_of(kind, size, b"n" * 1_024)
    assert (file, "header larger than 1 MiB" in reason) == ("logs.tar", True)


@pytest.mark.parametrize("kind", HEADERS[:2])
def test_headers_without_end_before_one_file_are_named(kind):
    [(_, reason)] = told_of(kind, 2, (b"n\0".ljust(512, b"\0") + header(kind, 2)) * 1_500 + b"n\0".ljust(512, b"\0"))
    assert "header" in reason


def test_extensions_of_a_sparse_file_without_end_are_named():
    sparse = bytearray(header(tarfile.GNUTYPE_SPARSE, 0))
    sparse[482] = 1  # more blocks of extents follow, and so says each of them
    sparse[148:156] = b"%06o\0 " % (sum(sparse[:148]) + 256 + sum(sparse[156:]))
    good = tarred({"good.json": b"{}"})[: 2 * tarfile.BLOCKSIZE]
    files, refused = walk(good + sparse + (b"\0" * 504 + b"\1" + b"\0" * 7) * 4_096)
    assert (len(files), "header larger" in refused[0].reason) == (1, True)


@pytest.mark.parametrize("kind", [tarfile.REGTYPE, tarfile.SYMTYPE, b"?"])
@pytest.mark.parametrize("size", [-1, -512])
def test_a_tar_file_with_a_size_below_zero_is_refused_and_does_not_lead_back(kind, size):
    files, refused = walk(tarred({"good.json": b"{}"})[:1_024] + header(kind, size) + b"\0" * 1_024)
    assert (len(files), len(refused)) == (1, 1)


def test_global_headers_do_not_pile_up():
    pieces = []
    for number in range(30):
        words = f"{number:02}={'v' * 99_000}\n"
        body = f"{len(words) + 6} {words}".encode()
        pieces.append(header(tarfile.XGLTYPE, len(body)) + body.ljust(-(-len(body) // 512) * 512, b"\0"))
        pieces.append(tarred({f"{number}.json": b"{}"})[:1_024])
    files, refused = walk(b"".join(pieces))
    assert (9 <= len(files) <= 11, "global headers" in refused[0].reason) == (True, True)


def test_a_long_name_in_a_tar_is_read_as_it_is():
    for form in (tarfile.GNU_FORMAT, tarfile.PAX_FORMAT):
        stored = io.BytesIO()
        with tarfile.open(fileobj=stored, mode="w", format=form) as archive:
            archive.addfile(tarfile.TarInfo("deep/" * 700 + "x.json"))
        assert [file for file, _ in walk(stored.getvalue())[0]] == ["logs.zip!" + "deep/" * 700 + "x.json"]


def test_damage_between_the_files_of_a_tar_is_named():
    data = bytearray(tarred({"a.json": b"{}", "b.json": b"{}"}))
    data[1_024:1_030] = b"broken"
    files, refused = walk(bytes(data))
    assert ([file for file, _ in files], "not the header" in refused[0].reason) == (["logs.zip!a.json"], True)
