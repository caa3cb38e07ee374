"""The portal on one machine, until Ctrl-C."""

import argparse
import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from cases.models import User
from operations import lock, portal, tables
from operations.supervisor import StartFailed


class Command(BaseCommand):
    """``manage.py run``: broker, web server, workers and beat; what crashes is started again."""

    help = "Run the portal on this machine until Ctrl-C."
    requires_system_checks: list[str] = []  # the database is migrated first, then checked

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="where the web server answers (default: 8000)")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            with lock.held(settings.DATA_DIR, "run"):
                tables.migrate()
                self.greet_first_person()
                with portal.running(portal.Plan(options["port"]), self.stdout.write) as running:
                    self.stdout.write(f"The portal answers at {running.url} (Ctrl-C stops it).")
                    running.supervisor.wait()
        except (StartFailed, lock.Held) as problem:
            raise CommandError(str(problem)) from problem

    def greet_first_person(self) -> None:
        """Where nobody can sign in yet: an administrator with a password that is shown once."""
        people = User.objects.filter(is_service=False, is_active=True)
        if any(user.has_usable_password() for user in people):  # who only ever acted from a shell has none
            return
        password = secrets.token_urlsafe(12)
        User.objects.create_superuser("admin", password=password, first_name="Administrator")
        self.stdout.write(f"First sign-in: admin / {password} (shown once; change it)")
