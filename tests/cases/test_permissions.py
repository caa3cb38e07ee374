import pytest

from cases.actions.incidents import end_membership, set_member
from cases.models import Membership
from cases.permissions import ROLES, NotAllowed, Verb, require, role_of, verbs_of

ALLOWED = {
    "observer": "read",
    "external": "read",
    "legal": "read hold export authorize",
    "analyst": "read examine analyze note",
    "responder": "read examine analyze note collect download",
    "commander": " ".join(Verb),
}


def test_every_role_is_in_the_table():
    assert set(ROLES) == set(Membership.Role.values) == set(ALLOWED)


@pytest.mark.parametrize("role", Membership.Role.values)
@pytest.mark.parametrize("verb", Verb)
def test_a_role_may_what_its_line_says_and_no_more(incident, otto, by_ida, role, verb):
    set_member(incident=incident, user=otto, role=role, by=by_ida)
    if verb in ALLOWED[role].split():
        require(otto, verb, incident)
    else:
        with pytest.raises(NotAllowed, match=f"{role} may not {verb} in {incident}; ask the commander"):
            require(otto, verb, incident)


def test_an_outsider_may_nothing(incident, otto):
    assert role_of(otto, incident) is None
    assert verbs_of(otto, incident) == frozenset()
    with pytest.raises(NotAllowed, match="nobody may not read"):
        require(otto, Verb.READ, incident)


def test_who_was_a_member_may_nothing(incident, rin, by_ida):
    end_membership(incident=incident, user=rin, by=by_ida)
    assert verbs_of(rin, incident) == frozenset()


def test_who_left_the_house_may_nothing(incident, rin):
    rin.is_active = False
    assert verbs_of(rin, incident) == frozenset()
