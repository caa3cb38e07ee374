import hashlib
import subprocess

import pytest

from reports.verify import LEAF, write
from tests.reports.snapshots import empty


@pytest.fixture
def entry(tmp_path):
    path = tmp_path / "entry"
    path.write_bytes(b'{"seq":1}')
    return path


def test_the_printed_command_computes_a_leaf_hash(entry):
    command = LEAF.replace("ENTRY", str(entry))
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == hashlib.sha256(b"\0" + entry.read_bytes()).hexdigest()


def test_commands_keep_their_lines():
    codes = [block.text for block in write(empty()).blocks if block.tone == "code"]
    assert codes[0] == "sha256sum FILE"
    assert "\n" in codes[1]
    assert codes[2].endswith("verify_custody FP-2026-000123")
