"""Snapshots of databases: made once, of a whole cluster, waited for, described."""

import json
from datetime import UTC, datetime

import pytest
from moto import mock_aws

from collectors import Artifact, Scope
from collectors.rds_snapshots import collect, named_for
from plugins import Gap, GapKind, NotReady
from tests.collectors.told import HTML, Told, error, read, session

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
LABEL = "FP-2026-000001:7"
MASTER = {"MasterUsername": "postgres", "MasterUserPassword": "password"}


def resources(facts, folder):
    """What the conformance tests ask for: an instance, and an instance that stands for its cluster."""
    made = facts["services"]["databases"]
    return [made["instance"], made["cluster"]]


@pytest.fixture
def aws(monkeypatch):
    """An account with an instance, and a cluster of one instance; snapshots are complete at once, as moto has it."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        aws = session()
        rds = aws.client("rds")
        small = {"DBInstanceClass": "db.t3.medium"}
        rds.create_db_instance(
            DBInstanceIdentifier="invoices", Engine="postgres", AllocatedStorage=20, **small, **MASTER
        )
        rds.create_db_cluster(DBClusterIdentifier="orders", Engine="aurora-postgresql", **MASTER)
        member = {"DBInstanceIdentifier": "orders-1", "DBClusterIdentifier": "orders"}
        rds.create_db_instance(**member, Engine="aurora-postgresql", **small)
        yield aws


def found(aws, *names, label=LABEL, **answers):
    told = Told("rds", answers, aws)
    return list(collect(Scope(label, NUMBER, "us-east-1", DAY, DAY, names), told.session))


def own(aws):
    """The names of the account's snapshots that people made."""
    rds = aws.client("rds")
    one = rds.describe_db_snapshots(SnapshotType="manual")["DBSnapshots"]
    whole = rds.describe_db_cluster_snapshots(SnapshotType="manual")["DBClusterSnapshots"]
    return [row["DBSnapshotIdentifier"] for row in one] + [row["DBClusterSnapshotIdentifier"] for row in whole]


def test_an_instance_gets_a_snapshot_that_carries_the_label(aws):
    [artifact] = found(aws, "invoices")
    snapshot = json.loads(read(artifact))
    assert snapshot["DBInstanceIdentifier"] == "invoices"
    assert {"Key": "forensics-portal:run", "Value": f"{LABEL}:invoices"} in snapshot["TagList"]


@pytest.mark.parametrize("name", ["orders", "orders-1"])
def test_a_cluster_gets_a_snapshot_of_the_whole(aws, name):
    [artifact] = found(aws, name)
    assert json.loads(read(artifact))["DBClusterIdentifier"] == "orders"
    assert ":cluster-snapshot:" in artifact.origin


def test_a_repeat_of_the_run_makes_no_more(aws):
    first = [one.origin for one in found(aws, "invoices", "orders")]
    assert [one.origin for one in found(aws, "invoices", "orders")] == first
    assert len(own(aws)) == 2


def test_another_run_makes_its_own(aws):
    found(aws, "invoices")
    found(aws, "invoices", label="FP-2026-000001:8")
    assert len(own(aws)) == 2


def test_a_database_that_is_not_there_is_a_gap_and_the_others_go_on(aws):
    gap, artifact = found(aws, "gone", "invoices")
    assert (gap.kind, gap.subject) == (GapKind.NOT_FOUND, "gone")
    assert isinstance(artifact, Artifact)


@pytest.mark.parametrize(("problem", "kind"), [(error("AccessDenied"), GapKind.DENIED), (HTML, GapKind.UNREADABLE)])
@pytest.mark.parametrize("operation", ["DescribeDBInstances", "DescribeDBSnapshots", "CreateDBSnapshot"])
def test_a_refusal_is_a_gap(aws, operation, problem, kind):
    [gap] = found(aws, "invoices", **{operation: problem})
    assert (gap.kind, gap.subject) == (kind, "invoices")


def test_too_many_calls_are_made_later(aws):
    with pytest.raises(NotReady, match="too many calls"):
        found(aws, "invoices", CreateDBSnapshot=error("Throttling"))


def test_it_waits_until_the_snapshot_is_there_and_begins_all_before(aws):
    creating = {"DBSnapshots": [{"DBSnapshotIdentifier": "s", "Status": "creating"}]}
    told = Told("rds", {"DescribeDBSnapshots": creating}, aws)
    walk, before = collect(Scope(LABEL, NUMBER, "us-east-1", DAY, DAY, ("invoices", "orders")), told.session), []
    with pytest.raises(NotReady, match="snapshots of invoices"):
        before.extend(one.origin for one in walk)
    assert len(before) == 1


def test_it_waits_while_the_database_makes_a_backup_of_its_own(aws):
    busy = {"DBInstances": [{"DBInstanceIdentifier": "invoices", "DBInstanceStatus": "backing-up"}]}
    with pytest.raises(NotReady, match="snapshots of invoices"):
        found(aws, "invoices", DescribeDBInstances=busy)
    assert own(aws) == []


def test_a_snapshot_that_aws_gave_up_on_is_a_gap(aws):
    failed = {"DBSnapshotIdentifier": "s", "DBSnapshotArn": "arn:s", "Status": "failed"}
    [gap] = found(aws, "invoices", DescribeDBSnapshots={"DBSnapshots": [failed]})
    assert isinstance(gap, Gap)
    assert (gap.kind, gap.subject) == (GapKind.UNREADABLE, "arn:s")


def test_a_name_is_one_that_aws_takes_for_clusters_too():
    name = named_for("FP-2026-000001:" + "7" * 80, "d" * 63)
    assert len(name) <= 63
    assert "--" not in name


def test_names_of_other_runs_and_databases_differ():
    names = {named_for(label, name) for label in ("a:1", "a:11") for name in ("x", "y")}
    assert len(names) == 4
