"""Sigma's ``cidr`` as SQL: is the text of a field an address of the network?

Compared as numbers, so that a host name such as 10.example.com never counts as 10.0.0.0/8 and every way to write an
IPv6 address is the same address (RFC 4291, section 2.2; the form that ends in a dotted IPv4 address counts as none).
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

from sigma.exceptions import SigmaValueError

from events.addresses import IPV4, ipv6_digits


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
    return f"(regexp_matches({field}, '{IPV4}') AND {' + '.join(octets)} BETWEEN {first} AND {last})"


def within_ipv6(field: str, network: IPv6Network) -> str:
    first, last = (f"{int(address):032x}" for address in (network.network_address, network.broadcast_address))
    return f"({ipv6_digits(field)} BETWEEN '{first}' AND '{last}')"
