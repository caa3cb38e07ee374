"""What others list and our rules see: each technique has a rule, or a reason why none can."""

import json
from pathlib import Path

import pytest

from analyzers import Finding, Material, analyzers
from analyzers.coverage import attack_techniques, attack_version, broad_rules, stratus_techniques
from analyzers.coverage.pages import page
from analyzers.sigma import SEVERITIES

from .building import reader_of
from .conftest import PACK

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT.parent / "shared" / "data" / "cloudtrail" / "stratus"
STRATUS = {technique.id: technique for technique in stratus_techniques()}
each_sample = pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)


@pytest.fixture(scope="session")
def matrix(pack):
    return list(attack_techniques(pack.rules))


@pytest.fixture(scope="session")
def levels(pack):
    """Rule file -> the highest severity of the findings that it makes."""
    return {Path(rule.source).stem: rule.severity for rule in pack.rules}


def test_the_matrix_is_that_of_one_version(matrix):
    assert attack_version() == "18.1"
    assert len({technique.id for technique in matrix}) == len(matrix) == 104


def test_every_technique_of_the_matrix_has_a_rule_or_a_reason(matrix):
    assert [technique.id for technique in matrix if not technique.rules and not technique.note] == []


def test_no_technique_is_said_to_be_unseen_that_a_rule_sees(matrix):
    assert [technique.id for technique in matrix if technique.rules and technique.note] == []


def test_reasons_are_one_line_and_few(matrix):
    reasons = [technique.note for technique in matrix if technique.note]
    assert len(reasons) == 13
    assert all(reason.endswith(".") and "\n" not in reason for reason in reasons)


def test_every_technique_of_the_matrix_is_seen_at_low_severity_or_above(matrix, levels):
    loudest = {technique.id: max(levels[name] for name in technique.rules) for technique in matrix if technique.rules}
    assert {id for id, level in loudest.items() if level < SEVERITIES["low"]} == set()


def test_every_technique_of_stratus_is_seen_by_what_it_does(levels):
    assert len(STRATUS) == 50
    for technique in STRATUS.values():
        assert technique.rules
        assert not set(technique.rules) & broad_rules()
        assert all(levels[name] >= SEVERITIES["low"] for name in technique.rules), technique.id


def test_the_broad_rules_are_rules_of_the_pack():
    assert all((PACK / f"{name}.yml").is_file() for name in broad_rules())


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data ../shared/data/cloudtrail is not here")
@each_sample
def test_the_rules_that_are_named_fire_on_the_sampled_attack(pack, tmp_path, path):
    said = analyzers.get("sigma").analyze(Material(events=reader_of(tmp_path, path), rules=pack.rules))
    found = {Path(one.facts["rule"]).stem for one in said if isinstance(one, Finding)}
    assert set(STRATUS[path.stem].rules) <= found


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample data ../shared/data/cloudtrail is not here")
def test_the_samples_are_events():
    assert all(json.loads(path.read_text())[0]["eventName"] for path in SAMPLES.glob("*.json"))


def test_the_page_says_what_the_rules_say(pack):
    told = (ROOT / "docs" / "coverage.md").read_text()
    assert told == page(pack.rules) + "\n", "write it anew: manage.py rules --coverage > docs/coverage.md"
