"""The page of accounts and roles: there for whoever runs the portal, and for nobody else."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from cases.actions.accounts import Tried, record_role_checks
from cases.actor import Actor
from cases.models import AwsAccount
from forensics_portal.celery import app
from tests.dashboard.conftest import signed_in

NUMBER = "111122223333"
PAGE, CHECK = "/accounts/", "/accounts/check/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(otto):
    """Otto runs the portal and belongs to no incident."""
    otto.is_staff = True
    otto.save()
    return signed_in(otto)


@pytest.fixture
def account():
    return AwsAccount.objects.create(
        account=NUMBER,
        name="prod-web",
        kind="workload",
        regions=["eu-west-1"],
        jurisdiction="eu",
        read_role_arn=f"arn:aws:iam::{NUMBER}:role/ForensicsReadOnly",
    )


def try_role(account, by, **fields):
    tried = Tried(account, "read", **{"role_arn": account.read_role_arn} | fields)
    return record_role_checks(tried=[tried], by=Actor(by))


def test_it_shows_each_account_with_its_roles(as_admin, account):
    page = as_admin.get(PAGE).text
    assert all(word in page for word in ("prod-web", NUMBER, "Workload", "eu-west-1", "eu", "Never tried"))


def test_it_shows_the_newest_try_and_what_to_do(as_admin, account, otto):
    try_role(account, otto, is_entered=True, found_account=NUMBER)
    try_role(account, otto, said="<b>not authorized</b>")
    page = as_admin.get(PAGE).text
    assert "Does not work" in page
    assert "Deploy ForensicsReadOnly there" in page
    assert "&lt;b&gt;not authorized&lt;/b&gt;" in page


def shown(page):
    """State and words of the read role."""
    [state, words] = re.search(r'<span class="pill" data-state="(\w+)">.*?</svg>([^<]+)</span>', page.text).groups()
    return state, words


@pytest.mark.parametrize(
    ("fields", "is_simulated", "pill"),
    [
        ({"refuses_strangers": True}, False, ("ok", "Works")),
        ({"refuses_strangers": False}, True, ("ok", "Works")),
        ({"refuses_strangers": False}, False, ("warn", "Works, something is missing")),
        (
            {"refuses_strangers": True, "missing_actions": ["s3:GetObject"]},
            True,
            ("warn", "Works, something is missing"),
        ),
    ],
)
def test_a_role_that_works_is_green_unless_something_is_missing(
    as_admin, account, otto, settings, fields, is_simulated, pill
):
    settings.SIMULATION = is_simulated
    try_role(account, otto, is_entered=True, found_account=NUMBER, are_actions_known=True, **fields)
    assert shown(as_admin.get(PAGE)) == pill


def test_a_try_at_another_role_says_nothing_of_this_one(as_admin, account, otto):
    try_role(account, otto, role_arn="arn:aws:iam::999999999999:role/Old")
    assert "Never tried" in as_admin.get(PAGE).text


def test_without_accounts_it_says_how_to_begin(as_admin):
    assert "manage.py organisation discover" in as_admin.get(PAGE).text


def test_twenty_accounts_take_no_more_queries_than_one(as_admin, otto, django_assert_max_num_queries):
    for at in range(20):
        one = AwsAccount.objects.create(account=f"{at:012d}", name=f"a{at}", kind="workload", read_role_arn="arn:x")
        try_role(one, otto)
    with django_assert_max_num_queries(5):  # session, user, accounts, checks
        assert as_admin.get(PAGE).text.count("Does not work") == 20


@pytest.mark.parametrize("address", [PAGE, CHECK])
class TestForEverybodyElse:
    def ask(self, client, address):
        return client.get(address) if address == PAGE else client.post(address)

    def test_a_commander_is_told_whom_to_ask(self, as_ida, incident, address):
        answer = self.ask(as_ida, address)
        assert (answer.status_code, "ask one of them" in answer.text) == (403, True)

    def test_a_stranger_is_asked_to_sign_in(self, address):
        answer = self.ask(Client(), address)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, reverse("sign_in"))

    def test_who_was_switched_off_is_a_stranger(self, as_admin, otto, address):
        otto.is_active = False
        otto.save()
        assert self.ask(as_admin, address).status_code == 302


def test_looking_tries_nothing(as_admin):
    assert as_admin.get(CHECK).status_code == 405


def test_only_who_runs_the_portal_sees_it_in_the_navigation(as_admin, as_ida):
    link = f'href="{PAGE}"'
    assert link in as_admin.get(PAGE).text
    assert link not in as_ida.get("/").text


def test_a_broker_that_is_away_is_said_with_a_way_out(as_admin, account):
    page = as_admin.post(CHECK, follow=True).text
    assert "manage.py roles" in page


def test_what_a_page_asks_for_is_a_task_that_workers_know():
    assert "phases.tasks.check_roles" in app.tasks
