"""What may be handed to ``investigate``, over a portal that runs already: it joins its workers."""

import json
import shutil

from tests.end_to_end.records import record, write_folder, write_mixed


def test_every_form_is_read_and_junk_is_quarantined_with_file_row_and_reason(running, tmp_path):
    outcome = running.investigate(write_mixed(tmp_path / "mixed"), status=3)
    assert outcome["records"] == {"read": 16, "rows": 12, "quarantined": 4}
    rows = running.ask(
        "import json; from cases.models import QuarantinedRecord as Q; "
        f"mine = Q.objects.filter(run__incident__reference='{outcome['incident']}'); "
        "print(json.dumps(sorted(mine.values_list('file', 'row'))))"
    )
    assert [row[0] for row in rows] == ["d-lines.jsonl", "e-junk-inside.json", "f-junk.bin", "g-cut.json.gz"]
    assert dict(rows)["d-lines.jsonl"] == 2
    assert dict(rows)["e-junk-inside.json"] == 1


def test_one_file_is_enough(running, tmp_path):
    (tmp_path / "one.json").write_text(json.dumps([record(1, "StopLogging", eventSource="cloudtrail.amazonaws.com")]))
    outcome = running.investigate(tmp_path / "one.json")
    assert outcome["evidence"]["items"] == outcome["evidence"]["members"] == 1
    assert [f["severity"] for f in outcome["findings"]] == ["high"]


def test_an_archive_is_one_exhibit_and_its_files_are_examined(running, tmp_path):
    archive = shutil.make_archive(str(tmp_path / "logs"), "gztar", write_folder(tmp_path / "folder", files=2, each=5))
    outcome = running.investigate(archive)
    assert outcome["evidence"]["members"] == 1
    assert outcome["records"]["rows"] == 10


def test_junk_alone_is_complete_with_quarantine(running, tmp_path):
    (tmp_path / "junk").mkdir()
    (tmp_path / "junk" / "noise.bin").write_bytes(bytes(range(256)))
    outcome = running.investigate(tmp_path / "junk", status=3)
    assert {phase["state"] for phase in outcome["phases"].values()} == {"complete"}
    assert outcome["records"] == {"read": 1, "rows": 0, "quarantined": 1}


def test_an_empty_folder_ends_with_a_report_that_says_so(running, tmp_path):
    (tmp_path / "empty").mkdir()
    outcome = running.investigate(tmp_path / "empty", status=1)
    assert outcome["phases"]["collection"]["state"] == "complete"
    assert outcome["records"]["read"] == 0
    assert outcome["report"]["sha256"]


def test_real_events_of_an_attack_are_found(running, shared_data):
    outcome = running.investigate(shared_data / "cloudtrail" / "invictus")
    assert outcome["records"] == {"read": 2900, "rows": 2900, "quarantined": 0}
    assert outcome["evidence"]["members"] == 55
    high = {finding["title"] for finding in outcome["findings"] if finding["severity"] == "high"}
    assert "A CloudTrail trail was stopped or deleted" in high
