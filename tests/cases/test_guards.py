from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from cases import guards
from cases.actions.accounts import Tried, record_role_checks
from cases.actions.notes import Subject, add_note
from cases.actions.places import Permit, record_authorization
from cases.actions.timeline_entries import add_to_timeline
from cases.checks import guards_are_in_place
from cases.models import (
    Authorization,
    AwsAccount,
    CustodyEntry,
    CustodyLog,
    EvidencePart,
    IncidentTransition,
    Member,
    Note,
    NoteRevision,
    Policy,
    RoleCheck,
    TimelineEntry,
)
from cases.tellings import Telling

sqlite_only = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own words")
postgresql_only = pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's own words")
FROZEN = [CustodyEntry, IncidentTransition, RoleCheck, Member, EvidencePart, Note, NoteRevision]


@pytest.fixture
def history(exhibit, by_ida):
    """Rows in each table that nobody may change."""
    account = AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload")
    record_role_checks(tried=[Tried(account, "read")], by=by_ida)
    add_note(incident=exhibit.incident, subject=Subject(), text="seen", by=by_ida)
    return exhibit


def refused(statement, *values, words="append-only"):
    with pytest.raises(DatabaseError, match=words), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("model", FROZEN)
def test_a_row_of_history_cannot_be_edited(history, model):
    refused(f"UPDATE {model._meta.db_table} SET id = id")


@pytest.mark.parametrize("model", [*FROZEN, CustodyLog])
def test_a_row_of_history_cannot_be_deleted(history, model):
    refused(f"DELETE FROM {model._meta.db_table}")


@sqlite_only
@pytest.mark.parametrize("model", [*FROZEN, CustodyLog])
def test_a_row_of_history_cannot_be_replaced_under_its_id(history, model):
    table = model._meta.db_table
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} ORDER BY id LIMIT 1", words=table)


@sqlite_only
@pytest.mark.parametrize("model", [Member, EvidencePart, NoteRevision, CustodyLog])
def test_a_row_of_history_cannot_be_replaced_under_another_id(history, model):
    table = model._meta.db_table
    names = ", ".join(f'"{field.column}"' for field in model._meta.local_concrete_fields if not field.primary_key)
    refused(f"INSERT OR REPLACE INTO {table} ({names}) SELECT {names} FROM {table} LIMIT 1", words=table)


@postgresql_only
@pytest.mark.parametrize("model", [*FROZEN, CustodyLog])
def test_history_cannot_be_truncated(history, model):
    connection.check_constraints()  # what is still to be checked would refuse it too
    refused(f"TRUNCATE {model._meta.db_table} CASCADE")


@postgresql_only
def test_guards_hold_for_a_replica_too(history):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        refused("DELETE FROM cases_custodyentry")


@pytest.mark.parametrize("step", [0, 2])
def test_an_entry_that_is_not_the_next_is_refused(incident, step):
    last = CustodyEntry.objects.filter(log__name=incident.reference).latest("seq")
    last.pk, last.seq = None, last.seq + step
    with pytest.raises(DatabaseError, match="must be the next"), transaction.atomic():
        last.save(force_insert=True)


@pytest.mark.parametrize("change", ["size = size - 1", "size = size + 2", "size = size + 1, name = 'other'"])
def test_a_head_only_moves_forward_by_one(incident, change):
    refused(f"UPDATE cases_custodylog SET {change} WHERE name = %s", incident.reference, words="forward by one")


@pytest.fixture
def permits(incident, by_ida):
    """A policy, an authorization and an entry of the timeline: they may end and are never deleted."""
    add_to_timeline(incident=incident, telling=Telling(timezone.now(), "A call"), by=by_ida)
    permit = Permit("eu", "local", "urgent", "Art. 49", timezone.now() + timedelta(days=1))
    record_authorization(incident=incident, permit=permit, by=by_ida)


@pytest.mark.parametrize("model", [Policy, Authorization, TimelineEntry])
def test_what_may_end_is_never_deleted(permits, model):
    refused(f"DELETE FROM {model._meta.db_table}")


@sqlite_only
@pytest.mark.parametrize("model", [Policy, Authorization, TimelineEntry])
def test_what_may_end_is_never_replaced(permits, model):
    table = model._meta.db_table
    refused(f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} ORDER BY id LIMIT 1", words=table)


def drop(name):
    table = "" if connection.vendor == "sqlite" else f" ON {guards.postgresql_triggers()[name][0]}"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{table}")


def test_a_dropped_trigger_is_noticed_by_the_system_check(db):
    drop(f"{guards.ENTRY}_next")
    (problem,) = guards_are_in_place(["default"])
    assert "cases_custodyentry_next" in problem.msg
    assert problem.hint == "run: python manage.py migrate --skip-checks"


def test_the_system_check_is_content_with_all_of_them(db):
    assert guards_are_in_place(["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_migrate_puts_dropped_triggers_back(incident):
    guards.remove()
    assert guards.missing()
    call_command("migrate", verbosity=0)
    assert not guards.missing()
    refused("DELETE FROM cases_custodyentry")


@postgresql_only
def test_a_trigger_that_is_switched_off_counts_as_missing(db):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_custodyentry DISABLE TRIGGER cases_custodyentry_next")
    assert guards.missing() == {"cases_custodyentry_next"}


def test_installing_twice_changes_nothing(db):
    guards.install()
    assert not guards.missing()
