"""Rules put to the events: which of them could match at all, and their questions side by side."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime

import duckdb

from analyzers.base import Material
from analyzers.sigma import Rule, gates_query
from events import NotInDialect, QuestionRefused, Rows, TooSlow
from plugins import Window

LONGEST = 300.0  # seconds a rule may take; the reader's own limit is meant for pages
GATES = 60  # asked in one query

# What a rule itself can be the cause of. A full disk or a lost file is no answer and fails the run.
REFUSALS = (
    *(duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.OutOfMemoryException),
    *(TooSlow, NotInDialect, QuestionRefused),
)

Complete = Callable[[str, Window | None], tuple[str, list[datetime]]]  # a rule's SQL -> statement and parameters


def answers_of(rules: Sequence[Rule], material: Material, complete: Complete) -> Iterator[tuple[Rule, Rows | str]]:
    """Each rule with its rows, in the order of the rules, or with why the engine would not answer it.

    A rule about calls that nobody made has no rows and is not asked.
    """
    possible = possible_rules(rules, material)
    questions = [complete(rule.sql, material.window) for rule in rules if rule.id in possible]
    with closing(material.events.answers(questions, seconds=LONGEST)) as answers:
        for rule in rules:
            yield rule, rows_or_reason(rule, next(answers)) if rule.id in possible else []


def rows_or_reason(rule: Rule, answer: Future[Rows]) -> Rows | str:
    try:
        return answer.result()
    except REFUSALS as refusal:
        return f"{rule.source}: {refusal}"


def possible_rules(rules: Sequence[Rule], material: Material) -> set[str]:
    """The rules that could match by the names of the events that there are."""
    batches = [rules[start : start + GATES] for start in range(0, len(rules), GATES)]
    questions = [gates_query([rule.gate for rule in batch], material.window) for batch in batches]
    answers = material.events.answers(questions, seconds=LONGEST)
    passed = [passed_of(batch, answer) for batch, answer in zip(batches, answers, strict=True)]
    return set().union(*passed)


def passed_of(rules: Sequence[Rule], answer: Future[Rows]) -> set[str]:
    """The rules whose gates some event passes; all of them if the engine refuses one, which will then say so itself."""
    try:
        [row] = answer.result()
    except REFUSALS:
        return {rule.id for rule in rules}
    return {rule.id for rule, is_passed in zip(rules, row, strict=True) if is_passed}
