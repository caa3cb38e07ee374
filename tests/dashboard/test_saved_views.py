"""Saved views: a question under a name, for all members, removed by who saved it or the commander."""

import pytest
from django.urls import reverse

from cases.actions import saved_views
from cases.actions.incidents import set_member
from cases.actions.saved_views import save_view
from cases.actor import Actor
from cases.models import CustodyEntry, Incident, SavedView
from tests.dashboard import casework
from tests.dashboard.conftest import signed_in

pytestmark = pytest.mark.django_db
QUERY = "?event_name=CreateAccessKey&order=newest"


@pytest.fixture
def url(examined):
    return reverse("timeline", args=[examined.reference])


@pytest.fixture
def save(as_rin, examined):
    address = reverse("save_view", args=[examined.reference])
    return lambda name="New keys", query=QUERY, **more: as_rin.post(address, {"name": name, "query": query}, **more)


@pytest.fixture
def saved(examined, rin):
    return save_view(incident=examined, name="New <keys>", query=QUERY[1:], by=Actor(rin))[0]


@pytest.fixture
def remove(examined):
    return reverse("remove_view", args=[examined.reference])


def member(incident, ida, model, role):
    olga = model.objects.create_user("olga")
    set_member(incident=incident, user=olga, role=role, by=Actor(ida))
    return signed_in(olga)


def test_a_question_is_kept_and_every_member_finds_it(save, as_ida, url):
    page = save(follow=True)
    assert page.redirect_chain == [(url + QUERY, 302)]
    assert f'href="{url}{QUERY.replace("&", "&amp;")}"' in as_ida.get(url).text
    assert CustodyEntry.objects.filter(action="view_saved").count() == 1


def test_it_is_offered_where_there_is_something_to_save(as_rin, url):
    assert "Save this view" in as_rin.get(url + QUERY).text
    assert "Save this view" not in as_rin.get(url, {"window": "all"}).text


def test_the_page_of_an_open_event_is_no_part_of_the_question(save):
    save(query=QUERY + "&event=E0001-1-0-1&after=x&field=region&value=us-east-1")
    assert SavedView.objects.get().query == QUERY[1:]


def test_saving_the_same_again_is_said_and_adds_nothing(save):
    save()
    assert "is saved as “New keys” already" in save(" New   keys ", follow=True).text
    assert SavedView.objects.count() == 1


def test_a_name_is_given_once(save):
    save()
    page = save(query="?event_name=ListUsers")
    assert page.status_code == 422
    assert "take another name" in page.text
    assert 'value="New keys"' in page.text
    assert page.context["question"].filters.only == {"event_name": ("ListUsers",)}


@pytest.mark.parametrize("query", ["?colour=red", "?start=yesterday", "?order=odd", "?source_ip=1.2.3.4/99"])
def test_what_the_timeline_refuses_is_not_kept(save, query):
    page = save(query=query)
    assert page.status_code == 422
    assert "That question cannot be asked" in page.text
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    ("name", "query", "words"),
    [
        ("", QUERY, "This field is required"),
        (" ", QUERY, "This field is required"),
        ("x" * 81, QUERY, "at most 80"),
        ("All", "?window=all", "Set a filter first"),
        ("All", "", "This field is required"),
        ("Long", "?q=" + "é" * 2_000, "too long to be kept"),
    ],
)
def test_what_cannot_be_kept_is_said_in_words(save, name, query, words):
    page = save(name, query)
    assert page.status_code == 422
    assert words in page.text
    assert not SavedView.objects.exists()


def test_there_are_only_so_many(save, saved, monkeypatch):
    monkeypatch.setattr(saved_views, "MOST_VIEWS", 1)
    assert "remove one first" in save().text


def test_a_closed_incident_keeps_no_new_view(save, examined):
    Incident.objects.update(state="closed", outcome="benign", closed_at=examined.opened_at)
    assert "reopen it" in save().text


def test_its_name_is_text(as_rin, saved, url):
    assert "New &lt;keys&gt;" in as_rin.get(url).text


@pytest.mark.parametrize("who", ["as_rin", "as_ida"])
def test_who_saved_it_and_the_commander_remove_it(who, saved, remove, request):
    page = request.getfixturevalue(who).post(remove, {"view": saved.pk}, follow=True)
    assert "is removed" in page.text
    assert not SavedView.objects.exists()


def test_another_member_does_not_remove_it(examined, ida, saved, remove, url, django_user_model):
    client = member(examined, ida, django_user_model, "responder")
    assert "Remove a view" not in client.get(url).text
    assert client.post(remove, {"view": saved.pk}).status_code == 403


def test_an_observer_reads_and_does_not_write(examined, ida, saved, remove, url, django_user_model):
    client = member(examined, ida, django_user_model, "observer")
    page = client.get(url + QUERY).text
    assert "New &lt;keys&gt;" in page
    assert "Save this view" not in page
    address = reverse("save_view", args=[examined.reference])
    assert client.post(address, {"name": "Mine", "query": QUERY}).status_code == 403
    assert client.post(remove, {"view": saved.pk}).status_code == 403


def test_for_strangers_there_are_no_views(as_otto, otto, examined, saved, remove):
    assert as_otto.post(reverse("save_view", args=[examined.reference]), {"name": "x"}).status_code == 404
    assert as_otto.post(remove, {"view": saved.pk}).status_code == 404
    own = reverse("remove_view", args=[casework.open_for(otto).reference])
    assert as_otto.post(own, {"view": saved.pk}).status_code == 404


@pytest.mark.parametrize("view", ["", "x", "9" * 20])
def test_a_view_there_is_not_is_not_found(as_rin, remove, view):
    assert as_rin.post(remove, {"view": view}).status_code == 404


def test_the_queries_do_not_grow_with_the_views(as_rin, rin, saved, url, examined, django_assert_num_queries):
    as_rin.get(url)
    with django_assert_num_queries(6):
        as_rin.get(url)
    for number in range(9):
        save_view(incident=examined, name=str(number), query=QUERY[1:], by=Actor(rin))
    with django_assert_num_queries(6):
        as_rin.get(url)
