import os
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from cases.actions import runs as acts
from cases.actions.incidents import Particulars, end_membership, open_incident
from cases.actions.runs import LeaseLost, Order, count_change, request_run
from cases.actor import Actor
from cases.models import CustodyEntry, EvidencePart, Run, Unit
from phases import runs
from phases.requests import Wish, request_collection
from plugins import NotReady, Refused
from tests.phases.making import artifact


def ordered(incident, by, tool="folder", **fields):
    order = Order("collection", tool, f"Collect by {tool}", fields.pop("scope", {}), **fields)
    return request_run(incident=incident, order=order, by=by)[0]


@pytest.fixture
def run(incident, by_rin):
    """A queued run of a tool that is done by what the test says."""
    return ordered(incident, by_rin)


def claim(run):
    return acts.claim_run(run=Run.objects.get(pk=run.pk), worker="host:1")


def now(run):
    return Run.objects.get(pk=run.pk)


def lapse(run):
    """Its worker has said nothing for longer than its lease."""
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def wake(run):
    Run.objects.filter(pk=run.pk).update(not_before=None)


def perform(run, work):
    runs.perform(Run.objects.select_related("incident", "requested_by").get(pk=run.pk), claim(run), work)
    return now(run)


def raising(problem):
    def work(job):
        raise problem

    return work


def last_entry(run):
    return CustodyEntry.objects.filter(log__name=run.incident.reference).latest("seq")


# claiming


def test_of_two_that_saw_the_same_row_one_gets_it(run):
    first, second = Run.objects.get(pk=run.pk), Run.objects.get(pk=run.pk)
    assert acts.claim_run(run=first, worker="a:1")
    assert acts.claim_run(run=second, worker="b:1") is None
    assert now(run).worker == "a:1"


@pytest.mark.django_db(transaction=True)
def test_of_eight_workers_at_once_one_gets_it(run):
    start, won = threading.Barrier(8), []

    def worker():
        start.wait()
        won.append(runs.claim_next("collect"))
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([claimed for claimed in won if claimed]) == 1
    assert now(run).fence == 1


def test_a_held_run_is_not_claimed(run):
    claim(run)
    assert runs.claim_next("collect") is None


def test_a_lapsed_run_is_claimed_again_and_the_attempt_counts(run):
    first = claim(run)
    lapse(run)
    again = claim(run)
    assert (again.fence, now(run).attempts) == (first.fence + 1, 1)
    assert not acts.renew_lease(lease=first)
    assert acts.renew_lease(lease=again)


def test_it_is_dead_when_its_third_worker_fell_silent(run):
    for _ in range(3):
        assert claim(run)
        lapse(run)
    assert claim(run) is None
    assert acts.bury_runs() == [run]
    assert (now(run).state, now(run).attempts) == ("dead", 3)
    assert "its worker ended 3 times" in now(run).error
    assert last_entry(run).action == "run_ended"


def test_nobody_is_buried_alive(run):
    claim(run)
    Run.objects.update(attempts=2)
    assert acts.bury_runs() == []


def test_a_zombie_cannot_write_after_its_run_was_buried(run):
    lease = claim(run)
    Run.objects.update(attempts=2)
    lapse(run)
    acts.bury_runs()
    with pytest.raises(LeaseLost):
        acts.end_run(lease=lease)
    assert now(run).state == "dead"


def test_a_finished_unit_gives_the_attempts_back(collection, walks, work):
    Run.objects.update(attempts=2)
    walks.append([artifact("a.json"), NotReady(1)])
    work("collect")
    assert now(collection).attempts == 0


def test_a_run_that_waits_is_not_due_before_its_time(run):
    Run.objects.update(not_before=timezone.now() + timedelta(seconds=30))
    assert runs.claim_next("collect") is None
    Run.objects.update(not_before=timezone.now() - timedelta(seconds=1))
    assert runs.claim_next("collect")


# how work ends


