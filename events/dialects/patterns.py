r"""Regular expressions of RE2, which DuckDB runs, as those of Java and Joni, which Spark and Athena run.

What differs is written out: ``$`` is the very end of the text, ``\d \w \s \b`` are ASCII, ``.`` is all but a line feed,
and ``[`` or ``&&`` inside of a class are themselves. Flags and escapes that are not known here are refused.

https://github.com/google/re2/wiki/Syntax, https://trino.io/docs/current/functions/regexp.html,
https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/util/regex/Pattern.html
"""

import re
from collections.abc import Iterator

from events.errors import NotInDialect

WORD = "0-9A-Za-z_"
SETS = {"d": "0-9", "w": WORD, "s": r"\t\n\f\r "}
BOUNDARY = f"(?:(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}]))"
NO_BOUNDARY = f"(?:(?<=[{WORD}])(?=[{WORD}])|(?<![{WORD}])(?![{WORD}]))"
OUTSIDE = {
    **{name: f"[{members}]" for name, members in SETS.items()},
    **{name.upper(): f"[^{members}]" for name, members in SETS.items()},
    "b": BOUNDARY,
    "B": NO_BOUNDARY,
    "A": r"\A",
    "z": r"\z",
}
SAME = {letter: f"\\{letter}" for letter in "tnrf"}  # and every sign that is no letter or digit
TOKEN = re.compile(
    r"(?P<escape>\\(?:x[0-9A-Fa-f]{2}|.))|(?P<named>\[\[:\^?\w+:\]|\[:\^?\w+:\])|(?P<group>\(\?P?<\w+>|\(\?[^)]*?[:)])|"
    r"(?P<open>\[\^?\]?)|(?P<close>\])|(?P<both>&&)|(?P<any>.)",
    re.DOTALL,
)
FLAGS = re.compile(r"\(\?(?:P?<\w+>|[is]*(?:-[is]+)?[:)])")


def pattern_of(regex: str) -> str:
    """The same pattern for Java's and Joni's engines. Raises NotInDialect, naming what they cannot say."""
    return "".join(translated(regex))


def translated(regex: str) -> Iterator[str]:
    is_inside = False
    for token in TOKEN.finditer(regex):
        text = token[0]
        if token.lastgroup == "named" or (token.lastgroup == "group" and not is_inside and not FLAGS.fullmatch(text)):
            raise NotInDialect(f"the pattern {regex!r} holds {text!r}, which this engine cannot be asked for")
        if is_inside:
            yield inside_class(token, regex)
            is_inside = token.lastgroup != "close"
        else:
            yield outside(token, regex)
            is_inside = token.lastgroup == "open"


def outside(token: re.Match[str], regex: str) -> str:
    text = token[0]
    if token.lastgroup == "escape":
        return OUTSIDE.get(text[1:]) or escaped(text, regex)
    if token.lastgroup == "group":
        return text.replace("(?P<", "(?<")
    if token.lastgroup == "open":
        return text.replace("]", r"\]")
    return {"$": r"\z", ".": r"[^\n]"}.get(text, text)


def inside_class(token: re.Match[str], regex: str) -> str:
    text = token[0]
    if token.lastgroup == "escape":
        return SETS.get(text[1:]) or escaped(text, regex)
    if token.lastgroup in ("open", "both", "group"):
        return text.replace("[", r"\[").replace("]", r"\]").replace("&", r"\&")
    return text


def escaped(text: str, regex: str) -> str:
    name = text[1:]
    if name in SAME or text.startswith(r"\x") or not name.isalnum():
        return text
    raise NotInDialect(f"the pattern {regex!r} holds {text!r}, which this engine cannot be asked for")
