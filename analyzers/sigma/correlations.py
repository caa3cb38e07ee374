"""Sigma correlations as window queries: event_count, value_count, temporal, temporal_ordered.

What they mean here (https://sigmahq.io/sigma-specification, correlation rules 2.x, which leaves these open): a window
is the ``timespan`` that ends with an event, both ends included; events without a time, or without a value in a
group-by or counted field, take no part; steps of ``temporal_ordered`` are different events, and events of the same
second may stand in either order, since CloudTrail writes whole seconds. An event is part of the finding if it lies in
a window (for ordered steps: between first and last step) that met the condition.
"""

from dataclasses import dataclass

from sigma.correlations import SigmaCorrelationCondition, SigmaCorrelationRule
from sigma.exceptions import (
    SigmaCorrelationConditionError,
    SigmaCorrelationTypeError,
    SigmaFeatureNotSupportedByBackendError,
)

from analyzers.sigma.backend import text_of
from analyzers.sigma.gates import OPEN, Gate
from analyzers.sigma.queries import DATED, EVENT
from analyzers.sigma.text import literal

_OPERATORS = {"LT": "<", "LTE": "<=", "GT": ">", "GTE": ">=", "EQ": "=", "NEQ": "<>"}
_ORIGIN = "TIMESTAMP '2001-01-01 00:00:00'"  # where slots of time are counted from; any would do
_TYPES = ("event_count", "value_count", "temporal", "temporal_ordered")


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that a correlation refers to: the name it uses for it, its predicate and its gate."""

    name: str
    predicate: str
    gate: Gate = OPEN


@dataclass(frozen=True, slots=True)
class Correlation:
    """A correlation made ready for SQL: steps in the rule's order, expressions of group and counted value."""

    kind: str
    steps: tuple[Step, ...]
    seconds: int
    groups: tuple[str, ...]
    value: str
    operator: str
    threshold: float

    @property
    def partition(self) -> str:
        return ", ".join(f"g{place}" for place in range(len(self.groups))) or "TRUE"


def correlation_of(rule: SigmaCorrelationRule, steps: list[Step]) -> Correlation:
    """Read pySigma's rule. Raises SigmaError for what this engine does not do, naming it."""
    kind = rule.type.name.lower()
    if kind not in _TYPES:
        raise SigmaCorrelationTypeError(
            f"correlations of type {kind} are not known here; known are {', '.join(_TYPES)}"
        )
    operator, threshold = condition_of(rule, kind, len(steps))
    return Correlation(
        kind=kind,
        steps=tuple(steps),
        seconds=rule.timespan.seconds,
        groups=tuple(group_of(rule, field, steps) for field in rule.group_by or ()),
        value=value_of(rule) if kind == "value_count" else "",
        operator=operator,
        threshold=threshold,
    )


def condition_of(rule: SigmaCorrelationRule, kind: str, steps: int) -> tuple[str, float]:
    condition = rule.condition
    if not isinstance(condition, SigmaCorrelationCondition):
        raise SigmaFeatureNotSupportedByBackendError(
            "extended correlation conditions (and, or, not) are not known here"
        )
    operator = _OPERATORS[condition.op.name]
    if kind == "temporal_ordered" and (operator, condition.count) not in ((">=", steps), ("=", steps)):
        raise SigmaFeatureNotSupportedByBackendError(
            "temporal_ordered takes all of its rules in order; drop its condition"
        )
    return operator, condition.count


def group_of(rule: SigmaCorrelationRule, field: str, steps: list[Step]) -> str:
    """Give the expression of a group-by field; an alias takes the field that the first matching rule maps it to."""
    alias = rule.aliases.aliases.get(field)
    if alias is None:
        return text_of(field)
    mapped = {reference.reference: name for reference, name in alias.mapping.items()}
    branches = [f"WHEN {step.predicate} THEN {text_of(mapped[step.name])}" for step in steps if step.name in mapped]
    return f"CASE {' '.join(branches)} END"


