import pytest

from analyzers.sigma import load_rules

from .engine import Engine

RULE = """
title: A rule for a test
id: 00000000-0000-4000-8000-{number:012}
level: low
logsource: {{product: aws, service: cloudtrail}}
detection:
{detection}
"""


@pytest.fixture
def load(tmp_path):
    """Load rule files given as name=text."""

    def make(**texts):
        folder = tmp_path / "rules"
        folder.mkdir(exist_ok=True)
        for name, text in texts.items():
            (folder / f"{name}.yml").write_text(text, "utf-8")
        return load_rules(folder)

    return make


@pytest.fixture
def rule_of(load):
    """Compile one rule from its detection, written as YAML lines."""

    def make(*lines):
        detection = "\n".join(f"  {line}" for line in lines)
        pack = load(rule=RULE.format(number=1, detection=detection))
        assert pack.errors == ()
        return pack.rules[0]

    return make


@pytest.fixture(scope="session")
def engine():
    return Engine()
