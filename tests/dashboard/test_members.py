import json

import pytest
from django.urls import reverse

from cases.actions.incidents import MemberRefused, end_membership, set_member
from cases.actor import Actor
from cases.models import CustodyEntry, Incident, Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(incident):
    return reverse("members", args=[incident.reference])


def membership(user):
    return Membership.objects.filter(user=user, ended_at=None).first()


def end(client, member):
    return client.post(reverse("end_member", args=[member.incident.reference, member.pk]), follow=True)


def test_it_lists_who_belongs(as_rin, address):
    page = as_rin.get(address)
    assert [member.user.username for member in page.context["now"]] == ["ida", "rin"]


def test_the_commander_lets_somebody_in(as_ida, as_otto, otto, incident, address):
    as_ida.post(address, {"username": "otto", "role": "analyst"})
    assert membership(otto).role == "analyst"
    assert as_otto.get(reverse("incident", args=[incident.reference])).status_code == 200


def test_a_new_role_ends_the_one_before(as_ida, rin, address):
    as_ida.post(address, {"username": "rin", "role": "observer"})
    page = as_ida.get(address)
    assert membership(rin).role == "observer"
    assert [member.role for member in page.context["before"]] == ["responder"]


def test_a_change_of_command_is_said_in_words_and_in_the_log(as_ida, ida, rin, incident, address):
    page = as_ida.post(address, {"username": "rin", "role": "commander"}, follow=True)
    assert "Rin Tanaka commands now; Ida Moreau stays as responder." in page.text
    assert (membership(rin).role, membership(ida).role) == ("commander", "responder")
    entries = CustodyEntry.objects.filter(log__name=incident.reference, action="access_granted").order_by("seq")
    said = [json.loads(bytes(entry.data))["object"] for entry in entries]
    assert [(one["name"], one["role"]) for one in said][-2:] == [
        ("Ida Moreau", "responder"),
        ("Rin Tanaka", "commander"),
    ]


def test_who_handed_the_command_over_decides_no_more(as_ida, as_rin, ida, rin, incident, address):
    as_ida.post(address, {"username": "rin", "role": "commander"})
    assert as_ida.post(address, {"username": "otto", "role": "analyst"}).status_code == 403
    page = as_rin.post(address, {"username": "ida", "role": "commander"}, follow=True)
    assert "Ida Moreau commands now; Rin Tanaka stays as responder." in page.text
    incident.refresh_from_db()
    assert incident.commander == ida


def test_whose_membership_ends_sees_nothing_any_more(as_ida, as_rin, rin, incident):
    end(as_ida, membership(rin))
    assert as_rin.get(reverse("incident", args=[incident.reference])).status_code == 404


@pytest.mark.parametrize("name", ["nobody", "portal", ""])
def test_who_cannot_sign_in_cannot_be_added(as_ida, address, name, django_user_model):
    django_user_model.objects.get_or_create(username="portal", is_service=True)
    assert as_ida.post(address, {"username": name, "role": "analyst"}).status_code == 422


def test_the_commander_cannot_be_ended(as_ida, ida, incident):
    assert "The commander stays, for nobody would be left in command" in end(as_ida, membership(ida)).text
    assert membership(ida)


def test_the_commander_cannot_become_less(as_ida, ida, address):
    assert as_ida.post(address, {"username": "ida", "role": "observer"}).status_code == 422
    assert membership(ida).role == "commander"


def test_only_the_commander_decides(as_rin, ida, rin, address):
    assert as_rin.post(address, {"username": "otto", "role": "analyst"}).status_code == 403
    assert end(as_rin, membership(ida)).status_code == 403


def test_a_membership_ends_once(as_ida, rin, incident):
    member = membership(rin)
    end(as_ida, member)
    assert end(as_ida, member).status_code == 404


def test_of_two_who_are_given_the_command_at_once_the_first_keeps_it(ida, rin, otto, incident):
    seen_before = Incident.objects.get(pk=incident.pk)
    set_member(incident=incident, user=rin, role="commander", by=Actor(ida))
    with pytest.raises(MemberRefused, match="Rin Tanaka commands now"):
        set_member(incident=seen_before, user=otto, role="commander", by=Actor(ida))
    assert (membership(rin).role, membership(otto)) == ("commander", None)


@pytest.mark.parametrize(
    "act",
    [
        lambda incident, rin, ida: end_membership(incident=incident, user=rin, by=Actor(ida)),
        lambda incident, rin, ida: set_member(incident=incident, user=rin, role="observer", by=Actor(ida)),
    ],
    ids=["ended", "observer"],
)
def test_who_has_just_been_given_the_command_is_not_taken_out(ida, rin, incident, act):
    seen_before = Incident.objects.get(pk=incident.pk)
    set_member(incident=incident, user=rin, role="commander", by=Actor(ida))
    with pytest.raises(MemberRefused):
        act(seen_before, rin, ida)
    assert membership(rin).role == "commander"
    assert Incident.objects.get(pk=incident.pk).commander == rin


def test_a_commander_is_neither_demoted_nor_ended(ida, incident):
    for act in (
        lambda: set_member(incident=incident, user=ida, role="observer", by=Actor(ida)),
        lambda: end_membership(incident=incident, user=ida, by=Actor(ida)),
    ):
        with pytest.raises(MemberRefused, match="hand it over first"):
            act()
    assert membership(ida).role == "commander"
