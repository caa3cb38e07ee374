"""The kinds of indicators, by their STIX 2.1 types, and the one way in which a value of each is written.

https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html, section 6. STIX has no type for two of them:
``x-aws-access-key`` is ours, ``user-agent`` stands for the header User-Agent of network-traffic's http-request-ext.
"""

import re
from collections.abc import Callable, Mapping
from ipaddress import ip_interface
from urllib.parse import SplitResult, urlsplit

LONGEST = 1_500  # bytes of a value in UTF-8; it stands in an index
SHORTEST_AGENT = 4  # characters; a shorter part of a user agent is in every second one
PORTS = {"http": 80, "https": 443}

DEFANGED = (
    (re.compile(r"^h(?:xx|tt|XX|TT)p(s?)(?=\[?:)", re.IGNORECASE), r"http\1"),
    (re.compile(r"\[:\]//|\[://\]"), "://"),
    (re.compile(r"\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\)", re.IGNORECASE), "."),
    (re.compile(r"\[:\]"), ":"),
)
LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
DOMAIN = re.compile(rf"(?:{LABEL}\.)+[a-z][a-z0-9-]{{0,61}}[a-z0-9]")
HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}")
ACCESS_KEY = re.compile(r"A[KS]IA[A-Z0-9]{12,124}")
ARN = re.compile(r"arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{0,12}:\S.*")
HIDDEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Unusable(ValueError):
    """The value cannot be looked for; the message says why, and goes on after the value."""


def normalised(kind: str, text: str) -> tuple[str, str]:
    """The kind and the value as it is kept; an empty kind is guessed. Raises Unusable."""
    value = refanged(text.strip())
    if not value:
        raise Unusable("there is no value")
    if HIDDEN.search(value):
        raise Unusable("it holds control characters")
    if len(value.encode()) > LONGEST:
        raise Unusable(f"it is longer than {LONGEST:,} bytes")
    kind = ALIASES.get(kind.strip().lower(), kind.strip().lower()) or guessed(value)
    if kind not in KINDS:
        raise Unusable(f"there is no kind {kind[:60]!r}; there are: {', '.join(KINDS)}")
    return KINDS[kind](value)


def refanged(text: str) -> str:
    """Undo what keeps people from following a link: hxxp, [.], [:]."""
    for written, meant in DEFANGED:
        text = written.sub(meant, text)
    return text


def guessed(value: str) -> str:
    """The kind that a bare value can only be. Raises Unusable."""
    for kind in ("file", "x-aws-access-key", "user-account", "url", "ipv4-addr", "domain-name"):
        if kind == "user-account" and not value.startswith("arn:"):
            continue  # any word could be somebody's name
        try:
            return KINDS[kind](value)[0]
        except Unusable:
            continue
    raise Unusable("it is no address, domain, URL, hash, access key or ARN; name its type if it is something else")


def address(value: str) -> tuple[str, str]:
    """An address or a range, in the short form; a range of one is the address."""
    try:
        network = ip_interface(value).network
    except ValueError:
        raise Unusable("it is no IP address and no range such as 203.0.113.0/24") from None
    if "%" in value:
        raise Unusable("an address with a zone is one of a single machine")
    if network.prefixlen == 0:
        raise Unusable("it is the range of all addresses")
    is_one = network.prefixlen == network.max_prefixlen
    return f"ipv{network.version}-addr", str(network.network_address if is_one else network)


def domain(value: str) -> tuple[str, str]:
    name = value.rstrip(".").removeprefix("*.")
    try:
        name = (name if name.isascii() else name.encode("idna").decode()).lower()
    except UnicodeError:
        raise Unusable("it is no domain name") from None
    if len(name) > 253 or not DOMAIN.fullmatch(name):
        raise Unusable("it is no domain name")
    return "domain-name", name


def url(value: str) -> tuple[str, str]:
    """Scheme and host in lower case, without the scheme's own port, user information and fragment."""
    try:
        parts = urlsplit(value)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise Unusable("it is no URL") from None
    if parts.scheme.lower() not in PORTS or not host:
        raise Unusable("it is no URL that begins with http:// or https://")
    host = f"[{host}]" if ":" in host else host
    where = host if port in (None, PORTS[parts.scheme.lower()]) else f"{host}:{port}"
    return "url", SplitResult(parts.scheme.lower(), where, parts.path or "/", parts.query, "").geturl()


def file_hash(value: str) -> tuple[str, str]:
    if not HASH.fullmatch(value.lower()):
        raise Unusable("it is no MD5, SHA-1 or SHA-256 in hexadecimal digits")
    return "file", value.lower()


def access_key(value: str) -> tuple[str, str]:
    if not ACCESS_KEY.fullmatch(value.upper()):
        raise Unusable("it is no id of an access key: those begin with AKIA or ASIA")
    return "x-aws-access-key", value.upper()


def account(value: str) -> tuple[str, str]:
    """An ARN as it is, or the name of a user or role."""
    if value.startswith("arn:") and not ARN.fullmatch(value):
        raise Unusable("it is no whole ARN")
    return "user-account", value


def agent(value: str) -> tuple[str, str]:
    if len(value) < SHORTEST_AGENT:
        raise Unusable(f"a part of a user agent needs at least {SHORTEST_AGENT} characters to mean anything")
    return "user-agent", value.lower()


KINDS: Mapping[str, Callable[[str], tuple[str, str]]] = {
    "ipv4-addr": address,
    "ipv6-addr": address,
    "domain-name": domain,
    "url": url,
    "file": file_hash,
    "user-account": account,
    "x-aws-access-key": access_key,
    "user-agent": agent,
}
# What feeds and people call them besides.
ALIASES: Mapping[str, str] = {
    **dict.fromkeys(("ip", "ipv4", "ipv6", "address", "cidr", "ip-src", "ip-dst"), "ipv4-addr"),
    **dict.fromkeys(("domain", "hostname", "fqdn"), "domain-name"),
    **dict.fromkeys(("md5", "sha1", "sha-1", "sha256", "sha-256", "hash", "file:hashes"), "file"),
    **dict.fromkeys(("arn", "principal", "user", "role"), "user-account"),
    **dict.fromkeys(("access-key", "access_key", "accesskey", "aws-access-key"), "x-aws-access-key"),
    **dict.fromkeys(("user_agent", "useragent"), "user-agent"),
    "uri": "url",
}
