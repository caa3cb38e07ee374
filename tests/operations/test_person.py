"""People are let in from the shell, and the portal's log keeps it."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases.models import CustodyEntry, Incident, User

pytestmark = pytest.mark.django_db


def password_of(*arguments):
    out = StringIO()
    call_command("person", *arguments, stdout=out)
    return out.getvalue().split()[2]


def test_the_password_that_is_shown_signs_in(client):
    form = {"username": "mei", "password": password_of("mei")}
    assert client.post("/sign-in/", form).status_code == 302
    assert client.get("/").status_code == 200


def test_the_name_is_what_logs_show():
    password_of("mei", "--name", "Mei Sato")
    assert User.objects.get(username="mei").shown_name == "Mei Sato"


def test_somebody_known_gets_a_new_password_and_keeps_the_name(rin):
    password = password_of("rin")
    rin.refresh_from_db()
    assert rin.check_password(password)
    assert rin.shown_name == "Rin Tanaka"


def test_an_administrator_runs_the_portal_and_sees_no_incident(incident, client):
    password_of("mei", "--administrator")
    client.force_login(User.objects.get(username="mei"))
    assert client.get("/accounts/").status_code == 200
    assert client.get(f"/incidents/{incident.reference}/").status_code == 404


def test_a_new_password_takes_no_right_away():
    password_of("mei", "--administrator")
    password_of("mei")
    assert User.objects.get(username="mei").is_staff


def test_a_person_is_no_administrator_and_sees_no_incident(incident):
    password_of("mei")
    mei = User.objects.get(username="mei")
    assert not (mei.is_superuser or mei.is_staff)
    assert not Incident.objects.visible_to(mei).exists()


def test_an_administrator_stays_one_with_a_new_password():
    password_of("mei", "--administrator")
    password_of("mei")
    assert User.objects.get(username="mei").is_staff


def test_the_portals_log_keeps_who_is_an_administrator():
    password_of("mei", "--administrator")
    entry = CustodyEntry.objects.get(action="access_granted", object_type="user")
    assert b'"is_administrator":true' in bytes(entry.data)


def test_the_portals_log_keeps_it_without_the_password():
    password = password_of("mei")
    entry = CustodyEntry.objects.get(action="access_granted", object_type="user")
    assert entry.object_id == "mei"
    assert password not in bytes(entry.data).decode()


def test_it_refuses_a_machines_account():
    User.objects.create(username="soar", is_service=True)
    with pytest.raises(CommandError, match="machine"):
        password_of("soar")


def test_it_refuses_a_name_that_cannot_be_typed():
    with pytest.raises(CommandError, match="username"):
        password_of("not a name")
