"""How large a rule may be: what follows recurses into conditions and writes each value out wherever it is named."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from sigma.exceptions import SigmaError
from sigma.rule import SigmaDetection, SigmaRule

from analyzers.sigma.refusals import items_of
from plugins.nesting import DEEPEST

LONGEST = 500  # words and parentheses; the longest condition of the pack that comes along has 13
MOST = 50  # rules that one correlation refers to
LARGEST = 100_000  # values, each counted wherever the condition names it
WORD = re.compile(r"[()]|[^\s()]+")
SHORTER = "say it with lists of values, with `1 of name_*`, or in several rules"


def refuse_endless(document: Any) -> None:
    """Raises SigmaError naming the limit that a rule, as YAML gave it, is beyond, and the way out."""
    words = [WORD.findall(condition) for condition in conditions_of(document)]
    if sum(map(len, words)) > LONGEST:
        raise SigmaError(f"its condition is longer than {LONGEST} words; {SHORTER}")
    if any(depth > DEEPEST for one in words for depth in depths(one)):
        raise SigmaError(f"its condition is nested more than {DEEPEST} deep; {SHORTER}")
    referred = part_of(document, "correlation").get("rules")
    if isinstance(referred, list) and len(referred) > MOST:
        raise SigmaError(f"it refers to more than {MOST} rules; correlate fewer")


def refuse_large(rule: SigmaRule) -> None:
    """Raises SigmaError where a condition names long lists so often that writing them out takes all memory."""
    counts = {name: sum(len(item.original_value or ()) for item in items_of(part)) for name, part in parts_of(rule)}
    every = sum(counts.values())
    words = WORD.findall(" ".join(map(str, rule.detection.condition)))
    if sum(counts.get(word, every if "*" in word or word == "them" else 0) for word in words) > LARGEST:
        raise SigmaError(f"its condition comes to more than {LARGEST} values; name each list once, or use indicators")


def parts_of(rule: SigmaRule) -> Iterable[tuple[str, SigmaDetection]]:
    return rule.detection.detections.items()


def conditions_of(document: Any) -> Iterator[str]:
    """Every text that pySigma parses as a condition, be the rest of the rule what it may."""
    for name in ("detection", "correlation", "filter"):
        told = part_of(document, name).get("condition")
        yield from (one for one in (told if isinstance(told, list) else [told]) if isinstance(one, str))


def part_of(document: Any, name: str) -> dict[Any, Any]:
    part = document.get(name) if isinstance(document, dict) else None
    return part if isinstance(part, dict) else {}


def depths(words: list[str]) -> Iterator[int]:
    """How deep each word of a condition stands; parentheses and each ``not`` go one deeper."""
    inside, depth = [0], 0  # how deep each open parenthesis's inside stands
    for word in words:
        if word in ("(", "not"):
            depth += 1
            inside += [depth] if word == "(" else []
        else:
            if word == ")" and len(inside) > 1:
                inside.pop()
            depth = inside[-1]
        yield depth
