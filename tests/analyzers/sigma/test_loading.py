import pytest

from analyzers.sigma import Called, load_rules, refused

from .conftest import RULE

GOOD = RULE.format(number=1, detection="  s: {eventName: Go}\n  condition: s")
NAMED = GOOD.replace("level: low", "name: base\nlevel: low")
CORRELATION = """
title: Twice
correlation:
  type: event_count
  rules: [{reference}]
  group-by: [userIdentity.arn]
  timespan: 5m
  condition: {{gte: 2}}
"""


def broken(detection):
    return RULE.format(number=2, detection=detection)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: [", "while parsing"),
        ("just words", "not a Sigma rule"),
        ("- a\n- list", "not a Sigma rule"),
        ("title: nothing else", "log source"),
        (broken("  s: {eventName: Go}\n  condition: missing"), "missing"),
        (broken("  s: {eventName|re: '(?=a)b'}\n  condition: s"), "invalid perl operator"),
        (broken("  s: {eventName|re: '('}\n  condition: s"), "invalid"),
        (broken("  s: {eventName|nonsense: a}\n  condition: s"), "nonsense"),
        (broken("  s: {eventName|expand: '%names%'}\n  condition: s"), "placeholder"),
        (broken("  s: {eventName|windash: a-b}\n  condition: s"), "write the variants out"),
        (broken("  s: {eventName|wide: ab}\n  condition: s"), "NUL"),
        (broken("  s: {eventName|base64: 'a*'}\n  condition: s"), "wildcards"),
        (broken("  s: {eventName|cidr: 10.0.0.0/33}\n  condition: s"), "10.0.0.0/33"),
        (broken("  s: {eventName|gt: much}\n  condition: s"), "much"),
        (broken("  s: {eventName: Go}\n  condition: s | count() > 5"), "pipe syntax"),
        (broken("  k: [null]\n  condition: k"), "not a Sigma rule"),
        (broken('  s: {eventName: "a\\0b"}\n  condition: s'), "NUL"),
        (broken('  s: {"event\'Name": a}\n  condition: s'), "event'Name"),
        (CORRELATION.format(reference="nobody"), "nobody"),
        (
            CORRELATION.format(reference="00000000-0000-4000-8000-000000000001").replace("event_count", "value_avg"),
            "field",
        ),
    ],
)
def test_it_names_a_rule_that_it_cannot_use_and_keeps_the_rest(load, text, reason):
    pack = load(good=GOOD, bad=text)
    assert [rule.source for rule in pack.rules] in (["good.yml"], [])
    assert {error.path for error in pack.errors} == {"bad.yml"}
    assert reason in " ".join(error.reason for error in pack.errors)


def test_it_refuses_a_file_that_is_not_text(load, tmp_path):
    load(good=GOOD)
    (tmp_path / "rules" / "binary.yml").write_bytes(b"\xff\xfe\x00")
    assert [error.path for error in load().errors] == ["binary.yml"]


def test_it_refuses_a_file_that_is_too_large(load):
    pack = load(good=GOOD, large="# " + "x" * (1 << 20))
    assert "split it" in pack.errors[0].reason


def test_it_refuses_aliases_that_explode(load):
    bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n"
    bomb += "".join(f"{n}: &{n} [{', '.join(['*' + p] * 10)}]\n" for p, n in zip("abcdef", "bcdefg", strict=True))
    assert [error.path for error in load(good=GOOD, bomb=bomb).errors] == ["bomb.yml"]


def test_it_leaves_rules_for_other_logs_aside_by_name(load):
    windows = GOOD.replace("product: aws, service: cloudtrail", "product: windows, service: security")
    pack = load(windows=windows)
    assert (pack.rules, pack.errors, pack.elsewhere) == ((), (), ("windows.yml",))


def test_it_names_the_file_that_already_has_the_id(load):
    pack = load(first=GOOD, second=GOOD)
    assert [rule.source for rule in pack.rules] == ["first.yml"]
    assert "first.yml" in pack.errors[0].reason


