"""Sigma rules as DuckDB queries: load a folder of rules, ask them of the events."""

from analyzers.sigma.gates import gates_query
from analyzers.sigma.loading import OWN, load_rules, rule_files
from analyzers.sigma.queries import callers_of, query_of
from analyzers.sigma.rule import SEVERITIES, Rule, RuleError, RulePack
from analyzers.sigma.trying import refused

__all__ = [
    "OWN",
    "SEVERITIES",
    "Rule",
    "RuleError",
    "RulePack",
    "callers_of",
    "gates_query",
    "load_rules",
    "query_of",
    "refused",
    "rule_files",
]
