"""Small databases of addresses, written byte for byte as the MaxMind DB format says.

Source: https://maxmind.github.io/MaxMind-DB/ (2.0): a binary search tree over IPv6 addresses, IPv4 ones under ::/96,
16 zero bytes, the records, a marker and the metadata. Records are not shared, and pointers are not used.
"""

from ipaddress import ip_network

MARKER = b"\xab\xcd\xefMaxMind.com"
MAP, TEXT, WORD, UINT32, UINT64, ARRAY = 7, 2, 5, 6, 9, 11
BUILT = 1_795_305_600  # 2026-11-22 00:00 UTC
IPV4_BITS = 96  # stand before an IPv4 address in the tree

CITY = {"country": {"iso_code": "NL"}, "city": {"names": {"de": "Amsterdam (de)", "en": "Amsterdam"}}}
ASN = {"autonomous_system_number": 14061, "autonomous_system_organization": "DigitalOcean"}
HOME_CITY = {"country": {"iso_code": "IE"}, "city": {"names": {"en": "Dublin"}}}
HOME_ASN = {"autonomous_system_number": 16509, "autonomous_system_organization": "Amazon"}
AWAY, AWAY6, HOME = "165.22.3.4", "2a03:b0c0::7", "52.16.1.1"  # public addresses; what the files say of them is ours


def write(file, networks, kind="GeoLite2-City", built=BUILT, **metadata):
    """Write the records of these networks (``{"192.0.2.0/24": {...}}``) and return the file."""
    file.write_bytes(database(networks, kind, built, **metadata))
    return file


def write_city(folder, name="GeoLite2-City.mmdb", **more):
    return write(folder / name, {"165.22.0.0/16": CITY, "2a03:b0c0::/32": CITY, "52.16.0.0/15": HOME_CITY}, **more)


def write_asn(folder, name="GeoLite2-ASN.mmdb", **more):
    networks = {"165.22.0.0/16": ASN, "2a03:b0c0::/32": ASN, "52.16.0.0/15": HOME_ASN}
    return write(folder / name, networks, **({"kind": "GeoLite2-ASN"} | more))


def database(networks, kind, built=BUILT, **metadata):
    records, offsets = b"", {}
    nodes = [[None, None]]
    for network, record in sorted(networks.items(), key=lambda pair: ip_network(pair[0]).prefixlen):
        offsets[network] = len(records)
        records += encoded(record)
        plant(nodes, bits_of(ip_network(network)), network)
    tree = b"".join(pointer(side, len(nodes), offsets) for node in nodes for side in node)
    about = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "database_type": kind,
        "description": {"en": "made for a test"},
        "ip_version": 6,
        "languages": ["en"],
        "node_count": len(nodes),
        "record_size": 24,
    }
    return tree + bytes(16) + records + MARKER + encoded(about | metadata)


def bits_of(network):
    """The way to a network in the tree, as text of 0 and 1."""
    before = IPV4_BITS if network.version == 4 else 0
    return f"{int(network.network_address):0128b}"[: before + network.prefixlen]


def plant(nodes, bits, leaf):
    """Put ``leaf`` at the end of the way; one that lies there already goes on to both sides below it."""
    at = 0
    for bit in map(int, bits[:-1]):
        if not isinstance(nodes[at][bit], int):
            nodes.append([nodes[at][bit]] * 2)
            nodes[at][bit] = len(nodes) - 1
        at = nodes[at][bit]
    nodes[at][int(bits[-1])] = leaf


def pointer(side, count, offsets):
    """Another node, nothing (the number of nodes), or a record: behind the nodes and the 16 zero bytes."""
    number = side if isinstance(side, int) else count if side is None else count + 16 + offsets[side]
    return number.to_bytes(3, "big")


def encoded(value):
    match value:
        case dict():
            return control(MAP, len(value)) + b"".join(encoded(part) for pair in value.items() for part in pair)
        case list():
            return control(ARRAY, len(value)) + b"".join(map(encoded, value))
        case str():
            return control(TEXT, len(value.encode())) + value.encode()
        case int():
            number = value.to_bytes((value.bit_length() + 7) // 8, "big")
            return control(WORD if len(number) <= 2 else UINT32 if len(number) <= 4 else UINT64, len(number)) + number


def control(kind, size):
    """The control byte: 3 bits of type (0: it is in the next byte, less 7) and 5 of size (29, 30: it goes on)."""
    head, more = (
        (size, b"") if size < 29 else (29, bytes([size - 29])) if size < 285 else (30, (size - 285).to_bytes(2, "big"))
    )
    return bytes([kind << 5 | head]) + more if kind < 8 else bytes([head, kind - 7]) + more
