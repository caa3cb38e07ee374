"""Every rule of our pack keeps its word: it fires on its event, is silent on the near miss, and says what to do."""

import re
from pathlib import Path
from uuid import UUID

import pytest
import yaml

from analyzers import Asked, Finding, Material, analyzers
from analyzers.sigma import load_rules

from .building import as_file, reader_of, records
from .conftest import PACK

FIXTURES = Path(__file__).parent / "rules"
RULES = load_rules(PACK).rules
NAME_ONLY = {"eventName", "eventSource"}


def each_rule(test):
    return pytest.mark.parametrize("rule", RULES, ids=[Path(rule.source).stem for rule in RULES])(test)


def ask(rule, told, folder):
    reader = reader_of(folder, as_file(records(told)))
    said = list(analyzers.get("sigma").analyze(Material(events=reader, rules=(rule,))))
    assert [asked.error for asked in said if isinstance(asked, Asked)] == [""]
    return [finding for finding in said if isinstance(finding, Finding)]


def fixture_of(rule):
    return yaml.safe_load((FIXTURES / rule.source).read_text())


@each_rule
def test_it_fires_on_its_event(rule, tmp_path):
    [finding] = ask(rule, fixture_of(rule)["fires"], tmp_path)
    assert finding.question == rule.id
    assert finding.examples


@each_rule
def test_it_is_silent_on_the_near_miss(rule, tmp_path):
    assert ask(rule, fixture_of(rule)["near_miss"], tmp_path) == []


@each_rule
def test_it_says_all_that_a_responder_needs(rule):
    assert rule.techniques
    assert rule.tactics
    assert rule.description.endswith(".")
    assert rule.false_positives
    assert rule.next_steps
    assert (rule.author, rule.licence) == ("Forensics Portal", "Apache-2.0")
    assert UUID(rule.id).version == 4


@each_rule
def test_its_fixture_says_what_matters(rule):
    told = fixture_of(rule)
    assert set(told) == {"differs", "fires", "near_miss"}
    assert told["fires"] != told["near_miss"]


def test_the_whole_pack_loads(pack):
    assert pack.errors == ()
    assert pack.elsewhere == ()


def test_every_fixture_has_its_rule():
    assert {path.name for path in FIXTURES.glob("*.yml")} == {rule.source for rule in RULES}


def test_technique_tags_are_of_the_form_that_attack_uses():
    tags = [
        tag
        for path in PACK.glob("*.yml")
        for document in yaml.safe_load_all(path.read_text())
        for tag in document["tags"]
    ]
    assert {tag for tag in tags if not re.fullmatch(r"attack\.(t\d{4}(\.\d{3})?|[a-z]+(-[a-z]+)*)", tag)} == set()


def test_the_pack_is_as_large_as_promised():
    assert len(RULES) >= 40
    assert len([rule for rule in RULES if rule.kind != "event"]) >= 4
    assert {rule.kind for rule in RULES} == {"event", "event_count", "value_count", "temporal", "temporal_ordered"}


def test_a_third_of_the_rules_look_beyond_the_name_of_the_event():
    looking = [rule for rule in RULES if fields_of(rule) - NAME_ONLY - {"errorCode"}]
    assert len(looking) >= max(14, len(RULES) / 3)


def fields_of(rule):
    """The log fields that the rule's file names."""
    documents = list(yaml.safe_load_all((PACK / rule.source).read_text()))
    searches = [search for document in documents for search in document.get("detection", {}).values()]
    maps = [found for search in searches for found in (search if isinstance(search, list) else [search])]
    return {key.split("|")[0] for found in maps if isinstance(found, dict) for key in found}
