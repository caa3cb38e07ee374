import re

import pytest
from django.urls import reverse

from cases.actor import Actor
from cases.models import AwsAccount, ReadinessRequest, ReadinessRun
from tests.dashboard.conftest import signed_in
from tests.readiness.looks import looked

pytestmark = pytest.mark.django_db
ADDRESS = "/readiness/"


@pytest.fixture
def administrator(otto):
    """Otto runs the machine; he is a member of no incident by that."""
    otto.is_staff = True
    otto.save(update_fields=["is_staff"])
    return otto


@pytest.fixture
def as_administrator(administrator):
    return signed_in(administrator)


@pytest.fixture
def account():
    return AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload", regions=["us-east-1"])


@pytest.mark.parametrize("name", ["readiness", "look_at_readiness"])
def test_everybody_else_is_told_whom_to_ask(as_ida, name):
    client_does = as_ida.post if name == "look_at_readiness" else as_ida.get
    answer = client_does(reverse(name))
    assert (answer.status_code, "ask one of them" in answer.text) == (403, True)
    assert not ReadinessRequest.objects.exists()


def test_who_is_not_signed_in_is_asked_to(client):
    assert client.get(ADDRESS).status_code == 302


def test_only_administrators_find_it_in_the_navigation(as_administrator, as_ida):
    assert 'href="/readiness/"' in as_administrator.get("/").text
    assert 'href="/readiness/"' not in as_ida.get("/").text


def test_before_the_first_look_it_says_how_to_begin(as_administrator):
    page = as_administrator.get(ADDRESS).text
    assert "Register your accounts" in page
    assert "Check now" not in page


def test_with_accounts_there_is_a_button(as_administrator, account):
    assert "Check now" in as_administrator.get(ADDRESS).text


def test_the_button_asks_and_does_not_look_itself(as_administrator, administrator, account):
    page = as_administrator.post("/readiness/look/", follow=True)
    assert ReadinessRequest.objects.get().requested_by == administrator
    assert "Asked. A worker makes the checks." in page.text
    assert 'hx-trigger="every 3s"' in page.text
    assert not ReadinessRun.objects.exists()


def test_asking_twice_is_asking_once(as_administrator, account):
    as_administrator.post("/readiness/look/")
    page = as_administrator.post("/readiness/look/", follow=True)
    assert "It is at work already." in page.text
    assert ReadinessRequest.objects.count() == 1


def test_a_get_asks_for_nothing(as_administrator):
    assert as_administrator.get("/readiness/look/").status_code == 405


def test_a_score_has_its_denominator(as_administrator, administrator):
    run = looked(Actor(administrator))
    page = as_administrator.get(ADDRESS).text
    assert f"<b>{run.passed} of {run.checks}</b> checks pass" in page


def test_what_failed_comes_before_what_is_not_known_and_what_is_half_done(as_administrator, administrator):
    looked(Actor(administrator), 0.2)
    page = as_administrator.get(ADDRESS).context["page"]
    assert list(dict.fromkeys(line.word for line in page.undone)) == ["Failed", "Not known", "Partly"]
    weights = [line.weight for line in page.undone if line.word == "Failed"]
    assert weights == sorted(weights, reverse=True)


def test_the_words_of_aws_are_shown_as_text(as_administrator, administrator):
    looked(Actor(administrator))
    page = as_administrator.get(ADDRESS).text
    assert "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; ⟨U+202E⟩gnp.exe" in page
    assert "<script>alert" not in page


def test_an_earlier_look_can_be_read(as_administrator, administrator):
    first, second = looked(Actor(administrator), 0.1), looked(Actor(administrator), 1)
    pages = [as_administrator.get(f"/readiness/{run.pk}/").context["page"] for run in (first, second)]
    assert [page.run for page in pages] == [first, second]
    assert pages[1].undone == []


def test_a_look_that_never_was_is_not_found(as_administrator):
    assert as_administrator.get("/readiness/99/").status_code == 404


def test_the_picture_shows_each_look(as_administrator, administrator):
    for share in (0.2, 0.5, 0.9):
        looked(Actor(administrator), share)
    page = as_administrator.get(ADDRESS).text
    assert len(re.findall("<circle", page)) == 3


def test_a_request_that_came_to_nothing_says_so(as_administrator, administrator):
    looked(Actor(administrator))
    ReadinessRequest.objects.create(
        requested_by=administrator, requested_at="2026-11-23T00:00Z", is_open=False, error="three tries ended"
    )
    assert "came to nothing: three tries ended" in as_administrator.get(ADDRESS).text


def test_htmx_gets_the_changing_part_alone(as_administrator, administrator):
    looked(Actor(administrator))
    page = as_administrator.get(ADDRESS, headers={"HX-Request": "true"}).text
    assert page.lstrip().startswith('<div id="readiness">')


def test_ids_are_given_once_and_nothing_is_inline(as_administrator, administrator):
    looked(Actor(administrator))
    page = as_administrator.get(ADDRESS).text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(ids) == sorted(set(ids))
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]*\bsrc=)", page)


def test_its_queries_do_not_grow_with_the_history(as_administrator, administrator, django_assert_num_queries):
    looked(Actor(administrator))
    with django_assert_num_queries(6):
        as_administrator.get(ADDRESS)
    for _ in range(4):
        looked(Actor(administrator))
    with django_assert_num_queries(6):
        as_administrator.get(ADDRESS)
