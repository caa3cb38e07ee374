"""Let a person sign in, or give them a new password."""

import argparse
import secrets
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from cases.actions.custody import Action, record_portal_deed
from cases.models import User
from operations.management.commands.investigate import make_ready, shell_actor


class Command(BaseCommand):
    """``manage.py person USERNAME --name "First Last"``: the password is printed once and stored only as a hash."""

    requires_system_checks: list[str] = []  # a new embedded database is migrated first
    help = "Let a person sign in; for somebody who can already, make a new password."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("username", help="what they sign in with")
        parser.add_argument("--name", default="", help="first and last name, as reports and logs show it")
        parser.add_argument(
            "--administrator",
            action="store_true",
            help="they run this portal: accounts, roles, readiness",
        )
        parser.add_argument("--as", dest="actor", default="local", help="who is acting (default: local)")

    def handle(self, *_: Any, **options: Any) -> None:
        make_ready()
        try:
            person = Person(options["username"], options["name"], options["administrator"])
            password = admitted(person, options["actor"])
        except ValidationError as problem:
            raise CommandError(
                "; ".join(f"{field}: {' '.join(words)}" for field, words in problem.message_dict.items())
            ) from problem
        self.stdout.write(f"{options['username']} / {password} (shown once)")


@dataclass(frozen=True, slots=True)
class Person:
    """Who is let in. An administrator runs the machine; that nobody loses by a new password."""

    username: str
    name: str = ""
    is_administrator: bool = False


@transaction.atomic
def admitted(person: Person, actor: str) -> str:
    """The new password of the person, written down in the portal's log. Raises ValidationError.

    They are a member of no incident by that; its commander makes them one.
    """
    user = User.objects.filter(username=person.username).first() or User(username=person.username)
    if user.is_service:
        raise ValidationError({"username": "this is a machine's account; people have accounts of their own"})
    if person.name:
        user.first_name, _, user.last_name = person.name.partition(" ")
    user.is_staff = user.is_staff or person.is_administrator
    password = secrets.token_urlsafe(12)
    user.set_password(password)
    user.full_clean()
    user.save()
    about = {"type": "user", "id": user.username, "name": user.shown_name, "is_administrator": user.is_staff}
    record_portal_deed(action=Action.ACCESS_GRANTED, about=about, by=shell_actor(actor))
    return password
