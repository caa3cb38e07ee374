"""A person's own folder of rules: asked like ours, and what cannot be asked is a gap by its file's name."""

import pytest

from cases.models import Answer, Finding, GapRecord
from tests.phases.making import artifact, log_file, record

RULE = """
title: Buckets listed
id: 2f0f9d0a-5b1c-4f0e-9c31-6a4f3e7d1a01
author: Rin
level: low
logsource: {product: aws, service: cloudtrail}
detection: {s: {eventName: %s}, condition: s}
"""


@pytest.fixture
def analysed(collection, walks, work_all, settings, tmp_path):
    """Analyse one event with our rules and these files of a folder of one's own."""

    def done(**files):
        for name, text in files.items():
            (tmp_path / f"{name}.yml").write_text(text)
        settings.RULES_DIRS = [*settings.RULES_DIRS, tmp_path]
        event = record(1)
        walks.append([artifact("a.json", log_file(event))])
        work_all()
        return event["eventName"]

    return done


def test_its_findings_name_the_author_and_the_licence(analysed, tmp_path):
    (tmp_path / "LICENSE").write_text("# Detection Rule License (DRL) 1.1")
    analysed(own=RULE % "'*'")
    finding = Finding.objects.get(title="Buckets listed")
    assert (finding.author, finding.licence) == ("Rin", "Detection Rule License (DRL) 1.1 (from LICENSE)")


def test_a_file_that_cannot_be_used_is_a_gap_and_the_rest_is_asked(analysed):
    rule = RULE % "'*'"
    analysed(own=rule, bad=rule.replace("eventName", "eventName|odd") + "---" + rule.replace("condition", "x"))
    gap = GapRecord.objects.get(subject="bad.yml")
    assert "Unknown modifier 'odd'; " in gap.detail
    assert Answer.objects.get(question="bad.yml").error == gap.detail
    assert Finding.objects.filter(title="Buckets listed").exists()


def test_a_folder_that_is_not_there_is_a_gap(analysed, tmp_path, settings):
    settings.RULES_DIRS = [*settings.RULES_DIRS, tmp_path / "misspelt"]
    analysed(own=RULE % "'*'")
    assert "is not there" in GapRecord.objects.get(subject=str(tmp_path / "misspelt")).detail
