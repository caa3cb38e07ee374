import re

from analyzers.sigma import load_rules
from dashboard import attack
from forensics_portal.settings import BASE_DIR


def cells(found, asked=()):
    return {cell.id: cell for column in attack.matrix(found, asked) for cell in column.cells}


def test_every_technique_of_the_rule_pack_has_a_name():
    pack = load_rules(BASE_DIR / "analyzers" / "rules")
    named = {technique for rule in pack.rules for technique in rule.techniques}
    assert named <= set(attack.TECHNIQUES)


def test_every_technique_stands_under_a_tactic_of_the_standard():
    assert {tactic for _, tactic in attack.TECHNIQUES.values()} <= set(attack.TACTICS)
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", technique) for technique in attack.TECHNIQUES)


def test_findings_and_events_add_up():
    cell = cells([(["T1530"], 5), (["T1530", "T1485"], 20)])["T1530"]
    assert (cell.findings, cell.events, cell.heat) == (2, 25, 2)


def test_what_was_asked_without_a_match_is_zero_and_what_was_not_asked_is_absent():
    made = cells([], asked=["T1530"])
    assert made["T1530"].heat == 0
    assert "T1485" not in made


def test_a_technique_nobody_knows_stands_under_other():
    assert attack.tactic_of("T9999") == attack.OTHER
    assert [column.tactic for column in attack.matrix([(["T9999"], 1)], [])] == [attack.OTHER]


def test_a_sub_technique_that_is_not_listed_stands_under_its_parent():
    assert attack.tactic_of("T1110.003") == "Credential Access"
