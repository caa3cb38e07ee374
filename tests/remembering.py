"""An incident that many tests begin with, made once by each test process and laid down again for the next test.

It is made as people make it, through requests, runs and actions; what is kept are the rows and files that came of it.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.db import connection

from cases import guards

# Who signs in, and with what, is each test's own: these rows are never laid down.
OWN = ("cases_user", "api_apitoken", "django_session", "auth_permission", "django_content_type")


@dataclass(frozen=True)
class Memory:
    """All rows of each table (columns, rows), and a folder with the files."""

    tables: dict[str, tuple[list[str], list[tuple]]]
    files: Path


class Memories:
    """``lay_down(make, folder)`` has the same effect as ``make()``, whose files lie under ``folder``.

    A test that made other people or rows before has other keys in its tables, so it gets a memory of its own. Only
    for SQLite, where a rolled back test gives its keys back.
    """

    def __init__(self, folder):
        self.folder, self.kept = folder, {}

    def lay_down(self, make, folder):
        if connection.vendor != "sqlite":
            make()
            return
        key = (make.__module__, make.__qualname__, *standing())
        if key in self.kept:
            restore(self.kept[key], folder)
            return
        make()
        files = shutil.copytree(folder, self.folder / str(len(self.kept)))
        self.kept[key] = Memory({table: rows_of(table) for table in tables()}, files)


def tables():
    every = [model._meta.db_table for model in apps.get_models(include_auto_created=True)]
    return [table for table in every if table not in OWN]


def standing():
    """Who and what is there before: the keys of people, and how many rows each table has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, username FROM cases_user ORDER BY id")
        people = tuple(cursor.fetchall())
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}', COUNT(*) FROM {table}" for table in tables()))
        return people, tuple(cursor.fetchall())


def rows_of(table):
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return [column[0] for column in cursor.description], cursor.fetchall()


def restore(memory, folder):
    """Rows in the place of what the test made before; the triggers would refuse that, so they stand aside."""
    guards.remove()
    with connection.cursor() as cursor:
        for table, (columns, rows) in memory.tables.items():
            if rows:
                words = ", ".join(f'"{column}"' for column in columns)
                holes = ", ".join(["%s"] * len(columns))
                cursor.executemany(f"INSERT OR REPLACE INTO {table} ({words}) VALUES ({holes})", rows)
    guards.install()
    shutil.copytree(memory.files, folder, dirs_exist_ok=True)
