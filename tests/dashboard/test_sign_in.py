from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
DOOR = "/sign-in/"


@pytest.mark.parametrize("name", ["queue", "new_incident"])
def test_it_leads_strangers_to_the_door(client, name):
    assert client.get(reverse(name)).headers["Location"].startswith(DOOR)


def test_it_leads_back_to_where_one_wanted_to_go(client, ida):
    answer = client.post(DOOR, {"username": "ida", "password": PASSWORD, "next": "/incidents/new/"})
    assert answer.headers["Location"] == "/incidents/new/"


def test_it_never_leads_to_another_site(client, ida):
    answer = client.post(DOOR, {"username": "ida", "password": PASSWORD, "next": "https://evil.example/"})
    assert answer.headers["Location"] == "/"


def test_a_wrong_password_is_the_same_page_with_words(client, ida):
    answer = client.post(DOOR, {"username": "ida", "password": "guess"})
    assert answer.status_code == 422
    assert "do not match" in answer.text


def test_ten_wrong_tries_shut_the_door_with_words(client, ida):
    for _ in range(10):
        answer = client.post(DOOR, {"username": "ida", "password": "guess"})
    assert answer.status_code == 429
    assert "Too many wrong tries" in answer.text
    assert client.post(DOOR, {"username": "ida", "password": PASSWORD}).status_code == 429


def test_tries_from_many_addresses_shut_the_door_too(client, ida):
    for number in range(10):
        client.post(DOOR, {"username": "ida", "password": "guess"}, REMOTE_ADDR=f"192.0.2.{number}")
    assert client.post(DOOR, {"username": "ida", "password": PASSWORD}, REMOTE_ADDR="192.0.2.99").status_code == 429


def test_the_door_of_one_is_open_for_another(client, ida, rin):
    for _ in range(10):
        client.post(DOOR, {"username": "ida", "password": "guess"})
    assert client.post(DOOR, {"username": "rin", "password": PASSWORD}).status_code == 302


def test_a_header_that_names_an_address_is_not_believed(client, ida):
    for number in range(10):
        client.post(DOOR, {"username": "ida", "password": "guess"}, headers={"X-Forwarded-For": f"192.0.2.{number}"})
    assert client.post(DOOR, {"username": "ida", "password": PASSWORD}).status_code == 429


def test_the_door_opens_again_after_a_while(client, ida):
    for _ in range(10):
        client.post(DOOR, {"username": "ida", "password": "guess"})
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert client.post(DOOR, {"username": "ida", "password": PASSWORD}).status_code == 302


def test_signing_out_needs_a_post(as_ida):
    assert as_ida.get("/sign-out/").status_code == 405
    as_ida.post("/sign-out/")
    assert as_ida.get("/").status_code == 302


def test_who_is_signed_in_needs_no_door(as_ida):
    assert as_ida.get(DOOR).headers["Location"] == "/"
