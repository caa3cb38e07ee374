"""The rules stay quiet where nothing is wrong, and the figure counts what a person would see."""

from dataclasses import replace

import pytest

from analyzers.sigma import load_rules
from benchmarks import quiet

needs_invictus = pytest.mark.skipif(not quiet.INVICTUS.is_dir(), reason="the Invictus events are not here")


@pytest.fixture(scope="module")
def pack():
    return load_rules(quiet.RULES)


@pytest.fixture(scope="module")
def invictus():
    return quiet.read(quiet.INVICTUS)


def test_the_simulations_ordinary_day_is_quiet(pack):
    assert quiet.counted("ordinary day", quiet.simulated_day(), pack) <= quiet.MOST


def test_a_full_working_day_is_quiet(pack):
    assert quiet.counted("working day", quiet.full_day(), pack) <= quiet.MOST


def test_a_full_working_day_is_not_quiet_because_nothing_happens_in_it(pack):
    found = quiet.findings(quiet.full_day(), pack)
    assert {finding.facts["rule"] for finding in found} >= {"account_enumerated.yml", "many_objects_read.yml"}


@needs_invictus
def test_invictus_is_quiet_without_the_attack(pack, invictus):
    assert quiet.counted("Invictus", quiet.without_attack(invictus), pack) <= quiet.MOST


@needs_invictus
def test_only_the_attackers_events_and_those_of_what_it_made_are_left_out(invictus):
    left = quiet.without_attack(invictus)
    gone = {quiet.arn_of(record) for record in invictus} - {quiet.arn_of(record) for record in left}
    assert len(left) > 150
    assert all(arn == quiet.ATTACKER or "stratus-red-team-" in arn for arn in gone)


def test_a_finding_that_sums_up_counts_for_each_that_it_stands_for(pack):
    event = quiet.simulated_day()[0]
    roots = [
        event | {"userIdentity": {"type": "Root", "arn": f"arn:aws:iam::{number:012}:root"}} for number in range(203)
    ]
    root_used = [rule for rule in pack.rules if rule.source == "root_used.yml"]
    found = quiet.findings(roots, replace(pack, rules=tuple(root_used)))
    assert (len(found), sum(map(quiet.entries, found))) == (201, 203)


def test_one_loud_entry_in_ten_events_is_a_hundred_per_thousand(pack, capsys):
    event = quiet.simulated_day()[0]
    root = event | {"userIdentity": {"type": "Root", "arn": "arn:aws:iam::111122223333:root"}}
    assert quiet.counted("one root", [root, *[event] * 9], pack) == 100
    assert "root_used.yml: arn:aws:iam::111122223333:root, 1 events" in capsys.readouterr().out


def test_every_day_is_the_same_day():
    assert quiet.full_day() == quiet.full_day()
