"""Triggers that make history append-only in the database itself, on SQLite and on PostgreSQL.

Django's table remakes on SQLite drop triggers without a word, so they are put back after every ``migrate``
and a system check compares what is there with what should be.
"""

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY, HEAD, TRANSITION = "cases_custodyentry", "cases_custodylog", "cases_incidenttransition"
ROLE_CHECK, READINESS = "cases_rolecheck", "cases_readinessrun"
NOTE, REVISION = "cases_note", "cases_noterevision"
# rows that may be withdrawn and never deleted
KEPT = ("cases_policy", "cases_authorization", "cases_timelineentry")
# rows that nobody may change or delete
FROZEN = (ENTRY, TRANSITION, ROLE_CHECK, READINESS, "cases_member", "cases_evidencepart", NOTE, REVISION)
# SQLite's INSERT OR REPLACE deletes the row in its way and no delete trigger sees it: what must not be there already.
IN_THE_WAY = {
    TRANSITION: "id = NEW.id",
    ROLE_CHECK: "id = NEW.id",
    "cases_member": 'id = NEW.id OR (part_id = NEW.part_id AND "index" = NEW."index")',
    "cases_evidencepart": (
        "id = NEW.id OR unit_id = NEW.unit_id OR (evidence_id = NEW.evidence_id AND number = NEW.number)"
    ),
    "cases_readinessrun": "id = NEW.id OR request_id = NEW.request_id",
    NOTE: "id = NEW.id",
    REVISION: "id = NEW.id OR (note_id = NEW.note_id AND number = NEW.number)",
    HEAD: "id = NEW.id OR name = NEW.name",
    "cases_policy": (
        "id = NEW.id OR (jurisdiction = NEW.jurisdiction AND place = NEW.place "
        "AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL)"
    ),
    "cases_authorization": "id = NEW.id",
    "cases_timelineentry": (
        "id = NEW.id OR (incident_id = NEW.incident_id AND withdrawn_at IS NULL AND NEW.withdrawn_at IS NULL "
        "AND kind = NEW.kind AND (NEW.kind = 'event' AND event = NEW.event "
        "OR NEW.kind = 'finding' AND finding_id = NEW.finding_id))"
    ),
}

SQLITE_ORDER = f"""
CREATE TRIGGER IF NOT EXISTS {ENTRY}_next BEFORE INSERT ON {ENTRY}
WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM {ENTRY} WHERE log_id = NEW.log_id)
  OR EXISTS (SELECT 1 FROM {ENTRY} WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, '{ENTRY}: an entry must be the next of its log'); END
"""  # noqa: S608 - table names are constants of this module
SQLITE_HEAD = f"""
CREATE TRIGGER IF NOT EXISTS {HEAD}_forward BEFORE UPDATE ON {HEAD}
WHEN NEW.size <> OLD.size + 1 OR NEW.name <> OLD.name
BEGIN SELECT RAISE(ABORT, '{HEAD}: a head moves forward by one entry'); END
"""


def sqlite_refusal(table: str, event: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_{event.lower()} BEFORE {event} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are append-only'); END"
    )


def sqlite_no_replace(table: str, in_the_way: str) -> str:
    return (
        f"CREATE TRIGGER IF NOT EXISTS {table}_no_replace BEFORE INSERT ON {table} "  # noqa: S608 - constants
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {in_the_way}) "
        f"BEGIN SELECT RAISE(ABORT, '{table}: rows are append-only'); END"
    )


def sqlite_statements() -> dict[str, str]:
    """Trigger name -> statement."""
    kept = {f"{table}_no_replace": sqlite_no_replace(table, rows) for table, rows in IN_THE_WAY.items()}
    refusals = {f"{t}_no_{e.lower()}": sqlite_refusal(t, e) for t in FROZEN for e in ("UPDATE", "DELETE")}
    refusals |= {f"{t}_no_delete": sqlite_refusal(t, "DELETE") for t in KEPT}
    head = {f"{HEAD}_no_delete": sqlite_refusal(HEAD, "DELETE"), f"{HEAD}_forward": SQLITE_HEAD}
    return refusals | kept | head | {f"{ENTRY}_next": SQLITE_ORDER}


POSTGRESQL_FUNCTIONS = (
    """
CREATE OR REPLACE FUNCTION portal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: rows are append-only', TG_TABLE_NAME; END $$
""",
    f"""
CREATE OR REPLACE FUNCTION portal_next_entry() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM {ENTRY} WHERE log_id = NEW.log_id) THEN
    RAISE EXCEPTION '{ENTRY}: an entry must be the next of its log';
  END IF;
  RETURN NEW;
END $$
""",  # noqa: S608
    f"""
CREATE OR REPLACE FUNCTION portal_head_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.size <> OLD.size + 1 OR NEW.name <> OLD.name THEN
    RAISE EXCEPTION '{HEAD}: a head moves forward by one entry';
  END IF;
  RETURN NEW;
END $$
""",
)


def postgresql_triggers() -> dict[str, tuple[str, str]]:
    """Trigger name -> (table, what it does and when)."""
    refusals = {f"{t}_append_only": (t, "BEFORE UPDATE OR DELETE") for t in FROZEN}
    triggers = {
        name: (t, f"{when} ON {t} FOR EACH ROW EXECUTE FUNCTION portal_refuse()")
        for name, (t, when) in refusals.items()
    }
    for table in (*FROZEN, *KEPT, HEAD):
        triggers[f"{table}_no_truncate"] = (table, f"BEFORE TRUNCATE ON {table} EXECUTE FUNCTION portal_refuse()")
    row = "FOR EACH ROW EXECUTE FUNCTION"
    triggers[f"{ENTRY}_next"] = (ENTRY, f"BEFORE INSERT ON {ENTRY} {row} portal_next_entry()")
    triggers[f"{HEAD}_forward"] = (HEAD, f"BEFORE UPDATE ON {HEAD} {row} portal_head_forward()")
    for table in KEPT:
        triggers[f"{table}_no_delete"] = (table, f"BEFORE DELETE ON {table} {row} portal_refuse()")
    triggers[f"{HEAD}_no_delete"] = (HEAD, f"BEFORE DELETE ON {HEAD} {row} portal_refuse()")
    return triggers


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Put the triggers in place; doing it again changes nothing."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for statement in statements_for(connection):
            cursor.execute(statement)


def statements_for(connection: BaseDatabaseWrapper) -> list[str]:
    if connection.vendor == "sqlite":
        return list(sqlite_statements().values())
    triggers = postgresql_triggers().items()
    made = [f"CREATE OR REPLACE TRIGGER {name} {what}" for name, (_, what) in triggers]
    always = [f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {name}" for name, (table, _) in triggers]
    return [*POSTGRESQL_FUNCTIONS, *made, *always]


def remove(using: str = DEFAULT_DB_ALIAS) -> None:
    """Take the triggers away: only for tests that empty their tables."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name in expected(connection):
            table = "" if connection.vendor == "sqlite" else f" ON {postgresql_triggers()[name][0]}"
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{table}")


def expected(connection: BaseDatabaseWrapper) -> set[str]:
    return set(sqlite_statements() if connection.vendor == "sqlite" else postgresql_triggers())


def missing(using: str = DEFAULT_DB_ALIAS) -> set[str]:
    """The names of triggers that should be there and are not, or (PostgreSQL) are switched off."""
    connection = connections[using]
    present = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(present)
        return expected(connection) - {row[0] for row in cursor.fetchall()}
