"""A full working day with what makes rules cry out for nothing: tools that look everywhere, pipelines, clean-ups.

The simulation's own ordinary day has calls without parameters, which few rules look at twice; this one has them. It is
invented after the false positives that rules themselves name: workday.yml. The same day at every call.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from simulation.organisation import HOME_REGION, PROD_WEB
from simulation.records import Call, Caller

TOLD = Path(__file__).with_suffix(".yml")


def workday(start: datetime) -> Iterator[Call]:
    """Every call of the day that begins at ``start``, habit by habit."""
    told = yaml.safe_load(TOLD.read_text())
    for habit in told["habits"]:
        hours = timedelta(hours=habit.get("hours", 24))
        for number in range(habit["times"]):
            begin = start + timedelta(hours=habit.get("at", 0)) + hours * number / habit["times"]
            yield from one_round(habit, number, begin, told["agents"])


def one_round(habit: dict[str, Any], number: int, begin: datetime, agents: dict[str, str]) -> Iterator[Call]:
    caller = caller_of(habit["caller"])
    service_itself = habit.get("invoked_by", "")
    identity = {"userIdentity": caller.identity() | {"invokedBy": service_itself}} if service_itself else {}
    for place, (service, name, request, repetition) in enumerate(calls_of(habit)):
        yield Call(
            service=service,
            name=name,
            at=begin + timedelta(seconds=place * habit.get("between", 2)),
            caller=caller,
            address=habit.get("address", service_itself),
            agent=agents.get(habit.get("agent", ""), service_itself),
            region=filled(habit.get("region", HOME_REGION), number, repetition),
            request=filled(request, number, repetition),
            extra=habit.get("extra", {}) | identity,
        )


def calls_of(habit: dict[str, Any]) -> Iterator[tuple[str, str, Any, int]]:
    """Service, name, parameters and number of the repetition of each call of a round."""
    for group in habit.get("questions", ()):
        yield from ((service, name, None, 0) for service, names in group.items() for name in names)
    for repetition in range(habit.get("repeat", 1)):
        for told in habit.get("calls", ()):
            service, name = next(iter(told.items()))
            yield service, name, told.get("with"), repetition


def caller_of(name: str) -> Caller:
    name, _, session = name.partition("/")
    return Caller(PROD_WEB, name, f"{'ASIA' if session else 'AKIA'}{name.upper():0<16.16}", session)


def filled(value: Any, number: int, repetition: int) -> Any:
    """The parameters with the numbers of round and repetition in them."""
    if isinstance(value, dict):
        return {key: filled(inner, number, repetition) for key, inner in value.items()}
    if isinstance(value, list):
        return [filled(inner, number, repetition) for inner in value]
    return value.replace("{n}", str(number)).replace("{k}", str(repetition)) if isinstance(value, str) else value
