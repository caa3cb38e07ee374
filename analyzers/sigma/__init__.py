"""Sigma rules as DuckDB queries: load a folder of rules, ask them of the events."""

from analyzers.sigma.gates import OPEN, Called, Gate, called_query
from analyzers.sigma.loading import OWN, load_rules, rule_files
from analyzers.sigma.queries import callers_of, enough_query, query_of
from analyzers.sigma.rule import SEVERITIES, Rule, RuleError, RulePack
from analyzers.sigma.trying import refused

__all__ = [
    "OPEN",
    "OWN",
    "SEVERITIES",
    "Called",
    "Gate",
    "Rule",
    "RuleError",
    "RulePack",
    "called_query",
    "callers_of",
    "enough_query",
    "load_rules",
    "query_of",
    "refused",
    "rule_files",
]