def test_a_rule_that_serves_a_correlation_is_silent(load):
    reference = "00000000-0000-4000-8000-000000000001"
    pack = load(base=GOOD, twice=CORRELATION.format(reference=reference))
    assert [rule.title for rule in pack.rules] == ["Twice"]


def test_a_rule_that_serves_a_correlation_speaks_if_told_to(load):
    reference = "00000000-0000-4000-8000-000000000001"
    text = CORRELATION.format(reference=reference).replace("  type:", "  generate: true\n  type:")
    assert len(load(base=GOOD, twice=text).rules) == 2


def test_it_takes_author_licence_tags_and_next_steps(load):
    told = "author: Rin\nlicense: DRL-1.1\ntags: [attack.t1078.004, attack.persistence, attack.g0016, cve.2026-1]\nnext_steps: Ask\n"
    rule = load(good=GOOD + told).rules[0]
    assert (rule.author, rule.licence, rule.next_steps) == ("Rin", "DRL-1.1", "Ask")
    assert (rule.techniques, rule.tactics) == (("T1078.004",), ("persistence",))


def test_the_version_is_that_of_what_rules_say_not_of_how_they_are_written(load):
    first = load(good=GOOD).version
    assert load(good="# a remark\n" + GOOD).version == first
    assert load(good=GOOD.replace("Go", "Stop")).version != first


def test_a_single_file_can_be_loaded(load, tmp_path):
    load(good=GOOD)
    assert [rule.source for rule in load_rules(tmp_path / "rules" / "good.yml").rules] == ["good.yml"]


def test_a_folder_that_is_not_there_is_named(tmp_path):
    [error] = load_rules(tmp_path / "none").errors
    assert (error.path, error.reason) == (
        str(tmp_path / "none"),
        "the folder of rules is not there; correct the path",
    )


def test_a_folder_without_rules_is_named(tmp_path):
    (tmp_path / "readme.md").write_text("rules live elsewhere")
    [error] = load_rules(tmp_path).errors
    assert "holds no .yml file" in error.reason


def test_folders_of_a_checkout_itself_hold_no_rules(load, tmp_path):
    load(good=GOOD)
    (tmp_path / "rules" / ".github").mkdir()
    (tmp_path / "rules" / ".github" / "workflow.yml").write_text("on: push")
    assert load().errors == ()


def test_a_file_with_two_broken_rules_is_named_once_with_both_reasons(load):
    [error] = load(bad=broken("  s: {eventName|re: '('}\n  condition: s") + "---" + broken("  condition: s")).errors
    assert error.path == "bad.yml"
    assert "'('" in error.reason
    assert "; " in error.reason


def test_a_filter_is_refused_and_not_applied(load):
    hiding = """
title: Hide the pipeline
logsource: {product: aws, service: cloudtrail}
filter: {rules: any, s: {userAgent: pipeline}, condition: not s}
"""
    pack = load(good=GOOD + "---" + hiding)
    assert [error.reason for error in pack.errors] == [
        "Hide the pipeline: filters hide what other rules find and are not applied; write the exception into the rule itself"
    ]
    assert pack.rules[0].sql == load_rules_of(load, GOOD)


def load_rules_of(load, text):
    return load(good=text).rules[0].sql


@pytest.mark.parametrize("name", ["LICENSE", "LICENSE.Detection.Rules.md", "LICENCE.txt"])
def test_a_rule_without_a_licence_has_that_of_its_collection(load, tmp_path, name):
    (tmp_path / name).write_text("\n# Detection Rule License (DRL) 1.1\n\nPermission is hereby granted\n")
    assert load(good=GOOD).rules[0].licence == f"Detection Rule License (DRL) 1.1 (from {name})"
    assert load(good=GOOD + "license: MIT\n").rules[0].licence == "MIT"


def test_a_licence_outside_of_the_rules_own_checkout_is_not_theirs(load, tmp_path):
    (tmp_path / "LICENSE").write_text("Apache License")
    (tmp_path / "rules" / ".git").mkdir(parents=True)
    assert load(good=GOOD).rules[0].licence == ""


