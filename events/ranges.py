"""Ranges of addresses (CIDR, RFC 4632) as SQL conditions on addresses that stand as text in the logs."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_network

from events.errors import BadFilter

RANGE = re.compile(r"[0-9a-f.:]+/\d{1,3}", re.IGNORECASE)
OCTET, HEXTET, NIBBLE = 8, 16, 4  # bits


def range_of(text: str) -> IPv4Network | IPv6Network | None:
    """The range that a text names; None if it is no range at all. Raises BadFilter for one that cannot be."""
    if not RANGE.fullmatch(text):
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        raise BadFilter(f"{text!r} is not a range of addresses: give it as 203.0.113.0/24 or 2001:db8::/32") from None


def in_range(text: str, typed: str) -> tuple[str, list[object]]:
    """Whether the address in the SQL expression ``text`` lies in the range; never NULL. Raises BadFilter."""
    network = range_of(typed)
    return in_v4(text, network) if isinstance(network, IPv4Network) else in_v6(text, network)


def in_v4(text: str, network: IPv4Network) -> tuple[str, list[object]]:
    """By the octets that all its addresses share, and the bounds of the one in which they differ."""
    shared = network.prefixlen // OCTET
    first, last = str(network[0]).split("."), str(network[-1]).split(".")
    start = "".join(f"{octet}." for octet in first[:shared])
    if shared == len(first):
        return f"{text} = ?", [start.rstrip(".")]
    octet = f"TRY_CAST(split_part({text}, '.', {shared + 1}) AS UTINYINT)"
    bounds: list[object] = [int(first[shared]), int(last[shared])]
    is_inside = f"(starts_with({text}, ?) AND coalesce({octet} BETWEEN ? AND ?, false))"
    return is_inside, [start, *bounds]


def in_v6(text: str, network: IPv6Network | None) -> tuple[str, list[object]]:
    """By the beginning of the text, in RFC 5952's short form and with leading zeros."""
    patterns = list(dict.fromkeys(beginnings(network))) if network else []
    if not patterns:
        raise BadFilter(
            f"{network} is a range that cannot be asked for: an IPv6 range must end at a hexadecimal digit and have no "
            "group of zeros before its end, as 2001:db8::/32; use a wildcard such as 2001:db8:* instead"
        )
    return "(" + " OR ".join([f"{text} LIKE ?"] * len(patterns)) + ")", [*patterns]


def beginnings(network: IPv6Network) -> Iterator[str]:
    """The LIKE patterns of its addresses, short and long; none if the short form does not show where they begin."""
    if network.prefixlen == network.max_prefixlen:
        yield from (network[0].compressed, network[0].exploded)
        return
    groups = network[0].exploded.split(":")
    whole, rest = divmod(network.prefixlen, HEXTET)
    digits, odd = divmod(rest, NIBBLE)
    part = groups[whole][:digits]
    if odd or part.startswith("0") or "0000" in groups[:whole]:
        return
    tail = [part.ljust(HEXTET // NIBBLE, "_")] if part else []
    end = ":%" if whole + len(tail) < len(groups) else ""
    for start in ([group.lstrip("0") for group in groups[:whole]], groups[:whole]):
        yield ":".join([*start, *tail] or ["%"]) + end
