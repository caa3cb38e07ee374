"""Indicators of an incident: taken in once, counted, bound to what analyses depend on, removed with a trace."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from analyzers.indicators import WORDS
from analyzers.stix import KINDS as STIX
from cases.actions import indicators
from cases.actions.incidents import IncidentClosed
from cases.actions.indicators import (
    IndicatorRow,
    IndicatorSource,
    TooManyIndicators,
    add_indicators,
    remove_indicator,
    remove_list,
)
from cases.models import CustodyEntry, Finding, Incident, Indicator
from cases.models.indicator import KINDS
from events.sightings import COLUMNS
from tests.cases.making import sha

FEED = IndicatorSource("feed.csv", sha("feed"), 120, refused=2)
EVIL, GOOD = IndicatorRow("domain-name", "evil.example", "c2"), IndicatorRow("ipv4-addr", "192.0.2.1")


@pytest.fixture
def add(incident, by_rin):
    def added(*rows, source=FEED):
        return add_indicators(incident=incident, rows=rows, source=source, by=by_rin)

    return added


def said():
    return json.loads(bytes(CustodyEntry.objects.order_by("pk").last().data))["object"]


def test_the_entry_has_the_files_hash_and_the_counts(add):
    add(EVIL)
    assert add(EVIL, GOOD, GOOD) == 1
    counts = {"read": 5, "taken": 1, "known": 2, "refused": 2}
    assert said() == {"type": "indicators", "id": "feed.csv", "sha256": sha("feed"), "size": 120, **counts}


def test_what_is_known_keeps_its_label_and_a_repeat_leaves_no_trace(add, incident, appended):
    add(EVIL)
    inputs = Incident.objects.get().indicators_inputs
    assert add(IndicatorRow("domain-name", "evil.example", "other"), source=IndicatorSource("b.csv", sha("b"), 1)) == 0
    assert [(one.label, one.origin) for one in incident.indicators.all()] == [("c2", "feed.csv")]
    assert (appended(), Incident.objects.get().indicators_inputs) == (["indicators_added"], inputs)


def test_what_analyses_depend_on_follows_the_indicators_in_whatever_order_they_came(add, incident, by_rin):
    def inputs():
        return Incident.objects.get(pk=incident.pk).indicators_inputs

    add(EVIL)
    first = inputs()
    add(GOOD)
    both = inputs()
    remove_indicator(indicator=Indicator.objects.get(kind="domain-name"), by=by_rin)
    add(EVIL)
    assert (len(first), inputs() == both, first == both) == (64, True, False)
    for one in Indicator.objects.all():
        remove_indicator(indicator=one, by=by_rin)
    assert inputs() == ""


def test_a_removal_says_what_it_was_and_happens_once(add, by_rin, appended):
    add(EVIL)
    known = Indicator.objects.get()
    assert remove_indicator(indicator=known, by=by_rin, reason="ours")
    assert (said()["value"], said()["label"], said()["origin"]) == ("evil.example", "c2", "feed.csv")
    assert not remove_indicator(indicator=known, by=by_rin)
    assert appended() == ["indicators_added", "indicator_removed"]


def test_a_list_is_removed_as_a_whole_and_no_other(add, incident, by_rin, appended):
    add(EVIL, GOOD)
    add(IndicatorRow("ipv4-addr", "192.0.2.9"), source=IndicatorSource("other.csv", sha("o"), 1))
    assert remove_list(incident=incident, origin="feed.csv", by=by_rin, reason="wrong file") == 2
    assert (said()["id"], said()["removed"], len(said()["sha256"])) == ("feed.csv", 2, 64)
    assert remove_list(incident=incident, origin="feed.csv", by=by_rin) == 0
    assert [one.origin for one in Indicator.objects.all()] == ["other.csv"]
    assert appended() == ["indicators_added", "indicators_added", "indicator_removed"]


def test_one_too_many_takes_in_none(add, monkeypatch):
    monkeypatch.setattr(indicators, "MOST", 2)
    add(EVIL, GOOD)
    with pytest.raises(TooManyIndicators, match="would have 3; at most 2"):
        add(IndicatorRow("ipv4-addr", "192.0.2.2"))
    assert Indicator.objects.count() == 2


def test_a_closed_incident_keeps_its_indicators(add, by_rin):
    add(EVIL)
    Incident.objects.update(state="closed", outcome="benign", closed_at=timezone.now())
    with pytest.raises(IncidentClosed):
        add(GOOD)
    with pytest.raises(IncidentClosed):
        remove_indicator(indicator=Indicator.objects.get(), by=by_rin)
    assert Indicator.objects.count() == 1


def test_a_value_is_there_once_in_an_incident(add):
    add(EVIL)
    again = Indicator.objects.get()
    again.pk = None
    with pytest.raises(IntegrityError, match=r"indicator_once|UNIQUE"), transaction.atomic():
        again.save(force_insert=True)


def test_a_kind_is_one_that_is_looked_for(add):
    assert set(STIX) == set(WORDS) == set(COLUMNS) == set(Indicator.Kind.values) == set(KINDS)
    add(EVIL)
    with pytest.raises(IntegrityError, match="indicator_of_a_known_kind"), transaction.atomic():
        Indicator.objects.update(kind="mutex")


def test_it_knows_the_newest_finding_about_it(add, lease):
    add(EVIL, GOOD)
    incident = Incident.objects.get()
    Finding.objects.create(
        incident=incident, run_id=lease.run_id, number=7, question="indicators", tool="indicators", title="x",
        entity_kind="domain-name", entity="evil.example", severity=4, count=3,
    )  # fmt: skip
    seen = incident.indicators.with_finding().seen()
    assert [(one.value, one.finding_number, one.matches) for one in seen] == [("evil.example", 7, 3)]
    Finding.objects.update(is_current=False)
    assert not incident.indicators.with_finding().seen()
