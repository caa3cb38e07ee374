"""Each value has one form, however it is written; what is none is refused in words."""

import pytest

from analyzers.stix.kinds import Unusable, normalised


@pytest.mark.parametrize(
    ("written", "kind", "value"),
    [
        ("203.0.113.7", "ipv4-addr", "203.0.113.7"),
        ("203[.]0[.]113[.]7", "ipv4-addr", "203.0.113.7"),
        ("203.0.113.7/32", "ipv4-addr", "203.0.113.7"),
        ("203.0.113.9/24", "ipv4-addr", "203.0.113.0/24"),
        ("2001:DB8:0:0::1", "ipv6-addr", "2001:db8::1"),
        ("2001:db8::1/32", "ipv6-addr", "2001:db8::/32"),
        ("EVIL[.]example.", "domain-name", "evil.example"),
        ("*.evil(dot)example", "domain-name", "evil.example"),
        ("b\u00fccher.example", "domain-name", "xn--bcher-kva.example"),
        ("hxxps[:]//Evil[.]example:443/A?b#c", "url", "https://evil.example/A?b"),
        ("hXXp://u:p@evil.example:8080", "url", "http://evil.example:8080/"),
        ("A" * 32, "file", "a" * 32),
        ("0" * 40, "file", "0" * 40),
        ("F" * 64, "file", "f" * 64),
        ("AKIAIOSFODNN7EXAMPLE", "x-aws-access-key", "AKIAIOSFODNN7EXAMPLE"),
        ("arn:aws:iam::111122223333:user/Mallory", "user-account", "arn:aws:iam::111122223333:user/Mallory"),
    ],
)
def test_a_bare_value_is_known_by_its_form(written, kind, value):
    assert normalised("", f"  {written} ") == (kind, value)
    assert normalised(kind, value) == (kind, value)


@pytest.mark.parametrize(
    ("called", "kind"),
    [("IP", "ipv4-addr"), ("sha256", "file"), ("User-Agent", "user-agent"), ("principal", "user-account")],
)
def test_kinds_go_by_the_names_that_feeds_give_them(called, kind):
    value = {"ipv4-addr": "192.0.2.1", "file": "a" * 64}.get(kind, "mallory")
    assert normalised(called, value) == (kind, value)


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("", "  ", "no value"),
        ("", "nonsense", "name its type"),
        ("", "300.1.1.1", "name its type"),
        ("", "a b.example", "name its type"),
        ("", "0.0.0.0/0", "name its type"),
        ("ip", "0.0.0.0/0", "all addresses"),
        ("ip", "fe80::1%eth0", "zone"),
        ("domain", "localhost", "no domain"),
        ("domain", "a" * 300 + ".example", "no domain"),
        ("domain", "-a.example", "no domain"),
        ("url", "ftp://evil.example/", "begins with http"),
        ("url", "http://[::1", "no URL"),
        ("url", "http://a.example:99999/", "no URL"),
        ("md5", "g" * 32, "no MD5"),
        ("access_key", "AIDAEXAMPLE", "AKIA or ASIA"),
        ("principal", "arn:nothing", "no whole ARN"),
        ("user-agent", "abc", "at least 4"),
        ("mutex", "x", "there is no kind 'mutex'"),
        ("domain", "evil\x00.example", "control characters"),
        ("domain", "\ud800.example", "control characters"),
        ("user-agent", "x" * 1501, "longer than"),
        ("user-agent", "\u3042" * 501, "longer than"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_in_words(kind, value, reason):
    with pytest.raises(Unusable, match=reason):
        normalised(kind, value)
