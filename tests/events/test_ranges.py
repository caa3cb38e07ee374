from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import BadFilter
from events.ranges import in_range, range_of


@pytest.fixture(scope="module")
def engine():
    with duckdb.connect() as one:
        yield one


def holds(engine, address, typed):
    sql, bound = in_range("a", typed)
    return engine.execute(f"SELECT {sql} FROM (SELECT ?::VARCHAR AS a)", [*bound, address]).fetchone()[0]


@settings(max_examples=150, deadline=None)
@given(st.ip_addresses(v=4), st.ip_addresses(v=4), st.integers(0, 32))
def test_an_ipv4_range_holds_what_the_standard_library_says(engine, network, address, length):
    wanted = ip_network(f"{network}/{length}", strict=False)
    assert holds(engine, str(address), f"{network}/{length}") is (address in wanted)
    for edge in (int(wanted[0]) - 1, int(wanted[0]), int(wanted[-1]), int(wanted[-1]) + 1):
        near = IPv4Address(edge % 2**32)
        assert holds(engine, str(near), f"{network}/{length}") is (near in wanted)


@settings(max_examples=150, deadline=None)
@given(st.ip_addresses(v=6), st.integers(0, 128))
def test_an_ipv6_range_is_answered_right_or_refused(engine, network, length):
    wanted = ip_network(f"{network}/{length}", strict=False)
    try:
        found = [holds(engine, str(IPv6Address(edge % 2**128)), f"{network}/{length}") for edge in edges(wanted)]
    except BadFilter as refusal:
        assert "use a wildcard" in str(refusal)
        return
    assert found == [IPv6Address(edge % 2**128) in wanted for edge in edges(wanted)]
    assert holds(engine, wanted[0].exploded, f"{network}/{length}")


def edges(network):
    first, last = int(network[0]), int(network[-1])
    return (first - 1, first, first + 1, last - 1, last, last + 1)


@pytest.mark.parametrize(
    ("address", "typed", "is_inside"),
    [
        ("2001:db8::1", "2001:db8::/32", True),
        ("2001:db80::1", "2001:db8::/32", False),
        ("2600:1f18:22::9", "2600:1f00::/24", True),
        ("2600:1f::9", "2600:1f00::/24", False),
        ("2001:db8::1", "::/0", True),
        ("203.0.113.9", "::/0", False),
        ("203.0.113.9", "203.0.113.77/24", True),
        ("203.0.113.999", "203.0.113.0/24", False),
        ("s3.amazonaws.com", "0.0.0.0/0", False),
        ("", "0.0.0.0/0", False),
    ],
)
def test_odd_addresses(engine, address, typed, is_inside):
    assert holds(engine, address, typed) is is_inside


@pytest.mark.parametrize("typed", ["203.0.113.0/33", "1.2.3/8", "2001:db8::/129", "999.0.0.0/8", "::::/3"])
def test_a_range_that_cannot_be_is_refused_with_an_example(typed):
    with pytest.raises(BadFilter, match=r"203\.0\.113\.0/24"):
        range_of(typed)


@pytest.mark.parametrize("typed", ["2001:0:0:1::/64", "2001:db8::/33", "2600:0100::/24"])
def test_an_ipv6_range_whose_text_has_no_one_beginning_is_refused(typed):
    with pytest.raises(BadFilter, match="use a wildcard"):
        in_range("a", typed)


@pytest.mark.parametrize("typed", ["203.0.113.9", "a/b", "x/24", "*/24", str(ip_address("::1"))])
def test_what_is_no_range_is_left_to_others(typed):
    assert range_of(typed) is None
