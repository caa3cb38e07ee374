import hashlib
import json
import subprocess
import sys
from pathlib import Path
from types import MappingProxyType

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

import custody.verifier
from custody import EMPTY_ROOT, Entry, Frontier, NotCanonical, canonical, check_log, clean, entry_bytes, leaf_hash

KEYS = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4))


def log_of(count, log="FP-2026-000001"):
    entries, prev = [], ""
    for seq in range(1, count + 1):
        entry = Entry(log, seq, prev, "2026-11-24T03:00:00.000000+00:00", "acquired", {"id": 1}, {"type": "part"})
        entries.append(entry_bytes(entry))
        prev = hashlib.sha256(entries[-1]).hexdigest()
    return entries


def frontier_of(entries):
    frontier = Frontier()
    for data in entries:
        frontier = frontier.append(leaf_hash(data))
    return frontier


def problems(entries, whole):
    frontier = frontier_of(whole)
    return {p.kind for p in check_log(entries, log="FP-2026-000001", size=frontier.size, root=frontier.root())}


def merkle(leaves):
    """RFC 6962 section 2.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return hashlib.sha256(b"\x01" + merkle(leaves[:split]) + merkle(leaves[split:])).digest()


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_canonical_bytes_are_those_of_rfc_8785(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [{"a": 1.5}, {"a": 2**53}, {"Ä": 1}, {"camelCase": 1}, {"a": [{"b c": 1}]}, {"a": b"x"}, {"a": "\ud800"}]
)
def test_what_has_no_canonical_form_is_refused(value):
    with pytest.raises(NotCanonical):
        canonical(value)


def test_lone_surrogates_are_replaced_and_flagged():
    assert clean({"a": ["x\ud800y"]}) == ({"a": ["x\ufffdy"]}, True)
    assert clean({"a": "😀"}) == ({"a": "😀"}, False)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 9, 100])
def test_the_root_is_that_of_rfc_6962(count):
    entries = log_of(count)
    assert frontier_of(entries).root() == merkle([leaf_hash(data) for data in entries])


def test_an_empty_tree_has_the_hash_of_nothing():
    assert Frontier().root() == EMPTY_ROOT == hashlib.sha256().digest()


@given(st.integers(0, 70))
def test_a_frontier_survives_being_written_down(count):
    frontier = frontier_of([str(n).encode() for n in range(count)])
    assert Frontier.from_text(frontier.to_text()) == frontier


def test_a_whole_log_has_no_problem():
    assert problems(log_of(20), log_of(20)) == set()


def test_an_edited_entry_is_seen():
    entries = log_of(5)
    edited = [*entries[:2], entries[2].replace(b"acquired", b"verified"), *entries[3:]]
    assert problems(edited, entries) == {"chain", "root"}


def test_a_deleted_entry_is_seen():
    entries = log_of(5)
    assert problems(entries[:2] + entries[3:], entries) == {"order", "chain", "size", "root"}


def test_swapped_entries_are_seen():
    entries = log_of(5)
    assert {"order", "chain", "root"} <= problems([*entries[:2], entries[3], entries[2], entries[4]], entries)


def test_a_truncated_log_is_seen():
    entries = log_of(5)
    assert problems(entries[:4], entries) == {"size", "root"}


def test_an_entry_of_another_log_is_seen():
    entries = log_of(3)
    assert "log" in problems([*entries[:2], log_of(3, "FP-2026-000002")[2]], entries)


def test_bytes_in_another_form_are_seen():
    entries = log_of(1)
    assert problems([json.dumps(json.loads(entries[0])).encode()], entries) == {"form", "root"}


@pytest.mark.parametrize(("field", "value"), [("seq", True), ("v", 2), ("extra", "x")])
def test_an_entry_that_is_not_of_this_version_is_seen(field, value):
    entries = log_of(1)
    changed = canonical({**json.loads(entries[0]), field: value})
    assert problems([changed], [changed]) & {"fields", "order"}


def test_an_entry_without_a_field_is_seen():
    entry = json.loads(log_of(1)[0])
    del entry["reason"]
    assert problems([canonical(entry)], [canonical(entry)]) == {"fields"}


@pytest.mark.parametrize("text", ["3:" + "00" * 32, "1:00", "2:zz", "many"])
def test_a_damaged_frontier_is_refused(text):
    with pytest.raises(ValueError, match="is damaged; run verify_custody"):
        Frontier.from_text(text)


def test_a_mapping_that_is_no_dict_has_the_same_bytes():
    assert canonical(MappingProxyType({"a": MappingProxyType({"b": 1})})) == b'{"a":{"b":1}}'


@pytest.mark.parametrize("junk", [b"", b"[]", b"\xff", b"{}", b"null", b'{"a":1.5}', b"[" * 100_000])
def test_junk_is_a_problem_and_no_crash(junk):
    assert problems([junk], log_of(1))


def bare_python(path, *arguments):
    command = [sys.executable, "-I", "-S", custody.verifier.__file__, str(path), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")


def test_a_bare_python_checks_an_exported_log(tmp_path: Path):
    (tmp_path / "entries.jsonl").write_bytes(b"\n".join(log_of(9)) + b"\n")
    done = bare_python(tmp_path / "entries.jsonl")
    assert done.returncode == 0
    assert "entries 9" in done.stdout
    assert "does not show who had the database" in done.stdout


def test_a_bare_python_sees_another_root(tmp_path: Path):
    (tmp_path / "entries.jsonl").write_bytes(b"\n".join(log_of(9)) + b"\n")
    done = bare_python(tmp_path / "entries.jsonl", "--root", "00" * 32)
    assert done.returncode == 1
    assert "NOT in order" in done.stdout


def test_a_bare_python_says_what_it_cannot_read(tmp_path: Path):
    done = bare_python(tmp_path / "nothing.jsonl")
    assert done.returncode == 2
    assert "nothing.jsonl" in done.stderr


def test_an_empty_line_between_entries_is_no_entry(tmp_path: Path):
    (tmp_path / "entries.jsonl").write_bytes(b"\n\n".join(log_of(2)) + b"\n")
    done = bare_python(tmp_path / "entries.jsonl")
    assert done.returncode == 1
    assert "entry 2: form" in done.stdout
