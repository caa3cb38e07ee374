from datetime import timedelta

import pytest

from cases.actions.incidents import change_incident
from cases.actions.runs import cancel_run, count_change
from cases.models import AwsAccount, CustodyEntry, Phase, Run
from phases import next_steps
from phases.next_steps import advance, due_at_once, is_at_rest
from phases.requests import Wish, request_again, request_collection
from phases.runs import due_runs
from plugins import Refused, UnknownName
from tests.phases.making import artifact, log_file, record


@pytest.fixture
def collected(collection, walks, work):
    """An incident whose collection is done: two parts, one of them an archive that nothing is in."""
    walks.append([artifact("a.json", log_file(record(1), record(2))), artifact("b.json.zip", b"not a zip")])
    work("collect")
    return collection.incident


@pytest.fixture
def done(incident, by_rin, walks, work_all, tmp_path, memories):
    """The same when its four phases went through."""

    def gone_through():
        walks.append([artifact("a.json", log_file(record(1), record(2))), artifact("b.json.zip", b"not a zip")])
        request_collection(incident=incident, wish=Wish("scripted", is_trusted=True), by=by_rin)
        work_all()

    memories.lay_down(gone_through, tmp_path)
    return incident


def asked(incident, phase=None):
    runs = incident.runs.filter(phase=phase) if phase else incident.runs
    return sorted(runs.values_list("phase", "state"))


def test_each_part_is_examined_once(collected):
    assert asked(collected, Phase.EXAMINATION).count(("examination", "queued")) >= 2
    assert collected.runs.filter(tool="examine").count() == 2


def test_asking_twice_what_is_due_makes_nothing_twice(collected):
    before = asked(collected)
    assert advance(collected) == []
    assert asked(collected) == before


def test_no_report_is_due_while_anything_is_at_work(collected):
    assert asked(collected, Phase.REPORTING) == []


def test_everything_goes_on_by_itself_to_one_report(done):
    assert {state for _, state in asked(done)} == {"complete"}
    assert {phase for phase, _ in asked(done)} == set(Phase.values)
    assert done.reports.count() == 1


def test_at_the_end_nothing_is_due(done):
    before = CustodyEntry.objects.count()
    assert advance(done) == []
    assert CustodyEntry.objects.count() == before


def test_a_run_that_ends_between_two_looks_is_followed_by_no_report_yet(collected, monkeypatch):
    looked = next_steps.analyses_due

    def ended_meanwhile(incident):
        """Another worker ends the last examination after the look at what examinations ask for."""
        if incident.runs.active().update(state="complete", ended_at=incident.opened_at):
            count_change(incident.pk)
        return looked(incident)

    monkeypatch.setattr(next_steps, "analyses_due", ended_meanwhile)
    assert [run.tool for run in advance(collected)] == ["index"]


def test_what_never_stands_still_is_given_no_report(done, monkeypatch):
    done.runs.filter(tool="report").update(inputs_hash="other")
    assert [order.tool for order in due_at_once(done)] == ["report"]
    looked = next_steps.report_due

    def changed_meanwhile(incident):
        count_change(incident.pk)
        return looked(incident)

    monkeypatch.setattr(next_steps, "report_due", changed_meanwhile)
    assert due_at_once(done) == []


def test_an_incident_is_at_rest_when_nothing_is_at_work_or_due(done):
    assert is_at_rest(done)
    done.runs.filter(tool="report").update(inputs_hash="other")
    assert not is_at_rest(done)


def test_an_incident_with_queued_runs_is_not_at_rest(collected):
    assert not is_at_rest(collected)


def test_where_people_press_the_buttons_what_is_due_rests(by_hand, walks, work):
    walks.append([artifact("a.json", log_file(record(1)))])
    work("collect")
    assert [order.phase for order in due_at_once(by_hand)]
    assert is_at_rest(by_hand)


def test_a_closed_incident_without_work_is_at_rest(collected):
    type(collected).objects.update(state="closed", outcome="benign", closed_at=collected.opened_at)
    assert not is_at_rest(collected)
    collected.runs.filter(state="queued").update(state="cancelled")
    assert is_at_rest(collected)


def test_new_evidence_is_examined_and_the_report_is_made_again(done, by_rin, walks, work_all):
    walks.append([artifact("new.json", log_file(record(3)))])
    request_collection(incident=done, wish=Wish("scripted", region="eu-west-1", is_trusted=True), by=by_rin)
    work_all()
    assert done.runs.filter(tool="examine").count() == 3
    assert list(done.reports.order_by("version").values_list("status", flat=True)) == ["superseded", "draft"]


