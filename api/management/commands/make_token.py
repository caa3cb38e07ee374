"""Make an API token and print it once."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction

from api.models import ApiToken
from cases.actions.custody import Action, record_portal_deed
from cases.actor import Actor
from cases.models import User

LONGEST = 3650  # days


class Command(BaseCommand):
    help = "Make a token for the REST API. It is printed once and stored only as a hash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("user", help="user name of who answers for what the token does")
        parser.add_argument("--name", required=True, help="what the token is for, such as soar-production")
        parser.add_argument("--scope", choices=ApiToken.Scope.values, default=ApiToken.Scope.READ)
        parser.add_argument("--days", type=int, default=90, help="how long it works (default 90)")

    def handle(self, *args: Any, user: str, name: str, scope: str, days: int, **options: Any) -> None:
        owner = User.objects.filter(username=user, is_active=True).first()
        if owner is None:
            raise CommandError(f"there is no active user {user!r}; make one first: manage.py person {user}")
        if not 1 <= days <= LONGEST:
            raise CommandError(f"--days {days} is out of bounds; give 1 to {LONGEST}")
        try:
            secret = make_token(owner, name, scope, timedelta(days=days))
        except IntegrityError:
            raise CommandError(f"{user} has a token named {name!r} already; take another name") from None
        self.stdout.write(secret)


@transaction.atomic
def make_token(owner: User, name: str, scope: str, lasts: timedelta) -> str:
    """Store the token's hash, write it down in the portal's log, and return the secret: it is nowhere else."""
    token, secret = ApiToken.objects.create(user=owner, expiry=lasts, name=name, scope=scope)
    about = {"type": "token", "id": token.token_key, "name": name, "scope": scope, "user": owner.username}
    record_portal_deed(action=Action.ACCESS_GRANTED, about=about, by=Actor(owner, "shell"))
    return str(secret)
