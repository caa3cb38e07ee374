"""One table of every door in cases/actions: what each appends to the custody log, or why it appends nothing."""

import importlib
import inspect
import pkgutil
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

import cases.actions
from cases import guards
from cases.actions import (
    accounts,
    custody,
    evidence,
    examinations,
    findings,
    incidents,
    indicators,
    moves,
    notes,
    places,
    plans,
    readiness,
    reports,
    runs,
    saved_views,
    timeline_entries,
    units,
)
from cases.actor import Actor
from cases.custody_check import check_all
from cases.models import CustodyEntry, Finding, GapRecord, Indicator, Membership, Policy, Report, Run
from cases.tellings import Telling
from plugins import Gap, GapKind
from tests.cases.making import analysis, asked, claimed, collection, part_of, planned, sealed, seen, sha

DENIED = Gap(GapKind.DENIED, "s3://logs/a.json", "Access Denied")
EXPECTED: dict[str, Any] = {}


def appends(*actions, because=""):
    """The act below appends these entries; where there are none, ``because`` says why."""
    assert bool(actions) != bool(because)

    def keep(arrange):
        EXPECTED[arrange.__name__] = (arrange, actions)
        return arrange

    return keep


@dataclass(frozen=True)
class World:
    """An incident, and who acts."""

    incident: Any
    ida: Any
    rin: Any

    @property
    def by(self):
        return Actor(self.rin)

    def held(self, order=None):
        """A run in work: its lease and a planned unit."""
        lease = claimed(asked(self.incident, self.by, order))
        return {"lease": lease, "unit": planned(lease)}

    def lease(self):
        return claimed(asked(self.incident, self.by))

    def exhibit(self):
        return sealed(self.incident, self.by)[0]

    def gap(self):
        lease = self.lease()
        units.note_gaps(lease=lease, gaps=[DENIED])
        return GapRecord.objects.get()

    def finding(self):
        act_of(record_findings, self)()
        return Finding.objects.get()

    def report(self):
        act_of(record_report, self)()
        return Report.objects.get()

    def plan(self):
        draft = plans.PlanDraft("access_key_leaked", "Access key leaked", {"accounts": ["111122223333"]})
        return plans.draft_plan(incident=self.incident, draft=draft, by=self.by)


def act_of(arrange, world):
    return arrange(world)


@appends("corrected")
def append_entry(w):
    deed = custody.Deed(custody.Action.CORRECTED, {"type": "incident", "id": "1"})
    return lambda: custody.append_entry(log=w.incident.reference, deed=deed, by=w.by)


@appends("settings_changed")
def record_portal_deed(w):
    about = {"type": "setting", "id": "retention"}
    return lambda: custody.record_portal_deed(action=custody.Action.SETTINGS_CHANGED, about=about, by=w.by)


@appends("settings_changed")
def register_account(w):
    return lambda: accounts.register_account(number="111122223333", values={"name": "prod-web"}, by=w.by)


@appends("settings_changed")
def record_discovery(w):
    found = accounts.Found("111122223333", {"name": "prod-web", "kind": "workload"})
    return lambda: accounts.record_discovery(organisation=accounts.Organisation("o-a1b2c3d4e5", (found,)), by=w.by)


@appends(because="a look at our own roles handles no evidence; the rows are append-only and the account's log has it")
def record_role_checks(w):
    account = accounts.register_account(number="111122223333", values={"name": "prod-web"}, by=w.by)
    return lambda: accounts.record_role_checks(tried=[accounts.Tried(account, "read")], by=w.by)


@appends("received")
def receive_upload(w):
    return lambda: evidence.receive_upload(incident=w.incident, order=collection(), part=part_of(), by=w.by)


@appends("accessed")
def record_access(w):
    exhibit = w.exhibit()
    return lambda: evidence.record_access(evidence=exhibit, what={"member": 0}, by=w.by)


@appends("downloaded")
def record_download(w):
    exhibit = w.exhibit()
    return lambda: evidence.record_download(evidence=exhibit, what={"member": 0}, by=w.by)


@appends("exported")
def record_export(w):
    return lambda: evidence.record_export(incident=w.incident, what={"type": "export", "format": "csv"}, by=w.by)