def test_work_that_returns_is_complete(run):
    assert perform(run, lambda job: "ab" * 32).state == "complete"
    assert now(run).result_hash == "ab" * 32
    assert last_entry(run).action == "run_ended"


def test_our_own_words_fail_the_run_and_say_what_to_change(run):
    after = perform(run, raising(Refused("there is no such bucket; name another")))
    assert (after.state, after.error) == ("failed", "there is no such bucket; name another")


def test_an_unexpected_error_is_tried_again_and_the_third_is_the_last(run, caplog):
    for attempt in (1, 2):
        after = perform(run, raising(KeyError("Records")))
        assert (after.state, after.attempts) == ("queued", attempt)
        assert after.not_before > timezone.now()
        wake(run)
    after = perform(run, raising(KeyError("Records")))
    assert (after.state, after.error) == ("dead", "KeyError: 'Records'")
    assert len(caplog.records) == 3


def test_waiting_for_aws_costs_no_attempt(run):
    Run.objects.update(attempts=1)
    after = perform(run, raising(NotReady(600, "the export is running")))
    assert (after.state, after.attempts, after.waiting_for) == ("queued", 0, "the export is running")
    assert timedelta(seconds=590) < after.not_before - timezone.now() < timedelta(seconds=601)


def test_patience_with_aws_has_an_end(run):
    perform(run, raising(NotReady(60, "the export is running")))
    Run.objects.update(wait_until=timezone.now() - timedelta(seconds=1), not_before=None)
    after = perform(run, raising(NotReady(60, "the export is running")))
    assert after.state == "failed"
    assert "the export is running; ask again" in after.error


def test_patience_is_counted_from_the_first_wait(run):
    perform(run, raising(NotReady(60)))
    first = now(run).wait_until
    wake(run)
    assert perform(run, raising(NotReady(60))).wait_until == first


def cancelled_while(problem):
    """Work during which somebody cancels the run, and which then ends in ``problem``, or well."""

    def work(job):
        acts.cancel_run(run=job.run, by=Actor(job.run.requested_by), reason="wrong account")
        if problem:
            raise problem
        return "ab" * 32

    return work


@pytest.mark.parametrize("problem", [None, NotReady(1), Refused("no"), KeyError("x"), runs.HandedOver("stop")])
def test_a_cancelled_run_stays_cancelled_however_its_work_ends(run, problem):
    after = perform(run, cancelled_while(problem))
    assert (after.state, after.error, after.result_hash) == ("cancelled", "wrong account", "")
    assert last_entry(run).action == "run_cancelled"


def test_a_worker_that_lost_its_lease_writes_nothing(collection, walks, work):
    def lost(run):
        Run.objects.filter(pk=collection.pk).update(fence=99)

    class Losing(list):
        def __iter__(self):
            yield from super().__iter__()
            lost(collection)

    walks.append(Losing([artifact("a.json")]))
    assert work("collect")
    assert now(collection).state == "running"
    assert not Unit.objects.exists()
    assert not EvidencePart.objects.exists()


def test_a_shutting_down_worker_hands_its_run_over(run):
    runs.shutting_down.set()
    try:
        after = perform(run, lambda job: job.check())
    finally:
        runs.shutting_down.clear()
    assert (after.state, after.attempts, after.lease_until) == ("queued", 0, None)


def test_cancelling_twice_is_one_entry(run, by_ida):
    for _ in range(2):
        acts.cancel_run(run=run, by=by_ida, reason="twice")
    assert CustodyEntry.objects.filter(action="run_cancelled").count() == 1


# who asked


def test_a_person_who_lost_access_has_the_run_cancelled(collection, rin, by_ida, work):
    end_membership(incident=collection.incident, user=rin, by=by_ida)
    assert work("collect")
    assert now(collection).state == "cancelled"
    assert now(collection).error == f"Rin Tanaka asked for this and no longer has access to {collection.incident}"


