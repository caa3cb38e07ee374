"""How Sigma's string values become SQL: quoted, matched without regard to case, escaped where a pattern is needed."""

from sigma.exceptions import SigmaFeatureNotSupportedByBackendError, SigmaValueError
from sigma.types import SigmaString, SpecialChars

Part = object  # a piece of a Sigma string: str, SpecialChars or Placeholder

_FUNCTIONS = {(True, True): "contains", (False, True): "starts_with", (True, False): "ends_with"}
_WILDCARDS = {SpecialChars.WILDCARD_MULTI: "%", SpecialChars.WILDCARD_SINGLE: "_"}


def literal(text: str) -> str:
    """Quote any text as an SQL string. Raises SigmaValueError for a NUL, which would end the statement early."""
    if "\x00" in text:
        raise SigmaValueError("a rule's value holds a NUL character; remove it")
    return "'" + text.replace("'", "''") + "'"


def match(field: str, value: SigmaString, *, cased: bool = False) -> str:
    """Say in SQL that ``field`` (an expression of type text) matches the Sigma string, wildcards included.

    Plain prefixes, suffixes and substrings become functions, which DuckDB runs several times faster than LIKE.
    """
    left = field if cased else f"lower({field})"
    before, core, after = split(value)
    if not all(isinstance(part, str) for part in core):
        return f"{left} LIKE {folded(like(value), cased)} ESCAPE '\\'"
    text = folded(literal("".join(str(part) for part in core)), cased)
    if not core and (before or after):
        return f"{field} IS NOT NULL"
    if before or after:
        return f"{_FUNCTIONS[before, after]}({left}, {text})"
    return f"{left} = {text}"


def split(value: SigmaString) -> tuple[bool, list[Part], bool]:
    """Take the wildcards off both ends: is there one before, what lies between, is there one after."""
    core: list[Part] = list(value.s)
    before = bool(core) and core[0] is SpecialChars.WILDCARD_MULTI
    core = core[1:] if before else core
    after = bool(core) and core[-1] is SpecialChars.WILDCARD_MULTI
    return before, core[:-1] if after else core, after


def like(value: SigmaString) -> str:
    """Write a Sigma string as a quoted LIKE pattern whose escape character is the backslash."""
    return literal("".join(like_part(part) for part in value.s))


def like_part(part: Part) -> str:
    if isinstance(part, str):
        return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    if isinstance(part, SpecialChars):
        return _WILDCARDS[part]
    raise SigmaFeatureNotSupportedByBackendError(
        "placeholders (%name%) need a pipeline; write the values into the rule"
    )


def folded(quoted: str, cased: bool) -> str:
    """Lower case in the engine, so that both sides of a comparison fold by the same table."""
    return quoted if cased else f"lower({quoted})"
