"""Database logs: which files, in portions, and what AWS does not give."""

from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from collectors import Artifact, Scope
from collectors.rds_logs import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
ARN = f"arn:aws:rds:us-east-1:{NUMBER}:db:invoices"
FILE = {"LogFileName": "error/postgresql.log.2026-03-01-12", "LastWritten": DAY.timestamp() * 1000, "Size": 7}
ANSWERS = {
    "DescribeDBInstances": {"DBInstances": [{"DBInstanceIdentifier": "invoices", "DBInstanceArn": ARN}]},
    "DescribeDBLogFiles": {"DescribeDBLogFiles": [FILE]},
    "DownloadDBLogFilePortion": {"LogFileData": "FATAL é\n", "Marker": "1", "AdditionalDataPending": False},
}
REFUSED = pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDenied"), GapKind.DENIED),
        (error("Throttling"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)


def found(*names, **answers):
    told = Told("rds", ANSWERS | answers)
    return list(collect(Scope("test", NUMBER, "us-east-1", DAY, DAY, names), told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_the_instance_and_its_files_are_collected():
    (instance, log), _ = found("invoices")
    assert instance.origin == ARN
    assert (log.name, log.origin) == (f"invoices/{FILE['LogFileName']}", f"{ARN}/log/{FILE['LogFileName']}")
    assert (log.modified, log.size) == (DAY, None)
    assert read(log) == "FATAL é\n".encode()


def test_only_files_written_since_the_start_are_asked_for():
    _, asked = found("invoices")
    assert asked["DescribeDBLogFiles"][0]["FileLastWritten"] == DAY.timestamp() * 1000


def test_a_file_is_read_portion_by_portion_when_it_is_opened():
    portions = [
        {"LogFileData": "one\n", "Marker": "5", "AdditionalDataPending": True},
        {"LogFileData": None, "Marker": "6", "AdditionalDataPending": True},
        {"LogFileData": "two\n", "Marker": "9", "AdditionalDataPending": False},
    ]
    (_, log), asked = found("invoices", DownloadDBLogFilePortion=portions)
    assert not asked["DownloadDBLogFilePortion"]
    assert read(log) == b"one\ntwo\n"
    assert [given["Marker"] for given in asked["DownloadDBLogFilePortion"]] == ["0", "5", "6"]


def test_a_file_that_does_not_get_on_ends():
    (_, log), _ = found(
        "invoices", DownloadDBLogFilePortion={"LogFileData": "x", "Marker": "0", "AdditionalDataPending": True}
    )
    with pytest.raises(OSError, match="the same portion again and again"):
        read(log)


def test_what_a_later_portion_is_refused_the_reader_is_told():
    portions = [{"LogFileData": "x", "Marker": "5", "AdditionalDataPending": True}, error("Throttling")]
    (_, log), _ = found("invoices", DownloadDBLogFilePortion=portions)
    with pytest.raises(ClientError, match="Throttling"):
        read(log)


def test_none_named_is_every_instance_of_every_page():
    names = ("invoices", "orders")
    pages = [{"DBInstances": [{"DBInstanceIdentifier": name, "DBInstanceArn": name}], "Marker": name} for name in names]
    everything, _ = found(DescribeDBInstances=[*pages, {"DBInstances": []}])
    assert [name for name in kinds(everything) if name.endswith(".json")] == [f"{name}/instance.json" for name in names]


def test_an_instance_that_is_not_there_is_a_gap_and_the_others_go_on():
    answers = [error("DBInstanceNotFound"), ANSWERS["DescribeDBInstances"]]
    everything, _ = found("gone", "invoices", DescribeDBInstances=answers)
    assert (everything[0].kind, everything[0].subject) == (GapKind.NOT_FOUND, "gone")
    assert any(isinstance(one, Artifact) and "postgresql" in one.name for one in everything)


def test_an_instance_without_log_files_is_a_gap():
    everything, _ = found("invoices", DescribeDBLogFiles={"DescribeDBLogFiles": []})
    assert kinds(everything) == ["invoices/instance.json", GapKind.NOT_FOUND]


@REFUSED
def test_files_that_cannot_be_listed_are_one_gap(problem, kind):
    everything, _ = found("invoices", DescribeDBLogFiles=problem)
    assert kinds(everything) == ["invoices/instance.json", kind]


@REFUSED
@pytest.mark.parametrize("names", [(), ("invoices",)])
def test_instances_that_cannot_be_listed_are_one_gap(names, problem, kind):
    assert kinds(found(*names, DescribeDBInstances=problem)[0]) == [kind]