def value_of(rule: SigmaCorrelationRule) -> str:
    """The expression of what is counted; of several fields, their values together. Raises SigmaError without any."""
    fields = getattr(rule.condition, "fieldref", None)
    if not fields:
        raise SigmaCorrelationConditionError("value_count takes the field whose values it counts")
    return " || chr(31) || ".join(text_of(field) for field in ([fields] if isinstance(fields, str) else fields))


def windows_sql(correlation: Correlation) -> str:
    """Write the queries that take ``seen`` (the view ``logs`` within the times asked for) to ``chosen``."""
    begun, met = _MEASURES[correlation.kind](correlation)
    return f"""{hits_cte(correlation)},
measured AS ({begun}),
alarms AS (SELECT *, CASE WHEN {met} THEN begun END AS alarm FROM measured),
reached AS (SELECT *, min(alarm) OVER (PARTITION BY {correlation.partition} ORDER BY event_time
    RANGE BETWEEN CURRENT ROW AND INTERVAL {correlation.seconds} SECOND FOLLOWING) AS earliest FROM alarms),
chosen AS (SELECT *, {entity_sql(correlation)} AS entity FROM reached WHERE earliest <= event_time)"""  # noqa: S608  values are quoted, names ours


def hits_sql(correlation: Correlation, columns: str) -> str:
    """The events that match a step, with these columns of theirs, their groups and what is counted of them."""
    marks = [f"{mark_of(correlation, step)} AS m{place}" for place, step in enumerate(correlation.steps)]
    groups = [f"{group} AS g{place}" for place, group in enumerate(correlation.groups)]
    values = [f"{correlation.value} AS counted"] if correlation.value else []
    matched = " OR ".join(f"({step.predicate})" for step in correlation.steps)
    present = [f"g{place} IS NOT NULL" for place in range(len(groups))] + ["counted IS NOT NULL"] * len(values)
    inner = ", ".join([columns, slot_sql(correlation), *marks, *groups, *values])
    hits = f"SELECT {inner} FROM seen WHERE ({matched}) AND {DATED}"  # noqa: S608  values are quoted, names ours
    return f"SELECT * FROM ({hits}) WHERE {' AND '.join(present)}" if present else hits  # noqa: S608


def mark_of(correlation: Correlation, step: Step) -> str:
    """1 where the hit is of this step; every hit is of the only one."""
    return "1" if len(correlation.steps) == 1 else f"CASE WHEN {step.predicate} THEN 1 ELSE 0 END"


def slot_sql(correlation: Correlation) -> str:
    """Time cut into slots as long as the window, so that each window lies in two slots beside each other."""
    return f"time_bucket(to_seconds({max(correlation.seconds, 1)}), event_time, {_ORIGIN}) AS slot"


def hits_cte(correlation: Correlation) -> str:
    """Write the queries that take ``seen`` to ``hits``, the events that match a step and could lie in a window."""
    hits, enough = hits_sql(correlation, EVENT), enough_sql(correlation)
    if not enough:
        return f"hits AS MATERIALIZED ({hits})"
    return f"""{enough},
hits AS MATERIALIZED (SELECT * FROM ({hits}) SEMI JOIN enough USING ({slot_of(correlation)}))"""  # noqa: S608


def enough_sql(correlation: Correlation) -> str:
    """Write the queries that take ``seen`` to ``enough``, the slots of a group in which a window could be met.

    Windows and wide rows cost much, and most groups never fill one: first those are left out that have too few events
    over all time, then the slots that have too few together with the one before or after. Empty for a window that few
    events may meet: it leaves none out.
    """
    least = least_of(correlation)
    if least is None:
        return ""
    slot, most = slot_of(correlation), most_sql(correlation)
    beside = f"OVER (PARTITION BY {correlation.partition} ORDER BY slot RANGE BETWEEN"
    span = f"INTERVAL {correlation.seconds} SECOND"
    return f"""narrow AS MATERIALIZED ({hits_sql(correlation, "event_time")}),
busy AS ({busy_sql(correlation, least)}),
slots AS (SELECT {slot}, {most} AS most FROM busy GROUP BY {slot}),
paired AS (SELECT *, sum(most) {beside} {span} PRECEDING AND CURRENT ROW) AS with_last,
    sum(most) {beside} CURRENT ROW AND {span} FOLLOWING) AS with_next FROM slots),
enough AS MATERIALIZED (SELECT {slot} FROM paired WHERE greatest(with_last, with_next) >= {least})"""  # noqa: S608


