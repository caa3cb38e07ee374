from reports.evidence import write
from tests.reports.snapshots import SHA, empty, exhibit, sample


def test_each_exhibit_has_where_from_when_by_whom_and_its_whole_hash():
    table = write(sample()).blocks[1]
    assert table.rows[0] == (
        "E0007",
        "CloudTrail log files, account 111122223333, us-east-1",
        "cloudtrail, 111122223333, us-east-1",
        "600 files, 41.2 MB",
        "sealed, 2026-11-23 05:12:40 by Rin Tanaka",
        SHA,
    )


def test_it_says_how_the_bytes_were_checked():
    given = sample(evidence=(exhibit(integrity="full_hash_reread"),))
    assert write(given).blocks[1].rows[0][4].startswith("sealed, full hash reread, 2026")


def test_what_is_no_set_of_files_has_a_size_only():
    assert write(sample()).blocks[1].rows[1][3] == "41.2 MB"


def test_an_exhibit_that_is_only_asked_for_has_no_hash_yet():
    asked = {"exhibit": "FP-2026-000123-E0009", "title": "Flow logs", "state": "requested"}
    assert write(sample(evidence=(asked,))).blocks[1].rows[0][2:] == ("—", "—", "requested, —", "—")


def test_broken_integrity_is_a_warning_before_the_list(words):
    section = write(sample(evidence=(exhibit(state="integrity_failed"),)))
    assert section.blocks[1].tone == "warning"
    assert "E0007 no longer match" in section.blocks[1].text


def test_more_exhibits_than_fit_are_counted(words):
    assert "1 further row: see the evidence list" in words(write(sample(evidence=(exhibit(),) * 2001)))


def test_no_evidence_is_a_sentence(words):
    assert "No evidence is stored" in words(write(empty()))


def test_it_says_whose_law_it_is_under_and_where_it_lies():
    given = sample(evidence=(exhibit(jurisdiction="eu", places=["frankfurt", "local"]),))
    assert write(given).blocks[1].rows[0][2].endswith("us-east-1; law: eu, lies in: frankfurt, local")
