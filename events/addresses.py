"""IP addresses that stand as text in the logs, as hexadecimal digits: every way to write one gives the same digits.

RFC 4291, section 2.2; the form of an IPv6 address that ends in a dotted IPv4 address counts as none. A host name such
as 10.example.com never counts as an address.
"""

from ipaddress import IPv4Network, IPv6Network, ip_network

OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
IPV4 = rf"^(?:{OCTET}\.){{3}}{OCTET}$"
GROUP = "[0-9a-f]{1,4}"
GROUPS = f"{GROUP}(?::{GROUP})*"
IPV6 = f"^(?:{GROUP}(?::{GROUP}){{7}}|(?:{GROUPS})?::(?:{GROUPS})?)$"
NIBBLE = 4  # bits
HEXADECIMAL = "0123456789abcdef"


def ipv4_digits(text: str) -> str:
    """The SQL of an IPv4 address's 8 digits; NULL for what is none."""
    octets = ", ".join(f"TRY_CAST(split_part({text}, '.', {place}) AS INTEGER)" for place in (1, 2, 3, 4))
    written = f"format('{{:02x}}{{:02x}}{{:02x}}{{:02x}}', {octets})"
    return f"CASE WHEN regexp_matches({text}, '{IPV4}') THEN {written} END"


def ipv6_digits(text: str) -> str:
    """The SQL of an IPv6 address's 32 digits, in which order of text is order of numbers; NULL for what is none."""
    lower = f"lower({text})"
    before, after = (
        f"[lpad(g, 4, '0') FOR g IN string_split(split_part({lower}, '::', {place}), ':') IF g <> '']"
        for place in (1, 2)
    )
    missing = f"8 - len({before}) - len({after})"
    written = f"array_to_string({before}, '') || repeat('0000', {missing}) || array_to_string({after}, '')"
    # "::" stands for at least one group of zeros
    least = f"CASE WHEN contains({lower}, '::') THEN 1 ELSE 0 END"
    return f"CASE WHEN regexp_matches({lower}, '{IPV6}') AND {missing} >= {least} THEN {written} END"


def network_key(network: str) -> str:
    """What all addresses of a network (or one address) have in common: its bits and its first digits."""
    net = ip_network(network)
    return f"{net.prefixlen}/{net.max_prefixlen}:{shared(net)}"


def shared(net: IPv4Network | IPv6Network) -> str:
    text = f"{int(net.network_address):0{net.max_prefixlen // NIBBLE}x}"
    whole, odd = divmod(net.prefixlen, NIBBLE)
    return text[:whole] + (f".{int(text[whole], 16) >> (NIBBLE - odd)}" if odd else "")


def key_in_sql(text: str, bits: int, of: int) -> str:
    """The key of the network of ``bits`` bits that an address lies in; ``text`` is the SQL of its digits."""
    whole, odd = divmod(bits, NIBBLE)
    begins = f"'{bits}/{of}:' || left({text}, {whole})"
    if not odd:
        return begins
    nibble = f"(strpos('{HEXADECIMAL}', substr({text}, {whole + 1}, 1)) - 1) >> {NIBBLE - odd}"
    return f"{begins} || '.' || ({nibble})"
