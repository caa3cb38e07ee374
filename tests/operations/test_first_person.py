"""A portal that nobody can sign in to gives a first password, and no other does."""

from io import StringIO

import pytest
from django.core.management import call_command

from cases.models import User
from operations.management.commands.investigate import shell_actor
from operations.management.commands.run import Command

pytestmark = pytest.mark.django_db


def greeted():
    out = StringIO()
    Command(stdout=out).greet_first_person()
    return out.getvalue()


def test_a_new_portal_shows_a_password_that_signs_in(client):
    words = greeted().split()
    form = {"username": words[words.index("/") - 1], "password": words[words.index("/") + 1]}
    assert client.post("/sign-in/", form).status_code == 302


def test_it_is_shown_once():
    greeted()
    assert greeted() == ""


def test_a_portal_used_only_from_a_shell_gives_one_too():
    shell_actor("local")
    assert "admin / " in greeted()


def test_who_has_a_password_already_keeps_the_portal(ida):
    assert greeted() == ""


def test_a_person_let_in_from_the_shell_keeps_it_too():
    call_command("person", "local", stdout=StringIO())
    assert greeted() == ""
    assert User.objects.get(is_service=False).username == "local"
