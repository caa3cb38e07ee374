"""What the simulated organisation's hosts, cluster and databases log is claimed, read and dated."""

from datetime import UTC, datetime

import pytest

from collectors import Artifact, Scope, sources
from examiners import Member
from examiners.sniffing import choose, head
from tests.examiners.making import Outcome
from tests.simulation.running import session_in


@pytest.fixture
def examined(simulated):
    """``examined(source, *names)``: the examiner of each collected file by its name, and what it made of it."""
    account = next(row["account"] for row in simulated["accounts"] if row["name"] == "prod-web")
    start, end = (datetime.fromisoformat(moment) for moment in simulated["window"])

    def collect(source, *names):
        scope = Scope("test", account, "us-east-1", start, end, names)
        found = [one for one in sources.get(source).collect(scope, session_in(account)) if isinstance(one, Artifact)]
        return [(one.name, *examine(at, one)) for at, one in enumerate(found)]

    return collect


def examine(index, artifact):
    member = Member("FP-2026-000001-E0001", 1, index, artifact.origin, artifact.open, notes=artifact.notes)
    tool = choose(head(member), member.file)
    if tool is None:
        return None, None
    outcome = Outcome(tool.examine(iter([member])), tool.family)
    assert outcome.balances()
    assert outcome.quarantined == []
    return tool.name, outcome


def test_the_hosts_logins_are_read_with_the_year_of_the_group(examined, simulated):
    found = examined("cloudwatch_logs", simulated["services"]["log_groups"]["host"])
    rows = [row for _, name, outcome in found if outcome for row in outcome.rows]
    assert {name for _, name, outcome in found if outcome} == {"syslog"}
    assert {(row["action"], row["user_name"], row["source_ip"]) for row in rows} == {
        ("login", "deploy", "198.51.100.80")
    }
    start, end = (datetime.fromisoformat(moment).astimezone(UTC) for moment in simulated["window"])
    assert all(start.replace(microsecond=0) <= row["event_time"].replace(tzinfo=UTC) < end for row in rows)


def test_the_clusters_audit_log_is_read(examined, simulated):
    found = examined("cloudwatch_logs", simulated["services"]["log_groups"]["cluster"])
    rows = [row for _, name, outcome in found if outcome for row in outcome.rows]
    assert {name for _, name, outcome in found if outcome} == {"eks_audit"}
    assert {(row["cluster"], row["verb"], row["user_name"]) for row in rows} == {("acme-shop", "list", "shop-deployer")}


def test_the_databases_logs_are_read_and_what_describes_them_is_left(examined):
    found = examined("rds_logs", "invoices")
    assert [name for file, name, _ in found if file == "invoices/instance.json"] == [None]
    [rows] = [outcome.rows for _, name, outcome in found if name == "database_logs"]
    assert [(row["host"], row["user_name"], row["outcome"]) for row in rows] == [("invoices", "invoices", "failure")]
