"""Ask rules of no events at all: what the engine would refuse over evidence, it refuses now."""

from collections.abc import Iterable, Iterator

import duckdb

from analyzers.sigma.queries import query_of
from analyzers.sigma.rule import Rule, RuleError
from events import empty_engine


def refused(rules: Iterable[Rule]) -> Iterator[RuleError]:
    """The rules that load and yet cannot be asked, each with the engine's own words."""
    with empty_engine() as engine:
        for rule in rules:
            statement, times = query_of(rule.sql, None)
            try:
                engine.execute(statement, times)
            except duckdb.Error as refusal:
                yield RuleError(rule.source, f"{rule.title}: {' '.join(str(refusal).split())}")