def least_of(correlation: Correlation) -> float | None:
    """What a window must reach at least; None where few events suffice."""
    if correlation.kind == "temporal_ordered":
        return len(correlation.steps)
    return correlation.threshold if correlation.operator in (">", ">=", "=") else None


def busy_sql(correlation: Correlation, least: float) -> str:
    """The narrow hits of the groups that have enough of them in all."""
    if not correlation.groups:
        return "SELECT * FROM narrow"
    groups = groups_of(correlation)
    many = f"SELECT {groups} FROM narrow GROUP BY {groups} HAVING {most_sql(correlation)} >= {least}"  # noqa: S608
    return f"SELECT * FROM narrow SEMI JOIN ({many}) AS many USING ({groups})"  # noqa: S608


def groups_of(correlation: Correlation) -> str:
    return ", ".join(f"g{place}" for place in range(len(correlation.groups)))


def slot_of(correlation: Correlation) -> str:
    return f"{groups_of(correlation)}, slot" if correlation.groups else "slot"


def most_sql(correlation: Correlation) -> str:
    """What a window over these events can reach at most."""
    steps = " + ".join(f"max(m{place})" for place in range(len(correlation.steps)))
    return {"event_count": "count(*)", "value_count": "count(DISTINCT counted)"}.get(correlation.kind, steps)


def counted_sql(correlation: Correlation) -> tuple[str, str]:
    counts = {
        "event_count": "count(*) OVER past",
        "value_count": "count(DISTINCT counted) OVER past",
        "temporal": " + ".join(f"max(m{place}) OVER past" for place in range(len(correlation.steps))),
    }
    span = f"INTERVAL {correlation.seconds} SECOND"
    measured = f"""SELECT *, event_time - {span} AS begun, {counts[correlation.kind]} AS measure FROM hits
    WINDOW past AS (PARTITION BY {correlation.partition} ORDER BY event_time
        RANGE BETWEEN {span} PRECEDING AND CURRENT ROW)"""  # noqa: S608
    return measured, f"measure {correlation.operator} {correlation.threshold}"


def ordered_sql(correlation: Correlation) -> tuple[str, str]:
    """Carry the latest start of a chain from step to step; the last step's start is when the whole sequence began."""
    query = "SELECT *, CASE WHEN m0 = 1 THEN event_time END AS s0 FROM hits"
    window = f"""OVER (PARTITION BY {correlation.partition} ORDER BY event_time
        RANGE BETWEEN INTERVAL {correlation.seconds} SECOND PRECEDING AND CURRENT ROW EXCLUDE CURRENT ROW)"""
    for place in range(1, len(correlation.steps)):
        start = f"CASE WHEN m{place} = 1 THEN max(s{place - 1}) {window} END"
        query = f"SELECT *, {start} AS s{place} FROM ({query})"  # noqa: S608
    last = len(correlation.steps) - 1
    measured = f"SELECT *, s{last} AS begun FROM ({query})"  # noqa: S608
    return measured, f"event_time - begun <= INTERVAL {correlation.seconds} SECOND"


def entity_sql(correlation: Correlation) -> str:
    """Name the group: its value, or a JSON array of its values, which no value can imitate."""
    names = [f"g{place}" for place in range(len(correlation.groups))]
    if len(names) > 1:
        return f"CAST(json_array({', '.join(names)}) AS VARCHAR)"
    return names[0] if names else literal("*")


_MEASURES = {
    "event_count": counted_sql,
    "value_count": counted_sql,
    "temporal": counted_sql,
    "temporal_ordered": ordered_sql,
}
