import os
from datetime import UTC, datetime, timedelta

import pyarrow.parquet as pq
import pytest

from events import AlteredFile, Filters, MissingManifest, UnknownPlace, open_events
from events.slices import SLICE_ROWS
from tests.events.making import at


def names(store, manifest):
    return [row["event_name"] for row in store.reader(manifest.name).page(Filters()).rows]


@pytest.mark.parametrize("url", ["s3://bucket/x", "events", "file://host/x", "http://x"])
def test_it_refuses_a_place_that_the_embedded_engine_cannot_read(url):
    with pytest.raises(UnknownPlace, match="file:///"):
        open_events(url, "FP-2026-000001")


@pytest.mark.parametrize("name", ["../other", "", "a/b", ".hidden", "x\n"])
def test_an_incident_cannot_name_a_path(tmp_path, name):
    with pytest.raises(ValueError, match="cannot name a file"):
        open_events(tmp_path.as_uri(), name)


def test_one_incident_does_not_see_another(tmp_path, store, put):
    manifest = store.index([put([at(0)])])
    with pytest.raises(MissingManifest):
        open_events(tmp_path.as_uri(), "FP-2026-000002").reader(manifest.name)


def test_a_staged_file_holds_the_rows_and_says_so(store, put):
    staged = put([at(0), at(1)])
    path = store.staging_path(staged.name, "cloudtrail")
    assert (staged.rows, staged.size) == (2, path.stat().st_size)
    assert pq.read_table(path).num_rows == 2
    assert path.stat().st_mode & 0o777 == 0o440


def test_staging_again_gives_the_same_file(put):
    assert put([at(0)]) == put([at(0)])


def test_a_failed_staging_leaves_nothing_behind(store):
    def broken():
        raise RuntimeError("the worker died")
        yield

    with pytest.raises(RuntimeError):
        store.stage("x", "cloudtrail", broken())
    assert list(store.all_files()) == []


def test_an_index_gives_the_rows_in_the_order_of_time(store, put):
    manifest = store.index([put([at(5, "C"), at(1, "A")]), put([at(3, "B")], part=2)])
    assert names(store, manifest) == ["A", "B", "C"]
    assert (manifest.rows, manifest.copies, len(manifest.files)) == (3, 0, 1)
    assert (manifest.last_at - manifest.first_at).total_seconds() == 4


def test_an_index_without_input_is_an_empty_manifest(store):
    manifest = store.index([])
    assert (manifest.rows, manifest.first_at) == (0, None)
    assert names(store, manifest) == []


def test_a_part_without_rows_adds_none(store, put):
    manifest = store.index([put([at(0)]), put([], part=2)])
    assert manifest.rows == 1


def test_the_inputs_hash_depends_on_the_inputs_alone(store, put):
    parts = [put([at(number)], part=number) for number in range(1, 6)]
    at_once = store.index(parts)
    bit_by_bit = store.index(parts[3:])
    for count in (2, 0):
        bit_by_bit = store.index(parts[count:][::-1], bit_by_bit.name)
    assert at_once.inputs_hash == bit_by_bit.inputs_hash
    assert at_once.inputs_hash != store.index(parts[1:]).inputs_hash


def test_repeating_an_index_is_harmless(store, put):
    parts = [put([at(0)])]
    once = store.index(parts)
    assert store.index(parts, once.name) == store.index(parts) == once


def test_an_index_builds_on_the_one_before(store, put):
    first = store.index([put([at(number) for number in range(50)])])
    both = [*first.inputs, put([at(99, "Late")], part=2)]
    second = store.index(both, first.name)
    assert set(first.files) < set(second.files)
    assert second.rows == 51


def test_an_input_that_is_no_longer_wanted_takes_its_rows_along(store, put):
    old, other = put([at(0, "Old")]), put([at(1, "Other")], part=2)
    before = store.index([old, other])
    assert names(store, store.index([other], before.name)) == ["Other"]


def test_there_are_never_many_segments(store, put):
    manifest, parts = None, []
    for number in range(40):
        parts.append(put([at(number)], part=number))
        manifest = store.index(parts, manifest and manifest.name)
    assert len(manifest.files) <= 6
    assert names(store, manifest) == ["ListBuckets"] * 40


def test_row_groups_stay_small_enough_to_skip(store, put):
    manifest = store.index([put([at(number % 1_000) for number in range(3 * SLICE_ROWS)])])
    groups = pq.ParquetFile(store.segment_path(manifest.files[0])).metadata
    sizes = [groups.row_group(number).num_rows for number in range(groups.num_row_groups)]
    assert (len(sizes), sum(sizes)) == (3, 3 * SLICE_ROWS)
    assert max(sizes) < 1.2 * SLICE_ROWS


