"""As somebody with every right over the database, or who writes while another reads."""

from contextlib import contextmanager

from django.db import connection

from cases import guards


@contextmanager
def unguarded():
    """Guards away, a change, guards back."""
    connection.check_constraints()  # PostgreSQL alters no table while checks of it are pending
    guards.remove()
    yield
    connection.check_constraints()
    guards.install()


def tamper(*statements):
    with unguarded(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def lose_log(name):
    """Delete a log with all its entries."""
    log = f"SELECT id FROM cases_custodylog WHERE name = '{name}'"
    tamper(
        f"DELETE FROM cases_custodyentry WHERE log_id IN ({log})", f"DELETE FROM cases_custodylog WHERE name = '{name}'"
    )


@contextmanager
def before(table, act):
    """Act once, as a worker at the same time could, between a reader's other questions and its first to the table."""
    left = [act]

    def watched(execute, sql, *others):
        if table in sql and left:
            left.pop()()
        return execute(sql, *others)

    with connection.execute_wrapper(watched):
        yield
