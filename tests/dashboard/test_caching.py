import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient
from django.urls import reverse

from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["incident", "findings", "timeline", "custody"])
def test_no_page_of_an_incident_is_kept(as_ida, incident, name):
    answer = as_ida.get(reverse(name, args=[incident.reference]))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize("path", ["/", "/incidents/FP-1999-000001/", "/sign-in/"])
def test_neither_lists_nor_refusals_nor_redirects_are_kept(as_ida, path):
    assert "no-store" in as_ida.get(path).headers["Cache-Control"]


@pytest.mark.parametrize("path", ["incidents/", "incidents/99/"])
def test_no_answer_of_the_api_is_kept(ida, path):
    assert Caller(ida).get(path).headers["Cache-Control"] == "private, no-store"


def test_the_schema_keeps_its_own_word(client):
    assert "max-age=3600" in client.get("/api/v1/schema/").headers["Cache-Control"]


def test_static_files_keep_theirs(client, settings):
    settings.SERVESTATIC_USE_FINDERS = True
    file = next(path for path in (settings.BASE_DIR / "static").rglob("*.css"))
    answer = client.get(f"/static/{file.relative_to(settings.BASE_DIR / 'static')}")
    assert answer.status_code == 200
    assert "no-store" not in answer.headers.get("Cache-Control", "")


def test_a_server_that_awaits_says_so_too():
    answer = async_to_sync(AsyncClient().get)("/sign-in/")
    assert "no-store" in answer.headers["Cache-Control"]
