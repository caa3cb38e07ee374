"""The correctness gate: for every rule the engine and the slow evaluator count the same events."""

import json
from pathlib import Path

import pytest
import yaml

from analyzers import Finding, Material, analyzers

from .building import reader_of, records
from .conftest import PACK
from .evaluator import evaluate

DATA = Path(__file__).parents[3] / "shared" / "data" / "cloudtrail"
FIXTURES = Path(__file__).parent / "rules"


def counted_by_engine(pack, reader):
    """Rule file -> number of events in its findings, for all rules."""
    said = analyzers.get("sigma").analyze(Material(events=reader, rules=pack.rules))
    counts = dict.fromkeys((rule.source for rule in pack.rules), 0)
    for finding in said:
        if isinstance(finding, Finding):
            counts[finding.facts["rule"]] += finding.count
    return counts


def counted_by_evaluator(pack, told):
    return {rule.source: len(evaluate((PACK / rule.source).read_text(), told)) for rule in pack.rules}


def read(paths):
    documents = [json.loads(path.read_text()) for path in paths]
    return [
        record for document in documents for record in (document if isinstance(document, list) else document["Records"])
    ]


def test_every_rule_counts_the_same_on_all_fixtures_together(pack, tmp_path):
    told = [yaml.safe_load(path.read_text()) for path in sorted(FIXTURES.glob("*.yml"))]
    made = [numbered for fixture in told for numbered in records(fixture["fires"] + fixture["near_miss"])]
    made = [record | {"eventID": str(number)} for number, record in enumerate(made)]
    reader = reader_of(tmp_path, json.dumps({"Records": made}).encode())
    counts = counted_by_engine(pack, reader)
    assert counts == counted_by_evaluator(pack, made)
    assert all(counts.values())


@pytest.mark.skipif(not DATA.is_dir(), reason="the sample data ../shared/data/cloudtrail is not here")
@pytest.mark.parametrize("name", sorted(path.name for path in DATA.glob("*")))
def test_every_rule_counts_the_same_on_sample_data(pack, tmp_path, name):
    paths = sorted((DATA / name).glob("*.json"))
    reader = reader_of(tmp_path, *paths)
    assert counted_by_engine(pack, reader) == counted_by_evaluator(pack, read(paths))