def test_new_evidence_makes_no_second_validation_while_one_waits(collected, by_rin, walks, work, work_all):
    for region in ("eu-west-1", "eu-west-2", "eu-west-3"):
        walks.append([artifact("new.json", log_file(record(3)))])
        request_collection(incident=collected, wish=Wish("scripted", region=region, is_trusted=True), by=by_rin)
        work("collect")
        advance(collected)
    validations = collected.runs.filter(tool="cloudtrail_digest")
    assert list(validations.values_list("state", flat=True)) == ["queued"]
    work_all()
    assert list(validations.values_list("state", flat=True)) == ["complete", "complete"]
    assert {state for _, state in asked(collected)} == {"complete"}


def test_what_a_person_cancelled_is_not_asked_again(collected, by_ida):
    run = collected.runs.filter(tool="examine").first()
    cancel_run(run=run, by=by_ida, reason="not this one")
    assert run.part not in [made.part for made in advance(collected)]


@pytest.fixture
def by_hand(collection, by_ida):
    """The same incident, where people press the buttons."""
    change_incident(incident=collection.incident, values={"auto_advance": False}, by=by_ida)
    return collection.incident


def test_where_people_press_the_buttons_nothing_goes_on_by_itself(by_hand, walks, work):
    walks.append([artifact("a.json")])
    work("collect")
    assert asked(by_hand) == [("collection", "complete")]


def test_a_person_may_press_the_button_of_one_phase(by_hand, walks, work, by_ida):
    walks.append([artifact("a.json", log_file(record(1)))])
    work("collect")
    made = advance(by_hand, by=by_ida, only=Phase.EXAMINATION)
    assert {run.phase for run in made} == {"examination"}
    assert {run.requested_by for run in made} == {by_ida.user}


def test_a_closed_incident_stands_still(collected):
    collected.runs.filter(state="queued").update(state="cancelled")
    type(collected).objects.update(state="closed", outcome="benign", closed_at=collected.opened_at)
    assert advance(collected) == []


# asking


def test_asking_while_it_is_at_work_gives_the_same_run(collection, by_ida):
    again, is_new = request_collection(incident=collection.incident, wish=Wish("scripted", is_trusted=True), by=by_ida)
    assert (again, is_new) == (collection, False)
    assert collection.incident.evidence.count() == 1


def test_asking_again_afterwards_brings_an_exhibit_of_its_own(collected, collection, by_ida):
    again, is_new = request_again(run=Run.objects.get(pk=collection.pk), by=by_ida)
    assert is_new
    assert again.previous == collection
    assert again.evidence.exhibit.endswith("E0002")
    assert not Run.objects.get(pk=collection.pk).is_newest


def test_examining_again_is_over_the_same_part(done, by_ida):
    run = done.runs.filter(tool="examine").first()
    again, is_new = request_again(run=run, by=by_ida)
    assert is_new
    assert (again.part, again.evidence, again.inputs_hash) == (run.part, run.evidence, run.inputs_hash)


def test_what_was_examined_twice_counts_once(done, work_all, by_ida):
    request_again(run=done.runs.filter(tool="examine").first(), by=by_ida)
    work_all()
    assert done.runs.newest().filter(tool="examine").count() == 2
    assert done.reports.count() == 1


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        (Wish("cloudtrail"), "needs an account, a region, a start and an end"),
        (Wish("folder", resources=("/etc",)), "not under INTAKE_DIRS"),
        (Wish("folder", resources=("../../etc/passwd",)), "not under INTAKE_DIRS"),
    ],
)
def test_a_wish_that_cannot_be_fulfilled_says_what_to_change(incident, by_rin, wish, words):
    with pytest.raises(Refused, match=words):
        request_collection(incident=incident, wish=wish, by=by_rin)
    assert not incident.runs.exists()


def test_a_source_there_is_not_is_named_with_those_there_are(incident, by_rin):
    with pytest.raises(UnknownName, match=r"no 'cloudwatch'; there are: .*cloudtrail"):
        request_collection(incident=incident, wish=Wish("cloudwatch"), by=by_rin)


def test_what_is_gone_first_is_served_first(incident, by_rin, walks):
    place = ("111122223333", "eu-west-1", incident.opened_at, incident.opened_at + timedelta(hours=1))
    AwsAccount.objects.create(account=place[0], name="prod-web", kind="workload")
    for source, named in (("cloudtrail", ()), ("ebs_snapshots", ("i-0123456789abcdef0",))):
        request_collection(incident=incident, wish=Wish(source, *place, named), by=by_rin)
    assert [run.tool for run in due_runs("collect")] == ["ebs_snapshots", "cloudtrail"]


def test_what_is_asked_again_keeps_its_place(collected, by_ida):
    Run.objects.filter(phase="collection").update(priority=3)
    again, _ = request_again(run=collected.runs.get(phase="collection"), by=by_ida)
    assert again.priority == 3
