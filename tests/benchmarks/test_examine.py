import gzip
import json

from benchmarks.examine import ingest, measure
from benchmarks.logs import write_logs


def test_the_log_files_are_the_same_at_every_call(tmp_path):
    first = [path.read_bytes() for path in write_logs(tmp_path, 2, 5)]
    again = [path.read_bytes() for path in write_logs(tmp_path, 2, 5)]
    assert [gzip.decompress(data) for data in first] == [gzip.decompress(data) for data in again]
    assert len(json.loads(gzip.decompress(first[0]))["Records"]) == 5


def test_it_writes_every_event_to_the_store(tmp_path):
    ingest(write_logs(tmp_path, 3, 4), tmp_path)
    assert len(list(tmp_path.rglob("*.parquet"))) == 1


def test_it_prints_the_ratio_with_the_load_of_the_machine(capsys):
    assert all(figure > 0 for figure in measure("tiny", 2, 5, 1))
    assert "10 events in 2 gzip files; load" in capsys.readouterr().out
