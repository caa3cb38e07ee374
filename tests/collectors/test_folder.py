"""A folder on this machine: what is taken, what is not and why, and the list of sums."""

import hashlib
import os
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from collectors import Artifact, Scope
from collectors.folder import collect
from plugins import Gap, GapKind

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def resources(facts, folder):
    """What the conformance tests ask for: a folder with one file."""
    (folder / "log.json").write_text("{}")
    return [str(folder)]


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "logs"
    (root / "b").mkdir(parents=True)
    (root / "b" / "two.json").write_bytes(b"22")
    (root / "a.json").write_bytes(b"1")
    return root


def found_in(*paths):
    return list(collect(Scope("test", "", "", NOW, NOW, tuple(str(path) for path in paths)), None))


def names(found):
    return [one.name for one in found if isinstance(one, Artifact)]


def gaps(found):
    return [(one.kind, one.subject) for one in found if isinstance(one, Gap)]


def sum_line(content, name):
    return f"{hashlib.sha256(content).hexdigest()}  {name}\n"


def test_it_walks_in_name_order(folder):
    assert names(found_in(folder)) == ["a.json", "b/two.json"]


def test_an_origin_does_not_tell_where_on_the_machine_it_lay(folder):
    assert [one.origin for one in found_in(folder)] == ["file:a.json", "file:b/two.json"]


def test_a_file_that_changes_has_another_version(folder):
    before = found_in(folder)[0]
    (folder / "a.json").write_bytes(b"111")
    after = found_in(folder)[0]
    assert after.origin == before.origin
    assert after.version != before.version


def test_one_file_is_collected_alone(folder):
    assert names(found_in(folder / "b" / "two.json")) == ["two.json"]


def test_an_archive_is_one_artifact(folder, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "handed-over"), "zip", folder)
    assert names(found_in(archive)) == ["handed-over.zip"]


def test_a_path_that_is_not_there_is_a_gap(tmp_path):
    assert gaps(found_in(tmp_path / "gone")) == [(GapKind.NOT_FOUND, str(tmp_path / "gone"))]


def test_links_are_named_and_not_followed(folder, tmp_path):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret" / "key").write_text("no")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "key").symlink_to(tmp_path / "secret" / "key")
    found = found_in(folder)
    assert names(found) == ["a.json", "b/two.json"]
    assert gaps(found) == [(GapKind.UNSUPPORTED, "key"), (GapKind.UNSUPPORTED, "out")]


def test_pipes_and_sockets_are_gaps(folder):
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(folder / "sock"))
        found = found_in(folder)
    assert gaps(found) == [(GapKind.UNSUPPORTED, "pipe"), (GapKind.UNSUPPORTED, "sock")]


def test_a_link_put_in_a_files_place_afterwards_is_not_followed(folder, tmp_path):
    artifact = found_in(folder)[0]
    (folder / "a.json").unlink()
    (folder / "a.json").symlink_to(tmp_path)
    with pytest.raises(OSError, match="symbolic"):
        artifact.open()


def test_a_name_that_is_not_utf_8_is_written_with_escapes(folder):
    (folder / os.fsdecode(b"\xff.json")).write_bytes(b"3")
    assert "\\xff.json" in names(found_in(folder))


def test_files_that_agree_with_the_list_make_no_gap(folder):
    (folder / "SHA256SUMS").write_text(sum_line(b"1", "a.json") + sum_line(b"22", "./b/two.json"))
    assert gaps(found_in(folder)) == []


def test_a_file_that_disagrees_is_collected_with_a_gap(folder):
    (folder / "SHA256SUMS").write_text(sum_line(b"other", "a.json"))
    found = found_in(folder)
    assert gaps(found) == [(GapKind.CHANGED, "a.json")]
    assert "a.json" in names(found)


def test_a_file_that_is_listed_and_not_there_is_a_gap(folder):
    (folder / "files.sha256").write_text(sum_line(b"x", "gone.json"))
    assert gaps(found_in(folder)) == [(GapKind.MISSING, "gone.json")]


def test_lines_that_are_no_sums_are_passed_over(folder):
    (folder / "SHA256SUMS").write_text("# made by hand\nabc  a.json\n")
    assert gaps(found_in(folder)) == []


def test_nothing_is_read_before_it_is_opened(folder):
    artifact = found_in(folder)[0]
    (folder / "a.json").unlink()
    with pytest.raises(FileNotFoundError):
        artifact.open()


def test_a_time_that_no_calendar_has_is_no_time(folder):
    path = folder / "log.json"
    path.write_text("{}")
    os.utime(path, (1_900_000_000_000, 1_900_000_000_000))
    [one] = [found for found in found_in(folder) if found.name == "log.json"]
    assert one.modified is None or one.modified.year < 10_000


def test_folders_nested_deeper_than_calls_can_be(folder):
    here = Path.cwd()
    try:
        os.chdir(folder)
        for _ in range(1_200):
            Path("d").mkdir()
            os.chdir("d")
        Path("deep.json").write_text("{}")
    finally:
        os.chdir(here)
    found = found_in(folder)
    subprocess.run(["rm", "-rf", str(folder / "d")], check=True)  # Python's own way of removing it is recursive too
    assert any("deep.json" in (getattr(one, "name", "") or one.subject) for one in found)
