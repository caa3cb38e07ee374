from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.utils import timezone

from api.models import ApiToken
from cases.models import PORTAL_LOG, CustodyEntry


def make_token(*words):
    out = StringIO()
    call_command("make_token", *words, stdout=out)
    return out.getvalue().strip()


def whoami(secret):
    return Client(headers={"Authorization": f"Bearer {secret}"}).get("/api/v1/")


def test_it_makes_a_token_that_works(rin):
    secret = make_token("rin", "--name", "soar", "--scope", "write", "--days", "7")
    answer = whoami(secret).json()
    assert (answer["user"], answer["token"], answer["scope"]) == ("rin", "soar", "write")


def test_the_secret_is_stored_nowhere(rin):
    secret = make_token("rin", "--name", "soar")
    row = ApiToken.objects.values().get()
    assert secret.startswith("fp_")
    assert secret not in str(row)
    assert secret not in str([bytes(entry.data) for entry in CustodyEntry.objects.all()])


def test_making_a_token_is_written_in_the_portals_log(rin):
    make_token("rin", "--name", "soar")
    entry = CustodyEntry.objects.filter(log__name=PORTAL_LOG).latest("seq")
    assert (entry.action, entry.object_type) == ("access_granted", "token")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nobody", "--name", "soar"), "no active user"),
        (("rin", "--name", "soar", "--days", "0"), "out of bounds"),
        (("rin", "--name", "taken"), "another name"),
    ],
)
def test_it_says_why_it_makes_none(rin, words, message):
    ApiToken.objects.create(user=rin, name="taken")
    with pytest.raises(CommandError, match=message):
        make_token(*words)


def test_a_token_reads_unless_it_was_made_to_write(rin):
    secret = make_token("rin", "--name", "dashboard")
    client = Client(headers={"Authorization": f"Bearer {secret}"})
    assert client.get("/api/v1/incidents/").status_code == 200
    answer = client.post("/api/v1/incidents/", {"title": "x"}, content_type="application/json")
    assert (answer.status_code, "may only read" in answer.json()["detail"]) == (403, True)


def test_an_expired_token_is_refused_and_kept(as_rin):
    ApiToken.objects.update(expiry=timezone.now() - timedelta(seconds=1))
    answer = as_rin.get("incidents/")
    assert (answer.status_code, "has expired" in answer.json()["detail"]) == (401, True)
    assert ApiToken.objects.count() == 1


def test_the_token_of_a_person_who_was_switched_off_is_refused(as_rin, rin):
    rin.is_active = False
    rin.save()
    assert as_rin.get("incidents/").status_code == 401


@pytest.mark.parametrize("value", ["Bearer", "Bearer fp_nothing", "Bearer a b", "Bearer \xff", "Basic eDp5", "fp_x"])
def test_what_is_no_token_is_refused(db, value):
    assert Client(headers={"Authorization": value}).get("/api/v1/").status_code == 401


def test_many_wrong_tokens_lock_nobody_out(as_rin):
    for _ in range(12):
        whoami("fp_wrong")
    assert as_rin.get("incidents/").status_code == 200


def test_a_name_stands_for_one_token_of_a_user(rin):
    ApiToken.objects.create(user=rin, name="soar")
    with pytest.raises(IntegrityError):
        ApiToken.objects.create(user=rin, name="soar")