@appends("exported")
def record_report_download(w):
    what = {"type": "report", "id": "1"}
    return lambda: evidence.record_report_download(incident=w.incident, what=what, by=w.by)


@appends("verification_failed")
def mark_integrity_failed(w):
    part = w.exhibit().parts.get()
    return lambda: evidence.mark_integrity_failed(part=part, detail="other bytes", by=w.by)


@appends("examined")
def record_examination(w):
    part = w.exhibit().parts.get()
    order = runs.Order("examination", "examine", "Examine", {}, evidence=part.evidence, part=part)
    tally = examinations.FileTally(0, "trail.json", "cloudtrail", 2, 1, 1)
    held, result = w.held(order), examinations.Examination((tally,), (), (), "", ())
    return lambda: examinations.record_examination(**held, result=result)


@appends("validated")
def record_verdicts(w):
    held = w.held(runs.Order("examination", "cloudtrail_digest", "Digest", {}))
    words = [examinations.Judgement("trail.json", "valid", "")]
    return lambda: examinations.record_verdicts(**held, verdicts=words, gaps=[])


@appends("indexed")
def publish_events(w):
    held = w.held(runs.Order("examination", "index", "Index", {}))
    generation = examinations.Generation("m-1", sha("inputs"), 1, 0)
    return lambda: examinations.publish_events(**held, generation=generation)


@appends("analysed")
def record_findings(w):
    found = findings.FoundRow("stopped", "A trail was stopped", "principal", "arn:x", 4, 1, None, None)
    answers = (findings.AnswerRow("stopped", "1", 1),)
    result = findings.Analysis((found,), answers, (), sha("result"), "rules-1")
    held = w.held(analysis())
    return lambda: findings.record_findings(**held, result=result)


@appends("decided")
def decide_finding(w):
    finding = w.finding()
    return lambda: findings.decide_finding(finding=finding, status="confirmed", by=w.by)


@appends("indicators_added")
def add_indicators(w):
    rows = [indicators.IndicatorRow("domain-name", "evil.example")]
    source = indicators.IndicatorSource("feed.csv", sha("feed"), 20)
    return lambda: indicators.add_indicators(incident=w.incident, rows=rows, source=source, by=w.by)


@appends("indicator_removed")
def remove_indicator(w):
    act_of(add_indicators, w)()
    known = Indicator.objects.get()
    return lambda: indicators.remove_indicator(indicator=known, by=w.by, reason="a mistake")


@appends("indicator_removed")
def remove_list(w):
    act_of(add_indicators, w)()
    return lambda: indicators.remove_list(incident=w.incident, origin="feed.csv", by=w.by)


@appends("gap_acknowledged")
def acknowledge_gap(w):
    gap = w.gap()
    return lambda: findings.acknowledge_gap(gap=gap, by=w.by, reason="known")


@appends("gap_acknowledged")
def acknowledge_gaps(w):
    gap = w.gap()
    return lambda: findings.acknowledge_gaps(gaps=[gap], by=w.by, reason="known")


@appends("timeline_added")
def add_to_timeline(w):
    telling = Telling(timezone.now(), "The owner of the key calls")
    return lambda: timeline_entries.add_to_timeline(incident=w.incident, telling=telling, by=w.by)


@appends("timeline_withdrawn")
def withdraw_from_timeline(w):
    entry, _ = act_of(add_to_timeline, w)()
    return lambda: timeline_entries.withdraw_from_timeline(entry=entry, reason="another call", by=w.by)


@appends("view_saved")
def save_view(w):
    query = "event_name=CreateAccessKey"
    return lambda: saved_views.save_view(incident=w.incident, name="New keys", query=query, by=w.by)


@appends("view_removed")
def remove_view(w):
    view, _ = act_of(save_view, w)()
    return lambda: saved_views.remove_view(view=view, by=w.by)


@appends("noted")
def add_note(w):
    return lambda: notes.add_note(incident=w.incident, subject=notes.Subject(), text="seen", by=w.by)


@appends("note_revised")
def revise_note(w):
    note, _ = act_of(add_note, w)()
    return lambda: notes.revise_note(note=note, text="seen twice", by=w.by)


@appends("opened", "opened")
def open_incident(w):
    return lambda: incidents.open_incident(particulars=incidents.Particulars("Another"), by=w.by)


