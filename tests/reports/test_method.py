from reports.method import write
from tests.reports.snapshots import LEAF, SHA, empty, sample


def test_every_tool_has_its_version():
    rows = write(sample()).blocks[1].rows
    assert rows[0] == ("Collection", "cloudtrail", "0.1.0", "log files and digests of the organisation trail")


def test_the_manifest_and_the_rules_are_named_by_hash():
    facts = dict(write(sample()).blocks[-1].rows)
    assert facts["Manifest SHA-256"] == SHA[::-1]
    assert facts["Rules SHA-256"] == LEAF[::-1]
    assert facts["Exhibits"] == "2"


def test_rules_known_by_their_hash_alone_need_no_version():
    facts = dict(write(sample(manifest={"rules_sha256": LEAF})).blocks[-1].rows)
    assert "Rules" not in facts
    assert facts["Rules SHA-256"] == LEAF


def test_without_tools_it_says_so(words):
    assert "No tool has been run." in words(write(empty()))
