"""STIX patterns, as far as they name single values: equality and IN, joined by OR. Everything else is refused by name.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, section 9.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from analyzers.stix.kinds import HASH, Unusable

LONGEST = 1 << 20  # characters
DEEPEST = 20  # brackets in brackets
TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\['\\])*')
    |(?P<path>[a-z0-9-]+:(?:[A-Za-z0-9_-]+|'(?:[^'\\]|\\['\\])*')
        (?:\.(?:[A-Za-z0-9_-]+|'(?:[^'\\]|\\['\\])*')|\[(?:\d+|\*)\])*)
    |(?P<sign>!=|<>|<=|>=|==|[=<>\[\](),])
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<other>\S+?(?=[\s\[\](),=<>]|\Z))
    )""",
    re.VERBOSE,
)
PLAIN = ("ipv4-addr", "ipv6-addr", "domain-name", "url", "user-agent", "x-aws-access-key")
# The paths of values that are looked for -> the kind; empty: the value tells (an address or a name).
PATHS: Mapping[str, str] = {
    **{f"{kind}:value": kind for kind in PLAIN},
    "x-aws-access-key:id": "x-aws-access-key",
    "user-account:user_id": "user-account",
    "user-account:account_login": "user-account",
    "network-traffic:src_ref.value": "",
    "network-traffic:dst_ref.value": "",
    "network-traffic:extensions.http-request-ext.request_header.User-Agent": "user-agent",
    **dict.fromkeys((f"file:hashes.{name}" for name in ("MD5", "SHA-1", "SHA-256")), "file"),
}
DIGITS = {"MD5": 32, "SHA-1": 40, "SHA-256": 64}
ADDRESSES = ("ipv4-addr:value", "ipv6-addr:value", "network-traffic:src_ref.value", "network-traffic:dst_ref.value")


@dataclass(slots=True)
class Reader:
    """A pattern's tokens, read one after the other; ``found`` gathers (kind, value)."""

    tokens: list[tuple[str, str]]
    at: int = 0
    found: list[tuple[str, str]] = field(default_factory=list)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "its end")

    def next(self) -> tuple[str, str]:
        token = self.peek()
        self.at += 1
        return token

    def accept(self, *wanted: str) -> bool:
        kind, text = self.peek()
        is_wanted = kind in ("sign", "word") and text in wanted
        self.at += is_wanted
        return is_wanted

    def expect(self, wanted: str) -> None:
        if not self.accept(wanted):
            raise refusal(self.peek(), wanted)

    def alternatives(self, depth: int, *, is_inside: bool) -> None:
        """What OR joins: observations, or, inside of their brackets, comparisons."""
        if depth > DEEPEST:
            raise Unusable("its brackets are nested too deeply")
        self.alternative(depth, is_inside=is_inside)
        while self.accept("OR"):
            self.alternative(depth, is_inside=is_inside)

    def alternative(self, depth: int, *, is_inside: bool) -> None:
        if self.accept("("):
            self.alternatives(depth + 1, is_inside=is_inside)
            self.expect(")")
        elif is_inside:
            self.comparison()
        else:
            self.expect("[")
            self.alternatives(depth + 1, is_inside=True)
            self.expect("]")

    def comparison(self) -> None:
        token = self.next()
        if token[0] != "path":
            raise refusal(token, "the path of a value")
        path = token[1].replace("'", "")
        if path not in PATHS:
            raise Unusable(f"no event holds {path[:80]}")
        self.found += [(PATHS[path], checked(path, value)) for value in self.values(path)]

    def values(self, path: str) -> Iterator[str]:
        """The literals that the path is compared with."""
        if self.accept("=", "==") or (path in ADDRESSES and self.accept("ISSUBSET")):
            yield self.literal()
            return
        self.expect("IN")
        self.expect("(")
        yield self.literal()
        while self.accept(","):
            yield self.literal()
        self.expect(")")

    def literal(self) -> str:
        token = self.next()
        if token[0] != "text":
            raise refusal(token, "a text in quotes")
        return re.sub(r"\\(['\\])", r"\1", token[1][1:-1])


def values_of(pattern: str) -> list[tuple[str, str]]:
    """The (kind, value) pairs any of which the pattern is about; an empty kind is to be guessed. Raises Unusable."""
    if len(pattern) > LONGEST:
        raise Unusable(f"it is longer than {LONGEST:,} characters")
    reader = Reader(list(tokens_of(pattern)))
    reader.alternatives(0, is_inside=False)
    if reader.peek()[0] != "end":
        raise refusal(reader.peek(), "OR or its end")
    return reader.found


def tokens_of(pattern: str) -> Iterator[tuple[str, str]]:
    text = pattern.rstrip()
    at = 0
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise Unusable(f"it cannot be read at character {at + 1}")
        yield token.lastgroup, token[token.lastgroup]
        at = token.end()


def refusal(token: tuple[str, str], wanted: str) -> Unusable:
    """Why the pattern is not one of single values: what stands there, and what could."""
    return Unusable(f"only equality and IN joined by OR can be used: found {token[1][:60]} where {wanted} should be")


def checked(path: str, value: str) -> str:
    """A hash must be as long as its algorithm's name says. Raises Unusable."""
    name = path.rpartition(".")[2]
    if name in DIGITS and (len(value) != DIGITS[name] or not HASH.fullmatch(value.lower())):
        raise Unusable(f"a {name} has {DIGITS[name]} hexadecimal digits")
    return value
