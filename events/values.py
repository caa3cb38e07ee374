r"""The value of a filter, as people type it, as an SQL condition: a name, a wildcard, a range of addresses, a title.

``*`` stands for any characters and ``?`` for one; ``[*]`` and ``[?]`` are the characters themselves. Nothing typed is
part of the SQL text: patterns are bound too, their own signs escaped.
"""

import re
from collections.abc import Iterator, Sequence

from events.choices import CHOICES, chosen
from events.ranges import in_range, range_of

Condition = tuple[str, list[object]]

SIGN = re.compile(r"\[[*?]\]|[*?%_\\]")
LIKE = {"*": "%", "?": "_", "[*]": "*", "[?]": "?", "%": r"\%", "_": r"\_", "\\": r"\\"}
AWS = ".amazonaws.com"


def exactly(value: str) -> str:
    """Write a value of the logs so that a filter takes it as it is."""
    return re.sub(r"[*?]", r"[\g<0>]", value)


def is_wild(value: str) -> bool:
    return any(sign in ("*", "?") for sign in SIGN.findall(value))


def literal(value: str) -> str:
    return value.replace("[*]", "*").replace("[?]", "?")


def like(value: str) -> str:
    """The LIKE pattern of a wildcard, or of a plain value."""
    return SIGN.sub(lambda sign: LIKE[sign[0]], value)


def condition(field: str, expression: str, typed: Sequence[str]) -> Condition:
    """Whether the expression is one of the values typed, without regard to case; never NULL. Raises BadFilter.

    Plain values stay one IN: that is what the engine answers fastest.
    """
    text = f"coalesce(lower({expression}), '')"
    given = [value.lower() for value in typed]
    plain = list(dict.fromkeys(same for value in given for same in equals(field, value)))
    parts: list[Condition] = [(f"{text} IN ({', '.join('?' * len(plain))})", [*plain])] if plain else []
    parts += [(rf"{text} LIKE ? ESCAPE '\'", [pattern]) for value in given for pattern in patterns(field, value)]
    parts += [in_range(text, value) for value in given if is_range(field, value)]
    return " OR ".join(part for part, _ in parts) or "false", [one for _, bound in parts for one in bound]


def is_range(field: str, value: str) -> bool:
    return field == "source_ip" and range_of(value) is not None


def equals(field: str, value: str) -> Iterator[str]:
    """The stored values, in lower case, that are meant as they stand."""
    if is_wild(value) or is_range(field, value):
        return
    if field in CHOICES:
        yield from (known.lower() for known in chosen(field, literal(value)))
        return
    yield literal(value)
    if field == "event_source" and "." not in value:
        yield literal(value) + AWS


def patterns(field: str, value: str) -> Iterator[str]:
    pattern = like(value)
    if is_wild(value):
        yield pattern
    if field == "principal" and not value.startswith("arn:"):
        yield from named(pattern)
    if field == "evidence" and not is_wild(value):
        yield f"%-{pattern}"  # E0001 of FP-2026-000001-E0001


def named(name: str) -> Iterator[str]:
    """Where an ARN holds a name: behind the account (user/ci-deploy), alone (ci-deploy), or before a session's name.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    """
    yield from (f"%:{name}", f"%/{name}", f"%:{name}/%", f"%:assumed-role/{name}/%")