def test_a_correlation_means_the_rule_of_its_own_file(load):
    other = NAMED.replace("000001", "000002").replace("Go", "Stop")
    own = NAMED + "---" + CORRELATION.format(reference="base")
    pack = load(a_other=other, own=own)
    assert pack.errors == ()
    [twice] = [rule for rule in pack.rules if rule.title == "Twice"]
    assert ("'Go'" in twice.sql, "'Stop'" in twice.sql) == (True, False)


def test_a_name_that_two_other_files_share_is_named(load):
    first, second = (NAMED.replace("000001", f"00000{number}") for number in (2, 3))
    pack = load(first=first, second=second, twice=CORRELATION.format(reference="base"))
    assert [error.path for error in pack.errors] == ["twice.yml"]
    assert "first.yml and second.yml have one of that name; refer to its id" in pack.errors[0].reason


def test_a_correlation_of_rules_for_other_logs_is_left_aside(load):
    windows = GOOD.replace("product: aws, service: cloudtrail", "product: windows, service: security")
    reference = "00000000-0000-4000-8000-000000000001"
    pack = load(twice=windows + "---" + CORRELATION.format(reference=reference))
    assert (pack.rules, pack.errors, pack.elsewhere) == ((), (), ("twice.yml",))


def conditioned(condition, detection="  s: {eventName: Go}"):
    return broken(f"{detection}\n  condition: {condition}")


def manifold(times):
    """A correlation of many rules."""
    return CORRELATION.format(reference=", ".join(["base"] * times))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (conditioned("not " * 100 + "s"), "nested more than 50 deep; say it with"),
        (conditioned("not " * 250 + "s"), "nested more than 50 deep; say it with"),
        (conditioned("not " * 20_000 + "s"), "longer than 500 words; say it with"),
        (conditioned("s and " * 20_000 + "s"), "longer than 500 words; say it with"),
        (conditioned("(" * 100 + "s" + ")" * 100), "nested more than 50 deep"),
        (conditioned("(" * 20_000 + "s" + ")" * 20_000), "longer than 500 words"),
        (conditioned("not (" * 26 + "s" + ")" * 26), "nested more than 50 deep"),
        (conditioned(f"[{', '.join(['s'] * 501)}]"), "longer than 500 words"),
        (CORRELATION.format(reference="base").replace("{gte: 2}", "not " * 20_000 + "base"), "longer than 500 words"),
        (manifold(51), "refers to more than 50 rules; correlate fewer"),
        ("[" * 50_000, "nested more than 50 deep; write it flatter"),
        (
            conditioned("s and " * 240 + "s", f"  s: {{eventName: [{', '.join(['Go'] * 500)}]}}"),
            "comes to more than 100000 values; name each list once",
        ),
        (
            conditioned("1 of s* and " * 100 + "s", f"  s: {{eventName: [{', '.join(['Go'] * 1_000)}]}}"),
            "comes to more than 100000 values; name each list once",
        ),
    ],
)
def test_a_rule_without_end_is_refused_and_every_other_is_asked(load, text, reason):
    pack = load(good=NAMED, endless=text)
    assert [rule.source for rule in pack.rules] == ["good.yml"]
    [error] = pack.errors
    assert error.path == "endless.yml"
    assert reason in error.reason


@pytest.mark.parametrize(
    "condition",
    [
        "not " * 50 + "s",
        "not s and " * 166 + "s",
        "not (s and " * 25 + "s" + ")" * 25,
        "s or (s and " * 25 + "s" + ")" * 25,
        "(s) and " * 100 + "(not s)",
    ],
)
def test_a_condition_within_the_limits_can_be_asked_to_the_end(load, condition):
    """In a detection nested as deep as YAML may be, from below a worker's own stack."""
    inner = "{eventName: Go}"
    for _ in range(44):
        inner = f"[{inner}, {{eventSource: x}}]"
    pack = from_below(100, lambda: load(deep=conditioned(condition, f"  s: {inner}")))
    assert pack.errors == ()
    assert from_below(100, lambda: list(refused(pack.rules))) == []
    assert from_below(100, lambda: pack.rules[0].gate.lets_in(Called([("x", "Go")]))) in (True, False)
    assert len(from_below(100, lambda: pack.version)) == 64


def from_below(frames, call):
    return call() if not frames else from_below(frames - 1, call)
