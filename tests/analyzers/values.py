"""Sigma's modifiers by the book, slowly: does one field of a raw JSON record match what a rule expects?

Written from the modifiers' appendix of the specification
(https://github.com/SigmaHQ/sigma-specification, specification/sigma-appendix-modifiers.md), with nothing of pySigma or
DuckDB in it.
"""

import base64
import ipaddress
import json
import re
from datetime import datetime
from functools import cache

COMPARE = {
    "gt": lambda a, b: a > b,
    "gte": lambda a, b: a >= b,
    "lt": lambda a, b: a < b,
    "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b,
}
ENCODINGS = {"wide": "utf-16-le", "utf16le": "utf-16-le", "utf16be": "utf-16-be", "utf16": "utf-16-le"}
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
TIMES = {
    "minute": lambda at: at.minute,
    "hour": lambda at: at.hour,
    "day": lambda at: at.day,
    "week": lambda at: at.isocalendar().week,
    "month": lambda at: at.month,
    "year": lambda at: at.year,
}
DASHES = "-/\u2013\u2014\u2015"
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?", re.ASCII)
ABSENT = object()


def raw(record, path):
    """The value that lies at a dotted path, or ABSENT."""
    value = record
    for step in path.split("."):
        value = value.get(step, ABSENT) if isinstance(value, dict) else ABSENT
    return value


def field(record, path):
    """The value of a field as text, objects and lists as compact JSON; None if it is absent or null."""
    value = raw(record, path)
    if value is ABSENT or value is None or isinstance(value, str):
        return None if value is ABSENT else value
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def matches(record, key, expected):
    """One line of a search: ``field|modifiers: value`` or a list of values; without a field, keywords."""
    name, *modifiers = key.split("|")
    wanted = expected if isinstance(expected, list) else [expected]
    decide = all if "all" in modifiers else any
    rest = [modifier for modifier in modifiers if modifier not in ("all", "neq")]
    if not name:
        return decide(is_keyword(record, rest, str(value)) for value in wanted)
    actual = field(record, name)
    return decide(is_match(record, name, actual, rest, value) for value in wanted) != ("neq" in modifiers)


def is_keyword(record, modifiers, value):
    """Is the value anywhere in the event, as JSON writes it?"""
    whole = json.dumps(record, separators=(",", ":"), ensure_ascii=False)
    return is_match(record, "", whole, [*modifiers, "contains"], value)


def is_match(record, name, actual, modifiers, value):
    if "exists" in modifiers:
        return (raw(record, name) is not ABSENT) == value
    if value is None or actual is None:
        return value is actual
    if kind := next((modifier for modifier in modifiers if modifier in SPECIAL), None):
        return SPECIAL[kind](record, actual, modifiers, value)
    if isinstance(value, bool):
        return actual.lower() == str(value).lower()
    if isinstance(value, int | float):
        return number(actual) == value
    text = folded(actual, modifiers)
    return any(pattern.fullmatch(text) for pattern in patterns(value, tuple(modifiers)))


def by_regex(record, actual, modifiers, value):
    """As RE2 has it: a dollar sign is the very end, where Python and Perl stop before a last newline too; \\w is ASCII."""
    flags = [FLAGS[modifier] for modifier in modifiers if modifier in FLAGS]
    told = value.replace(r"\d", "(?-i:[0-9])").replace(r"\w", "(?-i:[0-9A-Za-z_])")
    told = told if "m" in modifiers else re.sub(r"(?<!\\)\$", r"\\Z", told)
    return re.search(told, actual, sum(flags, re.NOFLAG)) is not None


def inside(record, actual, modifiers, value):
    try:
        return ipaddress.ip_address(actual) in ipaddress.ip_network(value, strict=False)
    except ValueError:
        return False


def same_field(record, actual, modifiers, value):
    other = field(record, value)
    if other is None:
        return False
    one, two = fold(actual), fold(other)
    if "contains" in modifiers:
        return two in one
    return (
        one.startswith(two)
        if "startswith" in modifiers
        else one.endswith(two)
        if "endswith" in modifiers
        else one == two
    )


def by_time(record, actual, modifiers, value):
    try:
        at = datetime.fromisoformat(actual)
    except ValueError:
        return False
    return TIMES[next(modifier for modifier in modifiers if modifier in TIMES)](at) == value


def by_number(record, actual, modifiers, value):
    compare = COMPARE[next(modifier for modifier in modifiers if modifier in COMPARE)]
    return number(actual) is not None and compare(number(actual), value)


SPECIAL = {"re": by_regex, "cidr": inside, "fieldref": same_field, **dict.fromkeys(TIMES, by_time)}
SPECIAL |= dict.fromkeys(("gt", "gte", "lt", "lte"), by_number)


def number(text):
    return float(text) if NUMBER.fullmatch(text) else None


@cache
def patterns(value, modifiers):
    return [pattern(text, modifiers) for text in variants(value, modifiers)]


def variants(value, modifiers):
    """The Sigma strings that encodings make of one value."""
    steps = [modifier for modifier in modifiers if modifier in ENCODINGS or modifier.startswith("base64")]
    if not steps:
        return [value]
    data = literal(value).encode()
    for step in steps:
        if step in ENCODINGS:
            data = (b"\xff\xfe" if step == "utf16" else b"") + data.decode().encode(ENCODINGS[step])
        elif step == "base64":
            return [escaped(base64.b64encode(data).decode())]
        else:
            return [escaped(offset(data, shift)) for shift in range(3)]
    return [escaped(data.decode("utf-8"))]


def offset(data, shift):
    """What stays the same of a text's Base64 when ``shift`` unknown bytes stand before it, and any after it."""
    bits = [bit for byte in bytes(shift) + data for bit in f"{byte:08b}"]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    sextets = [bits[at : at + 6] for at in range(0, len(bits), 6)]
    first = -(-shift * 8 // 6)  # the first digit that holds nothing of the bytes before
    return "".join(alphabet[int("".join(digit), 2)] for digit in sextets[first:] if len(digit) == 6)


def literal(pattern):
    """A Sigma string without wildcards as the text that it means."""
    return re.sub(r"\\([\\*?])", r"\1", pattern)


def escaped(text):
    return re.sub(r"([\\*?])", r"\\\1", text)


def pattern(value, modifiers):
    """A Sigma string as a compiled expression: * and ? are wildcards unless a backslash stands before them."""
    before = ".*" if {"contains", "endswith"} & set(modifiers) else ""
    after = ".*" if {"contains", "startswith"} & set(modifiers) else ""
    parts, i = [before], 0
    while i < len(value):
        two = value[i : i + 2]
        if two in ("\\*", "\\?", "\\\\"):
            parts.append(re.escape(folded(two[1], modifiers)))
            i += 2
            continue
        parts.append({"*": ".*", "?": "."}.get(value[i]) or character(value[i], modifiers))
        i += 1
    return re.compile("".join(parts) + after, re.DOTALL)


def character(letter, modifiers):
    if "windash" in modifiers and letter in DASHES:
        return f"[{re.escape(DASHES)}]"
    return re.escape(folded(letter, modifiers))


def folded(text, modifiers):
    return text if "cased" in modifiers else fold(text)


def fold(text):
    """Lower case, letter by letter: what becomes two letters (one, in all of Unicode) becomes its first."""
    return text.lower() if text.isascii() else "".join(letter.lower()[:1] for letter in text)
