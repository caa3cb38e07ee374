"""What the report tells a stranger to run is run, on a log as the portal writes it."""

import hashlib
import shutil
import subprocess

import pytest

from custody import Entry, Frontier, entry_bytes, leaf_hash, verifier
from reports.verify import LEAF, write
from tests.reports.snapshots import empty

PRINTED = 3  # entries that there were when the report was set; more came after


@pytest.fixture
def lines():
    made, prev = [], ""
    for seq in range(1, PRINTED + 3):
        told = {"actor": "rin", "object": "E0001", "reason": "line\nfeed \u2028 \r"}
        made.append(
            entry_bytes(
                Entry(log="FP-1", seq=seq, prev=prev, ts="2026-03-01T00:00:00.000000Z", action="sealed", **told)
            )
        )
        prev = hashlib.sha256(made[-1]).hexdigest()
    return made


@pytest.fixture
def root(lines):
    frontier = Frontier()
    for line in lines[:PRINTED]:
        frontier = frontier.append(leaf_hash(line))
    return frontier.root().hex()


@pytest.fixture
def run(tmp_path, lines, root):
    """Run the commands printed under a number, over these lines, in a folder with the files that the text names."""
    shutil.copy(verifier.__file__, tmp_path / "verifier.py")
    commands = codes(empty(custody_head={"size": PRINTED, "root": root}))

    def make(number, content=lines):
        (tmp_path / "ENTRIES").write_bytes(b"".join(line + b"\n" for line in content))
        return subprocess.run(["sh", "-c", commands[number]], check=False, cwd=tmp_path, capture_output=True, text=True)

    return make


def codes(snapshot):
    return [block.text for block in write(snapshot).blocks if block.tone == "code"]


def test_the_printed_command_computes_a_leaf_hash(tmp_path, lines):
    (tmp_path / "entry").write_bytes(lines[0])
    command = LEAF.replace("ENTRY", str(tmp_path / "entry"))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == leaf_hash(lines[0]).hex()


def test_the_printed_command_follows_the_chain(run):
    done = run(2)
    assert (done.returncode, done.stdout) == (0, "in order\n")


@pytest.mark.parametrize("changed", ["left out", "moved", "altered"])
def test_the_printed_command_names_where_the_chain_breaks(run, lines, changed):
    one, two, three = lines[:3]
    content = {"left out": [one, three], "moved": [two, one], "altered": [one.replace(b"rin", b"ida"), two]}[changed]
    done = run(2, content)
    assert (done.returncode, done.stderr) == (1, f"not in order: {content[-1 if changed != 'moved' else 0].decode()}\n")


def test_the_printed_command_compares_with_the_root(run, lines):
    assert run(3).returncode == 0
    altered = [lines[0].replace(b"rin", b"ida"), *lines[1:]]
    assert run(3, altered).returncode == 1


def test_commands_keep_their_lines():
    printed = codes(empty())
    assert printed[0] == "sha256sum FILE"
    assert "\n" in printed[1]


def test_no_step_needs_the_portal():
    assert not any("manage.py" in code for code in codes(empty()))
