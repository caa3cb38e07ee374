"""Rules put to the events: which of them could match at all, and their questions side by side."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing
from datetime import datetime

import duckdb

from analyzers.base import Material
from analyzers.sigma import Called, Rule, called_query, enough_query
from events import NotInDialect, QuestionRefused, Rows, TooSlow
from plugins import Window

LONGEST = 300.0  # seconds a rule may take; the reader's own limit is meant for pages

# What a rule itself can be the cause of. A full disk or a lost file is no answer and fails the run.
REFUSALS = (
    *(duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError, duckdb.OutOfMemoryException),
    *(TooSlow, NotInDialect, QuestionRefused),
)

Complete = Callable[[str, Window | None], tuple[str, list[datetime]]]  # a rule's SQL -> statement and parameters


def answers_of(rules: Sequence[Rule], material: Material, complete: Complete) -> Iterator[tuple[Rule, Rows | str]]:
    """Each rule with its rows, in the order of the rules, or with why the engine would not answer it.

    A rule about calls that nobody made, or about more of them than anybody made, has no rows and is not asked.
    """
    worthwhile = worthwhile_rules(rules, material)
    questions = [complete(rule.sql, material.window) for rule in rules if rule.id in worthwhile]
    with closing(material.events.answers(questions, seconds=LONGEST)) as answers:
        for rule in rules:
            yield rule, rows_or_reason(rule, next(answers)) if rule.id in worthwhile else []


def rows_or_reason(rule: Rule, answer: Future[Rows]) -> Rows | str:
    try:
        return answer.result()
    except REFUSALS as refusal:
        return f"{rule.source}: {refusal}"


def worthwhile_rules(rules: Sequence[Rule], material: Material) -> set[str]:
    """The possible rules without the correlations that a short question rules out; their long one takes 20 ms to plan.

    An engine where each question takes its time, however short, is not asked twice.
    """
    possible = possible_rules(rules, material)
    if not material.events.is_near:
        return possible
    doubtful = [rule for rule in rules if rule.id in possible and rule.enough]
    questions = [enough_query(rule.enough, material.window) for rule in doubtful]
    answers = material.events.answers(questions, seconds=LONGEST)
    return possible - {rule.id for rule, answer in zip(doubtful, answers, strict=True) if is_empty(answer)}


def is_empty(answer: Future[Rows]) -> bool:
    """Whether a question has no rows; one that the engine refuses may have some, and the rule will say so itself."""
    try:
        return not answer.result()
    except REFUSALS:
        return False


def possible_rules(rules: Sequence[Rule], material: Material) -> set[str]:
    """The rules that could match by the names of the events that there are; all of them if those cannot be had."""
    [answer] = material.events.answers([called_query(material.window)], seconds=LONGEST)
    try:
        called = Called(answer.result())
    except REFUSALS:
        return {rule.id for rule in rules}
    return {rule.id for rule in rules if rule.gate.lets_in(called)}