def test_a_person_who_left_has_the_run_cancelled(collection, rin, work):
    rin.is_active = False
    rin.save()
    work("collect")
    assert now(collection).state == "cancelled"


def test_the_portals_own_runs_need_no_membership(incident, walks, work):
    wish = Wish("scripted", is_trusted=True)
    run, _ = request_collection(incident=incident, wish=wish, by=Actor.of_portal())
    walks.append([artifact("a.json")])
    work("collect")
    assert now(run).state == "complete"


# order


def due(queue="collect"):
    return [run.tool for run in runs.due_runs(queue)]


def test_the_most_urgent_is_first_then_the_oldest(incident, by_rin):
    ordered(incident, by_rin, "first")
    ordered(incident, by_rin, "second")
    ordered(incident, by_rin, "urgent", priority=0)
    assert due() == ["urgent", "first", "second"]


def test_an_incident_with_nothing_at_work_comes_before_a_busy_one(incident, by_rin):
    other, _ = open_incident(particulars=Particulars("Quiet"), by=by_rin)
    for number in range(3):
        ordered(incident, by_rin, f"busy{number}")
    ordered(other, by_rin, "quiet")
    assert runs.claim_next("collect")[0].tool == "busy0"
    assert runs.claim_next("collect")[0].tool == "quiet"


def test_a_queue_serves_its_own_phase(run):
    assert runs.claim_next("examine") is None
    assert runs.claim_next("collect")


# the pulse


@pytest.mark.django_db(transaction=True)
def test_a_heart_keeps_the_lease_of_long_work(run, settings):
    settings.RUN_LEASE_SECONDS = 0.4

    def long_work(job):
        assert not job.heart.is_lost.wait(1.2)
        assert runs.claim_next("collect") is None
        return ""

    assert perform(run, long_work).state == "complete"


@pytest.mark.django_db(transaction=True)
def test_a_heart_notices_that_the_run_was_taken_away(run, settings):
    settings.RUN_LEASE_SECONDS = 0.8

    def long_work(job):
        Run.objects.filter(pk=run.pk).update(fence=99, worker="another")
        assert job.heart.is_lost.wait(5)
        job.check()

    after = perform(run, long_work)
    assert (after.state, after.worker, after.fence) == ("running", "another", 99)


# the sweeper


def test_the_sweeper_buries_the_dead_and_goes_on(run, settings):
    claim(run)
    Run.objects.update(attempts=2)
    lapse(run)
    assert runs.sweep() == 0
    assert now(run).state == "dead"
    assert Run.objects.get(phase="reporting").state == "queued"


def test_an_incident_at_rest_is_not_looked_at_again_until_it_changes(drained, monkeypatch):
    looked = []
    monkeypatch.setattr(runs.next_steps, "advance", lambda incident: looked.append(incident.pk) or [])
    for _ in range(3):
        runs.sweep()
    assert looked == [drained.pk]
    count_change(drained.pk)
    runs.sweep()
    assert looked == [drained.pk] * 2


def test_after_a_while_it_is_looked_at_all_the_same(drained, monkeypatch):
    looked = []
    monkeypatch.setattr(runs, "REST", 0.0)
    monkeypatch.setattr(runs.next_steps, "advance", lambda incident: looked.append(incident.pk) or [])
    runs.sweep()
    runs.sweep()
    assert len(looked) == 2


def test_an_incident_at_work_is_looked_at_each_time(run, monkeypatch):
    looked = []
    monkeypatch.setattr(runs.next_steps, "advance", lambda incident: looked.append(incident.pk) or [])
    runs.sweep()
    runs.sweep()
    assert len(looked) == 2


@pytest.fixture
def drained(run):
    """An incident whose only run has ended."""
    Run.objects.filter(pk=run.pk).update(state="cancelled", ended_at=timezone.now())
    return run.incident


def test_a_run_names_the_process_that_holds_it(run):
    held, _ = runs.claim_next("collect")
    assert held.worker.endswith(f":{os.getpid()}")
