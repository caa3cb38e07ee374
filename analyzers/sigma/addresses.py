"""Sigma's ``cidr`` as SQL: is the text of a field an address of the network?

Compared as numbers, so that a host name such as 10.example.com never counts as 10.0.0.0/8 and every way to write an
IPv6 address is the same address (RFC 4291, section 2.2; the form that ends in a dotted IPv4 address counts as none).
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

from sigma.exceptions import SigmaValueError

_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_IPV4 = rf"^(?:{_OCTET}\.){{3}}{_OCTET}$"
_GROUP = "[0-9a-f]{1,4}"
_GROUPS = f"{_GROUP}(?::{_GROUP})*"
_IPV6 = f"^(?:{_GROUP}(?::{_GROUP}){{7}}|(?:{_GROUPS})?::(?:{_GROUPS})?)$"


def within(field: str, cidr: str) -> str:
    """Say in SQL that ``field`` (an expression of type text) is an address of the network. Raises SigmaValueError."""
    try:
        network = ip_network(cidr, strict=False)
    except ValueError as error:
        raise SigmaValueError(f"{cidr!r} is not a network: {error}") from error
    return within_ipv4(field, network) if isinstance(network, IPv4Network) else within_ipv6(field, network)


def within_ipv4(field: str, network: IPv4Network) -> str:
    octets = [f"TRY_CAST(split_part({field}, '.', {place}) AS BIGINT) * {256 ** (4 - place)}" for place in (1, 2, 3, 4)]
    first, last = int(network.network_address), int(network.broadcast_address)
    return f"(regexp_matches({field}, '{_IPV4}') AND {' + '.join(octets)} BETWEEN {first} AND {last})"


def within_ipv6(field: str, network: IPv6Network) -> str:
    """Write the address out in 32 hexadecimal digits, in which order of text is order of numbers."""
    text = f"lower({field})"
    before, after = (
        f"[lpad(g, 4, '0') FOR g IN string_split({half(text, place)}, ':') IF g <> '']" for place in (1, 2)
    )
    missing = f"8 - len({before}) - len({after})"
    digits = f"array_to_string({before}, '') || repeat('0000', {missing}) || array_to_string({after}, '')"
    first, last = (f"{int(address):032x}" for address in (network.network_address, network.broadcast_address))
    # "::" stands for at least one group of zeros
    is_whole = f"{missing} >= CASE WHEN contains({text}, '::') THEN 1 ELSE 0 END"
    return f"(regexp_matches({text}, '{_IPV6}') AND {is_whole} AND {digits} BETWEEN '{first}' AND '{last}')"


def half(text: str, place: int) -> str:
    return f"split_part({text}, '::', {place})"
