"""What every playbook that comes with the portal keeps to."""

import re
from pathlib import Path

import pytest

import collectors.playbooks
from collectors import sources
from collectors.playbooks import load_playbooks

FOLDER = Path(collectors.playbooks.__file__).parent
SHELF = load_playbooks([FOLDER])
EVERY = pytest.mark.parametrize("playbook", SHELF.playbooks, ids=lambda playbook: playbook.name)
GUIDE = FOLDER.parents[1] / "docs" / "playbooks.md"


def installed(playbook):
    return [(step, sources.get(step.source)) for step in playbook.steps if step.source in sources.all()]


def test_the_five_are_there():
    assert SHELF.errors == ()
    assert [playbook.title for playbook in SHELF.playbooks] == [
        "Access key leaked",
        "Console takeover",
        "EC2 instance compromised",
        "Ransomware in S3",
        "S3 data theft",
    ]


@EVERY
class TestEveryPlaybook:
    def test_it_asks_cloudtrail_and_must(self, playbook):
        assert next(step.required for step in playbook.steps if step.source == "cloudtrail")

    def test_each_reason_is_a_sentence_of_its_own(self, playbook):
        reasons = [step.why for step in playbook.steps]
        assert all(reason[0].isupper() and reason.endswith(".") for reason in reasons)
        assert len(set(reasons)) == len(reasons)

    def test_it_hands_resources_only_to_sources_that_take_some(self, playbook):
        handed = {step.source for step, source in installed(playbook) if step.needs or step.takes}
        assert handed <= {source.name for _, source in installed(playbook) if source.resources}

    def test_what_changes_aws_is_asked_for_named_resources_alone(self, playbook):
        acting = [step for step, source in installed(playbook) if source.acts]
        assert all(step.needs or step.follows for step in acting)


def test_the_guides_example_is_a_playbook(tmp_path):
    [shown] = re.findall(r"```yaml\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    (tmp_path / "laptop.yaml").write_text(shown)
    assert load_playbooks([tmp_path]).errors == ()
