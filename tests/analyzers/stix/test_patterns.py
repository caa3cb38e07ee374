"""Patterns of single values are read strictly; every other one is refused, and never half of one taken."""

import pytest

from analyzers.stix.kinds import Unusable
from analyzers.stix.patterns import values_of

MD5, SHA = "b" * 32, "a" * 64


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("[ipv4-addr:value = '203.0.113.7']", [("ipv4-addr", "203.0.113.7")]),
        ("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", [("ipv4-addr", "203.0.113.0/24")]),
        (
            "[domain-name:value = 'a.example' OR url:value = 'http://a.example/']",
            [("domain-name", "a.example"), ("url", "http://a.example/")],
        ),
        (
            "[domain-name:value IN ('a.example','b.example')]",
            [("domain-name", "a.example"), ("domain-name", "b.example")],
        ),
        (
            f"([file:hashes.MD5 = '{MD5}'] OR [(file:hashes.'SHA-256' = '{SHA}')])",
            [("file", MD5), ("file", SHA)],
        ),
        ("[user-account:user_id = 'mallory']", [("user-account", "mallory")]),
        ("[network-traffic:dst_ref.value = '192.0.2.1']", [("", "192.0.2.1")]),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent' = 'it\\'s \\\\ me']",
            [("user-agent", "it's \\ me")],
        ),
        ("[x-aws-access-key:value = 'AKIAIOSFODNN7EXAMPLE']", [("x-aws-access-key", "AKIAIOSFODNN7EXAMPLE")]),
    ],
)
def test_equality_and_in_joined_by_or_are_values(pattern, found):
    assert values_of(pattern) == found


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        ("[ipv4-addr:value = '192.0.2.1' AND domain-name:value = 'a.example']", "found AND"),
        ("[ipv4-addr:value = '192.0.2.1'] AND [ipv4-addr:value = '192.0.2.2']", "found AND"),
        ("[ipv4-addr:value = '192.0.2.1'] FOLLOWEDBY [ipv4-addr:value = '192.0.2.2']", "found FOLLOWEDBY"),
        ("[ipv4-addr:value = '192.0.2.1'] WITHIN 5 SECONDS", "found WITHIN"),
        ("[ipv4-addr:value = '192.0.2.1'] REPEATS 5 TIMES", "found REPEATS"),
        ("[NOT ipv4-addr:value = '192.0.2.1']", "found NOT"),
        ("[ipv4-addr:value NOT = '192.0.2.1']", "found NOT"),
        ("[ipv4-addr:value != '192.0.2.1']", "found !="),
        ("[domain-name:value LIKE '%.example']", "found LIKE"),
        ("[domain-name:value MATCHES '.*']", "found MATCHES"),
        ("[domain-name:value ISSUBSET 'a.example']", "found ISSUBSET"),
        ("[file:size = 5]", "no event holds file:size"),
        ("[ipv4-addr:value = 5]", "found 5"),
        ("[process:command_line = 'x']", "no event holds process:command_line"),
        ("[file:hashes.MD5 = 'abc']", "a MD5 has 32"),
        ("[ipv4-addr:value = '192.0.2.1'", "found its end"),
        ("[ipv4-addr:value = '192.0.2.1']]", "OR or its end"),
        ("[ipv4-addr:value = '192.0.2.1", "found"),
        ("[domain-name:value IN ()]", "found"),
        ("", "found its end"),
        ("(" * 1_000, "nested too deeply"),
        ("[" + "(" * 1_000, "nested too deeply"),
        ("x" * ((1 << 20) + 1), "longer than"),
        ("'" * 100_001, "found"),
        ("-" * 500_000, "found"),
        ("' \\" * 100_000, "found"),
    ],
)
def test_everything_else_is_refused_by_name(pattern, reason):
    with pytest.raises(Unusable, match=reason):
        values_of(pattern)
