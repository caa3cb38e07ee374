"""The region guard writes down what it refuses and what it lets be copied."""

import json

import pytest

from cases.actions.moves import Move, check_move, record_copy
from cases.actions.places import (
    AlreadyOver,
    Permit,
    allow_policy,
    make_first_policy,
    record_authorization,
    withdraw_policy,
)
from cases.models import AwsAccount, CustodyEntry, Policy
from cases.places import MoveRefused

CELL = "444455556666/us-east-1"


@pytest.fixture
def cell(by_ida):
    """A forensics account of one region, in which evidence of "local" may lie."""
    AwsAccount.objects.create(account="444455556666", name="cell", kind="forensics", regions=["us-east-1"])
    allow_policy(jurisdiction="local", place=CELL, reason="same region", by=by_ida)


def entry():
    return json.loads(bytes(CustodyEntry.objects.latest("pk").data))


def check(incident, by, **fields):
    given = {
        "what": "snap-1",
        "jurisdiction": "local",
        "place": CELL,
        "copied_from": "us-east-1",
        "region": "us-east-1",
    }
    return check_move(incident=incident, move=Move(**given | fields), by=by)


def test_a_copy_that_may_be_made_is_written_down_with_what_allows_it(incident, by_rin, cell, appended):
    ruling = check(incident, by_rin)
    assert appended() == ["copy_permitted"]
    assert entry()["object"]["allowed_by"] == ruling.allowed_by


@pytest.mark.parametrize(("source", "action"), [("us-east-1", "copied"), ("eu-west-1", "copied_cross_region")])
def test_a_copy_that_was_made_says_whether_it_crossed(incident, by_rin, run, appended, source, action):
    move = Move("snap-1", "local", CELL, run, copied_from=source, region="us-east-1")
    for _ in range(2):
        record_copy(incident=incident, move=move, copy="snap-2", by=by_rin)
    assert appended() == [action]
    assert (entry()["object"]["from_region"], entry()["object"]["copy"]) == (source, "snap-2")


def test_bytes_that_may_come_are_written_down_when_they_are_stored(incident, by_rin, appended):
    check(incident, by_rin, place="local", copied_from="", region="")
    assert appended() == []


def test_a_refusal_is_written_down_and_raised(incident, by_rin, cell, appended):
    with pytest.raises(MoveRefused, match="snap-1 may not come to"):
        check(incident, by_rin, jurisdiction="eu")
    assert appended() == ["move_refused"]
    assert "no registered account has the jurisdiction 'eu'" in entry()["reason"]


def test_a_run_that_is_refused_again_adds_no_entry(incident, by_rin, run, appended):
    for _ in range(2):
        with pytest.raises(MoveRefused):
            check(incident, by_rin, jurisdiction="eu", run=run)
    assert appended() == ["move_refused"]


def test_a_policy_is_made_once_while_it_stands(by_ida, cell):
    [first, again] = [allow_policy(jurisdiction="local", place=CELL, reason="x", by=by_ida) for _ in range(2)]
    assert first == again


def test_the_first_policy_stays_withdrawn(by_ida):
    withdraw_policy(policy=Policy.objects.get(), reason="everything lies in S3 now", by=by_ida)
    make_first_policy()
    assert not Policy.objects.standing().exists()


def test_an_authorization_that_is_over_before_it_begins_is_refused(incident, by_ida):
    permit = Permit("eu", "local", "urgent", "Art. 49", incident.opened_at)
    with pytest.raises(AlreadyOver, match="give a later end"):
        record_authorization(incident=incident, permit=permit, by=by_ida)