@appends("changed")
def change_incident(w):
    return lambda: incidents.change_incident(incident=w.incident, values={"title": "Other"}, by=w.by)


@appends("transitioned")
def change_state(w):
    return lambda: incidents.change_state(incident=w.incident, to="acknowledged", by=w.by)


@appends("access_granted")
def set_member(w):
    return lambda: incidents.set_member(incident=w.incident, user=w.rin, role=Membership.Role.ANALYST, by=Actor(w.ida))


@appends("access_revoked")
def end_membership(w):
    return lambda: incidents.end_membership(incident=w.incident, user=w.rin, by=Actor(w.ida))


@appends("copied")
def record_copy(w):
    move = moves.Move("snap-1", "local", "local", copied_from="eu-west-1", region="eu-west-1")
    return lambda: moves.record_copy(incident=w.incident, move=move, copy="snap-2", by=w.by)


@appends("copy_permitted")
def check_move(w):
    move = moves.Move("snap-1", "local", "local", copied_from="eu-west-1", region="eu-west-1")
    return lambda: moves.check_move(incident=w.incident, move=move, by=w.by)


@appends("policy_made")
def allow_policy(w):
    return lambda: places.allow_policy(jurisdiction="eu", place="local", reason="treaty", by=w.by)


@appends("policy_withdrawn")
def withdraw_policy(w):
    policy = Policy.objects.get()
    return lambda: places.withdraw_policy(policy=policy, reason="treaty ended", by=w.by)


@appends(because="the first policy is there from the first migration on")
def make_first_policy(w):
    return places.make_first_policy


@appends("authorized")
def record_authorization(w):
    permit = places.Permit("eu", "local", "urgent", "Art. 49", timezone.now() + timedelta(days=1))
    return lambda: places.record_authorization(incident=w.incident, permit=permit, by=w.by)


@appends("authorization_withdrawn")
def withdraw_authorization(w):
    given = act_of(record_authorization, w)()
    return lambda: places.withdraw_authorization(authorization=given, reason="done", by=w.by)


@appends("reported")
def record_report(w):
    frozen = reports.FrozenReport(sha("content"), sha("pdf"), 9, {}, sha("manifest"), 1, sha("root"))
    held = w.held(runs.Order("reporting", "report", "Report", {}))
    return lambda: reports.record_report(**held, frozen=frozen)


@appends(because="no version was made: the one that there is says the same")
def keep_report(w):
    report = w.report()
    held = w.held(runs.Order("reporting", "report", "Report", {}, "9" * 64))
    return lambda: reports.keep_report(**held, report=report)


@appends("report_decided")
def decide_report(w):
    report = w.report()
    return lambda: reports.decide_report(report=report, status="in_review", by=w.by)


@appends(because="a draft asks nothing of anybody")
def draft_plan(w):
    return w.plan


@appends("requested")
def start_plan(w):
    plan = w.plan()
    return lambda: plans.start_plan(plan=plan, by=w.by)


@appends(because="each run of the plan has an entry of its own")
def mark_asked(w):
    plan = w.plan()
    plans.start_plan(plan=plan, by=w.by)
    return lambda: plans.mark_asked(plan=plan)


@appends(because="counting has a run, and that its entries")
def note_estimate(w):
    plan, lease = w.plan(), w.lease()
    return lambda: plans.note_estimate(lease=lease, plan=plan, estimate={"lines": []})


@appends("requested")
def request_run(w):
    return lambda: runs.request_run(incident=w.incident, order=collection(), by=w.by)


@appends(because="who takes a run has handled nothing yet")
def claim_run(w):
    run = asked(w.incident, w.by)
    return lambda: runs.claim_run(run=run, worker="host:1")


@appends(because="a heartbeat handles nothing")
def renew_lease(w):
    lease = w.lease()
    return lambda: runs.renew_lease(lease=lease)


@appends(because="a plan handles nothing")
def plan_units(w):
    lease = w.lease()
    return lambda: planned(lease)


@appends(because="words for people who watch")
def say_doing(w):
    lease = w.lease()
    return lambda: runs.say_doing(lease=lease, doing="reading")


@appends(because="the run only waits; its end has an entry")
def put_back(w):
    lease = w.lease()
    return lambda: runs.put_back(lease=lease, seconds=60, waiting_for="AWS", patience=timedelta(hours=1))


