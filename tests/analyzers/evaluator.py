"""Sigma by the book, slowly: a second opinion on every rule, over raw JSON records.

Written from the Sigma specification (https://sigmahq.io/sigma-specification/), with nothing of pySigma or DuckDB in it,
so that it can be wrong only in ways of its own.
"""

import re
from datetime import datetime
from functools import partial

import yaml

from .values import COMPARE, field, matches

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def search(record, told):
    """A search identifier: a map is all of its fields, a list is any of its maps or keywords."""
    if isinstance(told, dict):
        return all(matches(record, key, value) for key, value in told.items())
    if isinstance(told, list):
        return any(search(record, entry) for entry in told)
    return matches(record, "", told)


class Condition:
    """A recursive descent over the condition: or, and, not, parentheses, names, 1 of / all of.

    Each part becomes a question to a record: the words are read once, the records are thousands.
    """

    def __init__(self, detection, condition):
        self.told = {name: told for name, told in detection.items() if name != "condition"}
        self.words = re.findall(r"\(|\)|[\w*-]+", condition)

    def either(self):
        parts = self.parted(self.both, "or")
        return lambda record: any(part(record) for part in parts)

    def both(self):
        parts = self.parted(self.single, "and")
        return lambda record: all(part(record) for part in parts)

    def parted(self, part, word):
        parts = [part()]
        while self.words and self.words[0] == word:
            self.words.pop(0)
            parts.append(part())
        return parts

    def single(self):
        word = self.words.pop(0)
        if word == "not":
            denied = self.single()
            return lambda record: not denied(record)
        if word == "(":
            answer = self.either()
            self.words.pop(0)
            return answer
        if word in ("1", "any", "all") and self.words and self.words[0] == "of":
            self.words.pop(0)
            return self.several(all if word == "all" else any, self.words.pop(0))
        return partial(search, told=self.told[word])

    def several(self, decide, pattern):
        """Names that begin with an underscore are never meant."""
        wanted = re.compile(".*" if pattern == "them" else pattern.replace("*", ".*"))
        meant = [told for name, told in self.told.items() if wanted.fullmatch(name) and not name.startswith("_")]
        return lambda record: decide(search(record, told) for told in meant)


def question_of(rule):
    """Whether a record is one that the rule speaks of; several conditions are alternatives."""
    told = rule["detection"]
    conditions = [Condition(told, condition).either() for condition in listed(told["condition"])]
    return lambda record: any(condition(record) for condition in conditions)


def is_match(rule, record):
    return question_of(rule)(record)


def evaluate(text, records):
    """The records (by position) that the file's rule speaks of; for a correlation those in a window that met it."""
    documents = list(yaml.safe_load_all(text))
    rule = documents[-1]
    if "correlation" not in rule:
        is_meant = question_of(rule)
        return {place for place, record in enumerate(records) if is_meant(record)}
    told = rule["correlation"]
    steps = [question_of(next(one for one in documents if one.get("name") == name)) for name in told["rules"]]
    groups = {}
    for place, record in enumerate(records):
        marks = [step(record) for step in steps]
        key = tuple(grouped(told, record, marks, name) for name in listed(told.get("group-by")))
        if any(marks) and None not in key and record.get("eventTime"):
            groups.setdefault(key, []).append((when(record), place, marks, counted(told, record)))
    return set().union(*(in_windows(told, group) for group in groups.values()))


def when(record):
    return datetime.fromisoformat(record["eventTime"]).timestamp()


def listed(names):
    """One name may stand without its list."""
    return [names] if isinstance(names, str) else names or []


def grouped(told, record, marks, name):
    """A group's value; an alias is the field that the first rule which matches gives it."""
    alias = told.get("aliases", {}).get(name)
    if alias is None:
        return field(record, name)
    meant = [alias[step] for step, is_marked in zip(told["rules"], marks, strict=True) if is_marked and step in alias]
    return field(record, meant[0]) if meant else None


def counted(told, record):
    """What a value count counts; of several fields, their values together."""
    values = tuple(field(record, name) for name in listed(told.get("condition", {}).get("field")))
    return None if None in values else values


def in_windows(told, group):
    span = int(told["timespan"][:-1]) * UNITS[told["timespan"][-1]]
    group = [event for event in group if event[3] is not None]
    if told["type"] == "temporal_ordered":
        windows = ordered(group, len(told["rules"]), span)
    else:
        windows = [
            (end - span, end) for end, *_ in group if is_met(told, [e for e in group if end - span <= e[0] <= end])
        ]
    return {place for at, place, *_ in group if any(start <= at <= end for start, end in windows)}


def is_met(told, window):
    measure = {
        "event_count": lambda: len(window),
        "value_count": lambda: len({value for *_, value in window}),
        "temporal": lambda: sum(map(any, zip(*(marks for _, _, marks, _ in window), strict=True))),
    }[told["type"]]()
    condition = told.get("condition") or {"gte": len(told["rules"])}
    return all(COMPARE[name](measure, bound) for name, bound in condition.items() if name != "field")


def ordered(group, steps, span):
    """Every window that a chain of all steps fills: the latest start for each event that can end one."""

    def start(event, step):
        if not event[2][step]:
            return None
        if step == 0:
            return event[0]
        earlier = (start(other, step - 1) for other in group if other is not event and other[0] <= event[0])
        return max((begun for begun in earlier if begun is not None), default=None)

    ends = ((start(event, steps - 1), event[0]) for event in group)
    return [(begun, end) for begun, end in ends if begun is not None and end - begun <= span]
