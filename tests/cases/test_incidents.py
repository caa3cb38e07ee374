import threading

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction

from cases.actions.findings import acknowledge_gap, acknowledge_gaps
from cases.actions.incidents import (
    FORWARD,
    IncidentClosed,
    Particulars,
    TransitionRefused,
    VersionConflict,
    change_incident,
    change_state,
    end_membership,
    next_states,
    open_incident,
    set_member,
)
from cases.actions.units import note_gaps
from cases.models import CustodyEntry, GapRecord, Incident, Membership
from plugins import Gap, GapKind

State = Incident.State
FROM_SOAR = Particulars("Leaked key", source="soar", source_ref="case-17")


def count():
    return Incident.objects.count(), CustodyEntry.objects.count()


# opening


def test_a_retry_finds_the_incident_that_is_open(by_ida):
    first, is_new = open_incident(particulars=FROM_SOAR, by=by_ida)
    assert is_new
    before = count()
    assert open_incident(particulars=FROM_SOAR, by=by_ida) == (first, False)
    assert count() == before


@pytest.mark.django_db(transaction=True)
def test_retries_at_the_same_moment_open_one_incident(by_ida):
    start, opened = threading.Barrier(6), []

    def soar():
        start.wait()
        opened.append(open_incident(particulars=FROM_SOAR, by=by_ida))
        connection.close()

    threads = [threading.Thread(target=soar) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({incident.pk for incident, _ in opened}) == 1
    assert [is_new for _, is_new in opened].count(True) == 1
    assert CustodyEntry.objects.filter(action="opened").count() == 2


def test_without_a_reference_of_its_own_each_is_new(by_ida):
    opened = [open_incident(particulars=Particulars("Same title"), by=by_ida) for _ in range(2)]
    assert [is_new for _, is_new in opened] == [True, True]


def test_references_count_up_and_carry_the_year(by_ida):
    references = [open_incident(particulars=Particulars("x"), by=by_ida)[0].reference for _ in range(2)]
    assert [reference[-7:] for reference in references] == ["-000001", "-000002"]
    assert references[0].startswith("FP-20")


def test_a_source_without_its_reference_is_refused(by_ida):
    with pytest.raises(IntegrityError):
        open_incident(particulars=Particulars("x", source="soar"), by=by_ida)


def test_who_opens_it_commands_it(by_ida, incident):
    assert incident.commander == by_ida.user
    assert incident.memberships.get(user=by_ida.user).role == "commander"


def test_somebody_else_may_be_named_commander(by_ida, rin):
    incident, _ = open_incident(particulars=Particulars("x"), by=by_ida, commander=rin)
    roles = dict(incident.memberships.values_list("user__username", "role"))
    assert roles == {"ida": "responder", "rin": "commander"}


# states

EDGES = [(before, after) for before in State.values for after in State.values if before != after]


def put_in(incident, state):
    fields = {"outcome": "benign", "closed_at": incident.opened_at} if state == "closed" else {}
    Incident.objects.filter(pk=incident.pk).update(state=state, **fields)
    return Incident.objects.get(pk=incident.pk)


@pytest.mark.parametrize(("before", "after"), [edge for edge in EDGES if edge[0] != "on_hold"])
def test_it_goes_only_where_the_table_says(incident, by_ida, before, after):
    incident = put_in(incident, before)
    if after in FORWARD[before] and after != "closed":
        change_state(incident=incident, to=after, by=by_ida, reason="because")
        assert Incident.objects.get().state == after
    else:
        with pytest.raises(TransitionRefused):
            change_state(incident=incident, to=after, by=by_ida, reason="because")
        assert Incident.objects.get().state == before


def test_it_cannot_go_where_it_is(incident, by_ida):
    with pytest.raises(TransitionRefused, match="is submitted; from there it may go to: acknowledged, on_hold"):
        change_state(incident=incident, to="submitted", by=by_ida)


def test_from_hold_it_goes_back_where_it_came_from(incident, by_ida):
    for to in ("acknowledged", "on_hold"):
        change_state(incident=incident, to=to, by=by_ida)
    assert next_states(Incident.objects.get()) == {"acknowledged"}


def test_the_state_is_the_last_of_its_transitions(incident, by_ida):
    for to in ("acknowledged", "detection_and_analysis"):
        change_state(incident=incident, to=to, by=by_ida, reason="next")
    steps = list(incident.transitions.order_by("pk").values_list("from_state", "to_state"))
    assert steps == [("", "submitted"), ("submitted", "acknowledged"), ("acknowledged", "detection_and_analysis")]


def test_it_needs_a_commander_to_be_acknowledged(incident, by_ida):
    Incident.objects.update(commander=None)
    with pytest.raises(TransitionRefused, match="has no commander; name one first"):
        change_state(incident=incident, to="acknowledged", by=by_ida)


def test_acknowledging_sets_its_clock(incident, by_ida):
    change_state(incident=incident, to="acknowledged", by=by_ida)
    assert Incident.objects.get().acknowledged_at


def test_one_open_gap_is_told_in_the_singular(with_gaps, by_ida):
    acknowledge_gap(gap=with_gaps.gaps.first(), by=by_ida, reason="known")
    with pytest.raises(TransitionRefused, match="1 gap is open; acknowledge"):
        change_state(incident=with_gaps, to="ready_to_close", by=by_ida)


def test_reopening_needs_a_reason(incident, by_ida):
    incident = put_in(incident, "closed")
    with pytest.raises(TransitionRefused, match="reopening needs a reason"):
        change_state(incident=incident, to="detection_and_analysis", by=by_ida)
    change_state(incident=incident, to="detection_and_analysis", by=by_ida, reason="it came back")


@pytest.fixture
def with_gaps(incident, lease):
    note_gaps(lease=lease, gaps=[Gap(GapKind.DENIED, "a", "no"), Gap(GapKind.DENIED, "b", "no")])
    incident.runs.update(state="complete")
    return put_in(incident, "post_incident")


def test_it_is_not_ready_to_close_with_open_gaps(with_gaps, by_ida):
    with pytest.raises(TransitionRefused, match="2 gaps are open; acknowledge each by name first"):
        change_state(incident=with_gaps, to="ready_to_close", by=by_ida)


def test_acknowledged_gaps_let_it_close(with_gaps, by_ida):
    acknowledge_gaps(gaps=list(GapRecord.objects.all()), by=by_ida, reason="the account is gone")
    change_state(incident=with_gaps, to="ready_to_close", by=by_ida)
    assert Incident.objects.get().state == "ready_to_close"


def test_it_is_not_ready_to_close_while_anything_is_at_work(incident, run, by_ida):
    incident = put_in(incident, "post_incident")
    with pytest.raises(TransitionRefused, match="collection is still in progress"):
        change_state(incident=incident, to="ready_to_close", by=by_ida)


def test_closing_needs_a_verdict_then_a_final_report(incident, by_ida):
    incident = put_in(incident, "ready_to_close")
    with pytest.raises(TransitionRefused, match="choose a verdict first"):
        change_state(incident=incident, to="closed", by=by_ida)
    change_incident(incident=incident, values={"outcome": "benign"}, by=by_ida)
    with pytest.raises(TransitionRefused, match="approve a report as final first"):
        change_state(incident=incident, to="closed", by=by_ida)


def test_the_database_itself_refuses_a_closed_incident_without_outcome(incident):
    with pytest.raises(IntegrityError, match="incident_closed_with_outcome"), transaction.atomic():
        Incident.objects.update(state="closed")


# particulars


def test_a_change_says_what_was_before(incident, by_ida):
    changed = change_incident(incident=incident, values={"severity": 5, "title": incident.title}, by=by_ida)
    assert (changed.severity, changed.version) == (5, incident.version + 2)  # a member was added before
    assert b'"after":{"severity":5},"before":{"severity":4}' in bytes(CustodyEntry.objects.latest("pk").data)


def test_no_difference_is_no_entry(incident, by_ida, appended):
    change_incident(incident=incident, values={"title": incident.title}, by=by_ida)
    assert appended() == []


def test_only_particulars_can_be_changed(incident, by_ida, appended):
    change_incident(incident=incident, values={"reference": "FP-1", "state": "closed"}, by=by_ida)
    assert appended() == []


def test_a_change_over_a_version_that_is_gone_is_refused(incident, by_ida):
    seen = Incident.objects.get().version
    change_incident(incident=incident, values={"title": "First"}, by=by_ida, version=seen)
    with pytest.raises(VersionConflict, match="read it again"):
        change_incident(incident=incident, values={"title": "Second"}, by=by_ida, version=seen)
    assert Incident.objects.get().title == "First"


def test_a_closed_incident_keeps_its_particulars(incident, by_ida):
    incident = put_in(incident, "closed")
    with pytest.raises(IncidentClosed, match="reopen it"):
        change_incident(incident=incident, values={"title": "Other"}, by=by_ida)


# members


def sees(user, incident):
    return Incident.objects.visible_to(user).filter(pk=incident.pk).exists()


def test_members_see_it_and_nobody_else(incident, ida, rin, otto):
    assert [sees(user, incident) for user in (ida, rin, otto, AnonymousUser())] == [True, True, False, False]


def test_an_administrator_is_no_member_by_that(incident, otto):
    otto.is_superuser = otto.is_staff = True
    otto.save()
    assert not sees(otto, incident)


def test_who_left_the_house_sees_nothing(incident, rin):
    rin.is_active = False
    assert not sees(rin, incident)


def test_an_ended_membership_shows_nothing(incident, rin, by_ida):
    end_membership(incident=incident, user=rin, by=by_ida, reason="moved on")
    assert not sees(rin, incident)
    assert Membership.objects.get(user=rin).ended_at


def test_another_role_ends_the_one_before(incident, rin, by_ida):
    set_member(incident=incident, user=rin, role="observer", by=by_ida)
    assert incident.memberships.get(user=rin, ended_at=None).role == "observer"
    assert incident.memberships.filter(user=rin).count() == 2


def test_the_same_role_again_changes_no_row(incident, rin, by_ida):
    before = list(incident.memberships.values())
    set_member(incident=incident, user=rin, role="responder", by=by_ida)
    assert list(incident.memberships.values()) == before


def test_a_person_has_one_role_at_a_time(incident, rin):
    with pytest.raises(IntegrityError, match=r"membership_once_at_a_time|cases_membership"), transaction.atomic():
        Membership.objects.create(incident=incident, user=rin, role="observer", since_at=incident.opened_at)
