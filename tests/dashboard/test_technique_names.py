"""Pages call every technique that our rules speak of by its name, the one that the coverage gives it."""

from analyzers.coverage import attack_techniques
from analyzers.sigma import OWN, load_rules
from dashboard.attack import OTHER, TECHNIQUES, name_of, tactic_of

RULES = load_rules(OWN).rules
USED = sorted({technique for rule in RULES for technique in rule.techniques})


def test_every_technique_of_a_rule_has_a_name_and_a_tactic():
    assert [technique for technique in USED if technique not in TECHNIQUES] == []
    assert OTHER not in map(tactic_of, USED)


def test_names_are_those_of_the_coverage():
    names = {technique.id: technique.name.rpartition(" - ")[2] for technique in attack_techniques(RULES)}
    assert {id: name_of(id) for id in names if id in TECHNIQUES} == {id: names[id] for id in names if id in TECHNIQUES}