def test_copies_are_kept_and_marked(store, put):
    manifest = store.index([put([at(0, "A"), at(0, "A")]), put([at(0, "A"), at(1, "B")], part=2)])
    assert (manifest.rows, manifest.copies) == (4, 2)
    assert names(store, manifest) == ["A", "B"]


def test_the_first_row_counts_whichever_part_came_first(store, put):
    late = store.index([put([at(0, "A"), *(at(number) for number in range(9))], part=2)])
    both = store.index([*late.inputs, put([at(0, "A")], part=1)], late.name)
    rows = store.reader(both.name).page(Filters()).rows
    assert [row["part"] for row in rows if row["event_name"] == "A"] == [1]
    assert both.copies == 1


@pytest.mark.parametrize("change", [{"sourceIPAddress": "192.0.2.1"}, {"eventName": "B"}, {"eventID": ""}])
def test_an_event_with_a_forged_id_does_not_hide_another(store, put, change):
    twins = [at(0, "A") | change, at(0, "A")] if change != {"eventID": ""} else [at(0, "A") | change] * 2
    assert store.index([put(twins)]).copies == 0


def test_events_without_a_time_are_counted(store, put):
    manifest = store.index([put([at(0), at(1) | {"eventTime": "never"}])])
    assert (manifest.tally.undated, manifest.rows) == (1, 2)


def test_an_altered_staging_file_is_refused(store, put):
    staged = put([at(0)])
    path = store.staging_path(staged.name, "cloudtrail")
    path.chmod(0o600)
    path.write_bytes(b"x" * staged.size)
    with pytest.raises(AlteredFile, match=staged.name):
        store.index([staged])


def test_a_manifest_that_was_changed_is_refused(store, put):
    manifest = store.index([put([at(0)])])
    path = store.manifest_path(manifest.name)
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"rows":1', b'"rows":2'))
    with pytest.raises(MissingManifest, match="changed"):
        store.manifest(manifest.name)


def flip(path):
    """Change one bit, as a bad disk or somebody with rights over it could."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o600)
    path.write_bytes(data)


def test_a_manifest_whose_bytes_are_no_longer_text_is_refused_too(store, put):
    manifest = store.index([put([at(0)])])
    path = store.manifest_path(manifest.name)
    path.chmod(0o600)
    path.write_bytes(b"\xff" + path.read_bytes())
    with pytest.raises(MissingManifest, match="changed"):
        store.manifest(manifest.name)


def test_reading_back_finds_a_manifest_and_its_files_whole(store, put):
    manifest = store.index([put([at(0)])])
    assert list(store.read_back(manifest.name)) == ["", "", ""]


def test_reading_back_finds_an_altered_staging_file(store, put):
    staged = put([at(0)])
    manifest = store.index([staged])
    path = store.staging_path(staged.name, staged.family)
    flip(path)
    *whole, said = store.read_back(manifest.name)
    assert whole == ["", ""]
    assert said.startswith(f"{path} now reads as ")
    assert said.endswith(f" instead of {staged.sha256}; restore it from a copy")


def test_reading_back_finds_each_segment_that_is_altered_or_gone(store, put):
    first = store.index([put([at(number) for number in range(50)])])
    second = store.index([*first.inputs, put([at(99, "Late")], part=2)], first.name)
    flipped, gone = (store.segment_path(file) for file in second.files)
    flip(flipped)
    gone.unlink()
    gone.mkdir()
    said = list(store.read_back(second.name))
    assert said[1].startswith(f"{flipped} now reads as ")
    assert said[2] == f"{gone} is gone; restore it from a copy"


def test_a_manifest_reads_back_as_it_was_made(store, put):
    manifest = store.index([put([at(0), at(0)])])
    assert store.manifest(manifest.name) == manifest


def test_a_sweep_removes_what_no_kept_manifest_names(store, put):
    old = store.index([put([at(0)])])
    kept = store.index([*old.inputs, put([at(1)], part=2)], old.name)
    waiting, orphan = put([at(2)], part=3), put([at(3)], part=4)
    assert store.sweep([kept.name], timedelta(hours=1)) == []
    gone = store.sweep([kept.name], timedelta(seconds=-1), staged=[waiting.name])
    assert {path.name for path in gone} == {
        f"{old.name}.json",
        f"{orphan.name}.parquet",
        f"{old.files[0].sha256}.parquet",
    }
    assert store.reader(kept.name).count() == 2


def test_a_sweep_takes_the_leftovers_of_a_dead_worker(store, put):
    put([at(0)])
    left = store.folder / "tmp" / "dead.new"
    left.write_bytes(b"half")
    os.utime(left, (0, datetime(2020, 1, 1, tzinfo=UTC).timestamp()))
    assert store.sweep([], timedelta(hours=1)) == [left]