@appends(because="another worker goes on with it")
def hand_over(w):
    lease = w.lease()
    return lambda: runs.hand_over(lease=lease)


@appends("run_ended")
def end_run(w):
    lease = w.lease()
    return lambda: runs.end_run(lease=lease)


@appends(because="the run is tried again; its end has an entry")
def stumble(w):
    lease = w.lease()
    return lambda: runs.stumble(lease=lease, error="KeyError: 'x'")


@appends("run_ended")
def bury_runs(w):
    lease = w.lease()
    gone = timezone.now() - timedelta(hours=1)
    Run.objects.filter(pk=lease.run_id).update(lease_until=gone, attempts=2)
    return runs.bury_runs


@appends("run_cancelled")
def cancel_run(w):
    run = asked(w.incident, w.by)
    return lambda: runs.cancel_run(run=run, by=w.by, reason="not needed")


@appends("acquired")
def store_part(w):
    held = w.held()
    return lambda: units.store_part(**held, part=part_of())


@appends("acquisition_failed")
def close_unit_with_gaps(w):
    held = w.held()
    return lambda: units.close_unit_with_gaps(**held, gaps=[DENIED])


@appends("acquisition_failed")
def note_gaps(w):
    lease = w.lease()
    return lambda: units.note_gaps(lease=lease, gaps=[DENIED])


@appends("sealed")
def seal_exhibit(w):
    lease = w.lease()
    return lambda: units.seal_exhibit(lease=lease, acquisition={})


LOOKING = "looking at the environment handles no evidence; the row that it ends in cannot be changed"


@appends(because=LOOKING)
def request_readiness(w):
    return lambda: readiness.request_readiness(by=w.by)


@appends(because=LOOKING)
def claim_readiness(w):
    return lambda: readiness.claim_readiness(request=readiness.request_readiness(by=w.by)[0])


@appends(because=LOOKING)
def renew_readiness(w):
    return lambda: readiness.renew_readiness(**taken(w), done=1)


@appends(because=LOOKING)
def record_readiness(w):
    return lambda: readiness.record_readiness(**taken(w), seen=seen())


@appends(because=LOOKING)
def give_up_readiness(w):
    return readiness.give_up_readiness


def taken(w):
    request, _ = readiness.request_readiness(by=w.by)
    return {"request": request, "attempt": readiness.claim_readiness(request=request)}


def doors():
    """Every function of cases/actions that takes its arguments by name alone: the verbs, not their helpers."""
    for found in pkgutil.iter_modules(cases.actions.__path__):
        module = importlib.import_module(f"cases.actions.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            parameters = inspect.signature(function).parameters.values()
            is_own = inspect.unwrap(function).__module__ == module.__name__
            if is_own and all(one.kind is one.KEYWORD_ONLY for one in parameters):
                yield name


@pytest.fixture
def world(incident, ida, rin):
    return World(incident, ida, rin)


def test_no_door_is_missing_from_the_table():
    assert set(doors()) - {"claimable"} == set(EXPECTED)  # claimable only asks


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_it_appends_what_the_table_says(world, name):
    arrange, expected = EXPECTED[name]
    act = act_of(arrange, world)
    before = CustodyEntry.objects.count()
    act()
    assert tuple(entry.action for entry in CustodyEntry.objects.order_by("pk")[before:]) == expected
    assert not [problem for checked in check_all() for problem in checked.problems]


@pytest.fixture
def jam():
    """Call it to make every log refuse its next entry: its head claims more entries than there are."""

    def jammed():
        connection.check_constraints()
        guards.remove()
        with connection.cursor() as cursor:
            cursor.execute("UPDATE cases_custodylog SET size = size + 5")
        guards.install()

    return jammed


def everything():
    return {model: list(model.objects.order_by("pk").values()) for model in apps.get_app_config("cases").get_models()}


@pytest.mark.parametrize("name", sorted(name for name, (_, actions) in EXPECTED.items() if actions))
def test_an_act_whose_entry_cannot_be_written_has_not_happened(world, jam, name):
    act = act_of(EXPECTED[name][0], world)
    jam()
    before = everything()
    with pytest.raises(DatabaseError, match="must be the next"), transaction.atomic():
        act()
    assert everything() == before
