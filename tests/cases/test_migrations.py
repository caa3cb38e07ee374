"""Migrations that move what is there, forwards and back."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from cases.actions.findings import Analysis, FoundRow, record_findings
from cases.actions.runs import end_run
from cases.models import LEADS, PRINCIPAL_SUMMARY, Finding
from tests.cases.making import analysis, asked, claimed, planned, sha

pytestmark = pytest.mark.django_db(transaction=True)


def migrate(name):
    executor = MigrationExecutor(connection)
    executor.migrate([("cases", name)])


def migrate_to_the_newest():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes("cases"))


@pytest.fixture
def one_series(incident, by_rin):
    """The database as it was when summaries took their numbers from the findings' counter."""
    found(incident, by_rin, PRINCIPAL_SUMMARY, "stopped", PRINCIPAL_SUMMARY)
    migrate("0001_initial")
    yield
    migrate_to_the_newest()


def found(incident, by, *questions, inputs="1"):
    lease = claimed(asked(incident, by, analysis(inputs=inputs * 64)))
    rows = tuple(
        FoundRow(question, "what was found", "principal", f"arn:{inputs}{at}", 4, 1, None, None)
        for at, question in enumerate(questions)
    )
    record_findings(lease=lease, unit=planned(lease), result=Analysis(rows, (), (), sha(inputs), "1"))
    end_run(lease=lease)


def test_back_in_one_series_no_number_is_there_twice(one_series):
    numbers = Finding.objects.order_by("number").values_list("question", "number")
    assert list(numbers) == [("stopped", 1), (PRINCIPAL_SUMMARY, 2), (PRINCIPAL_SUMMARY, 3)]


def test_summaries_of_before_keep_their_numbers_and_new_ones_come_after(one_series, incident, by_rin):
    migrate_to_the_newest()
    found(incident, by_rin, PRINCIPAL_SUMMARY, "stopped", inputs="2")
    assert sorted(finding.label for finding in Finding.objects.all()) == ["F-01", "F-04", "P-02", "P-03", "P-04"]


@pytest.fixture
def before_leads(incident, by_rin):
    """The database as it was when a lead would have been a finding."""
    found(incident, by_rin, LEADS, "stopped", PRINCIPAL_SUMMARY, LEADS)
    migrate("0006_plan")
    yield
    migrate_to_the_newest()


def test_back_among_the_findings_no_number_of_a_lead_is_there_twice(before_leads):
    numbers = Finding.objects.exclude(question=PRINCIPAL_SUMMARY).order_by("number").values_list("question", "number")
    assert list(numbers) == [("stopped", 1), (LEADS, 2), (LEADS, 4)]


def test_leads_go_on_under_their_own_letter(before_leads, incident, by_rin):
    migrate_to_the_newest()
    found(incident, by_rin, LEADS, "stopped", inputs="2")
    assert sorted(finding.label for finding in Finding.objects.all()) == [
        "F-01",
        "F-05",
        "L-05",
        "L-07",
        "L-08",
        "P-02",
    ]
