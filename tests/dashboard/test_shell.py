"""What surrounds every page: headers, navigation, errors."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse

from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db
PAGES = [
    "incident",
    "runs",
    "gaps",
    "members",
    "places",
    "collect",
    "plan",
    "coverage",
    "evidence",
    "timeline",
    "story",
    "notes",
    "findings",
    "report",
    "custody",
]


def test_the_policy_allows_nothing_from_elsewhere_and_nothing_inline(as_ida, incident):
    page = as_ida.get(reverse("incident", args=[incident.reference]))
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_inline_style_or_script(as_ida, found, name):
    page = as_ida.get(reverse(name, args=[found.reference])).text
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", page)


@pytest.mark.parametrize("name", PAGES)
def test_every_address_of_a_page_is_on_this_site(as_ida, found, name):
    page = as_ida.get(reverse(name, args=[found.reference])).text
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)


@pytest.mark.parametrize("name", PAGES)
def test_ids_are_given_once(as_ida, found, name):
    ids = re.findall(r'\sid="([^"]+)"', as_ida.get(reverse(name, args=[found.reference])).text)
    assert sorted(ids) == sorted(set(ids))


@pytest.mark.parametrize(
    ("name", "word"),
    [("runs", "Runs"), ("gaps", "Gaps"), ("members", "Members"), ("collect", "Runs"), ("coverage", "Coverage")],
)
def test_the_navigation_marks_the_place(as_ida, incident, name, word):
    page = as_ida.get(reverse(name, args=[incident.reference])).text
    assert re.search(rf'aria-current="page">(?:<svg.*?</svg>)?{word}', page)


def test_the_navigation_counts_inside_the_incident_alone(as_ida, found):
    page = as_ida.get(reverse("incident", args=[found.reference])).context["incident"]
    assert (page.evidence_count, page.finding_count, page.open_gaps) == (1, 1, 0)


@pytest.mark.parametrize("name", ["board", "runs", "coverage"])
def test_what_the_navigation_counts_comes_with_each_live_part(as_ida, found, name):
    address = reverse(name, args=[found.reference])
    part = as_ida.get(address, headers={"HX-Request": "true"}).text
    assert 'id="finding_count" hx-swap-oob="true">1</span>' in part
    assert 'id="open_gaps" hx-swap-oob="true" data-state="warn" hidden>0</span>' in part
    assert "hx-swap-oob" not in as_ida.get(reverse("incident", args=[found.reference])).text


def test_the_theme_of_the_cookie_is_in_the_first_paint(as_ida):
    as_ida.cookies["theme"] = "dark"
    assert '<html lang="en" data-theme="dark">' in as_ida.get("/").text


def test_another_theme_than_the_two_is_left_out(as_ida):
    as_ida.cookies["theme"] = "x"
    assert "data-theme=" not in as_ida.get("/").text


def test_what_there_is_not_is_a_page_with_words(as_ida):
    page = as_ida.get("/incidents/FP-2026-999999/")
    assert page.status_code == 404
    assert "no member of" in page.text


def test_a_form_from_elsewhere_is_refused_in_words(ida):
    client = Client(enforce_csrf_checks=True)
    client.force_login(ida)
    page = client.post("/incidents/new/", {"title": "x"})
    assert page.status_code == 403
    assert "This form is too old" in page.text


def test_the_portals_own_mistake_is_told_without_a_request():
    assert "no evidence changed" in render_to_string("500.html")


def test_looking_changes_nothing(ida, found):
    client = signed_in(ida)
    found.refresh_from_db()
    before = found.change
    for name in PAGES:
        client.get(reverse(name, args=[found.reference]))
    found.refresh_from_db()
    assert found.change == before
