"""The gate of a rule: what an event's name and service alone say about whether the rule can match it.

Most rules speak of calls that nobody made. The few hundred pairs of name and service that an incident holds are read
once, and a rule whose gate none of them passes is answered without reading the events.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.conversion.state import ConversionState
from sigma.rule import SigmaRule
from sigma.types import SigmaFieldReference

from analyzers.sigma.backend import DuckDBBackend, parsed_conditions
from analyzers.sigma.queries import seen_sql
from plugins import Window

KNOWN = {"eventName", "eventSource"}
ALWAYS = "TRUE"
_WORDS = {ConditionAND: " AND ", ConditionOR: " OR "}


def gate_of(rule: SigmaRule) -> str:
    """A predicate over name and service that holds for every event that the rule matches."""
    backend = DuckDBBackend()  # type: ignore[no-untyped-call]
    return any_of([loosened(condition, backend, else_holds=True) for condition in parsed_conditions(rule)])


def any_of(gates: Sequence[str]) -> str:
    return ALWAYS if ALWAYS in gates else " OR ".join(f"({gate})" for gate in gates)


def loosened(condition: Any, backend: DuckDBBackend, *, else_holds: bool) -> str:
    """The condition with ``else_holds`` in the place of all that does not speak of name and service.

    Below a NOT what is unknown has to be the other way round for the whole to stay true of every match.
    """
    if isinstance(condition, ConditionNOT):
        return f"(NOT {loosened(condition.args[0], backend, else_holds=not else_holds)})"
    if isinstance(condition, ConditionAND | ConditionOR):
        parts = [loosened(part, backend, else_holds=else_holds) for part in condition.args]
        return f"({_WORDS[type(condition)].join(parts)})"
    if is_known(condition):
        return f"COALESCE({backend.convert_condition(condition, ConversionState())}, FALSE)"
    return "TRUE" if else_holds else "FALSE"


def is_known(condition: Any) -> bool:
    return (
        isinstance(condition, ConditionFieldEqualsValueExpression)
        and condition.field in KNOWN
        and not isinstance(condition.value, SigmaFieldReference)
    )


def gates_query(gates: Sequence[str], window: Window | None) -> tuple[str, list[datetime]]:
    """Statement and parameters that give one row: for each gate, whether any event passes it."""
    seen, times = seen_sql(window)
    passes = ", ".join(f"coalesce(bool_or({gate}), FALSE)" for gate in gates)
    statement = f"""WITH {seen}, names AS MATERIALIZED (SELECT DISTINCT event_source, event_name FROM seen)
SELECT {passes} FROM names"""  # noqa: S608  values are quoted, times are bound
    return statement, times
