"""How AWS is asked: page by page, absence as a fact, ids in batches."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from collectors.asking import (
    asked,
    asked_or_absent,
    finding_lines,
    held,
    in_batches,
    milliseconds,
    out_of_retention,
    paged,
)
from plugins import Gap, GapKind
from tests.collectors.told import Told, error, read


def client(**answers):
    return Told("backup", answers).session.client("backup")


def test_an_answer_comes_without_what_is_true_of_one_call_only():
    answer = {"BackupVaultName": "a", "ResponseMetadata": {"RequestId": "1"}}
    assert asked(client(DescribeBackupVault=answer), "describe_backup_vault", BackupVaultName="a") == {
        "BackupVaultName": "a"
    }


def test_what_is_not_there_is_told_in_the_words_of_aws():
    backup = client(DescribeBackupVault=error("ResourceNotFoundException", "no such vault"))
    given = {"absent": "ResourceNotFoundException", "BackupVaultName": "a"}
    assert "no such vault" in asked_or_absent(backup, "describe_backup_vault", **given)["absent"]


def test_any_other_refusal_rises():
    backup = client(DescribeBackupVault=error("AccessDeniedException"))
    with pytest.raises(ClientError, match="AccessDenied"):
        asked_or_absent(backup, "describe_backup_vault", "ResourceNotFoundException", BackupVaultName="a")


def test_a_second_page_is_asked_for_when_the_first_is_used_up():
    pages = [{"BackupVaultList": [{"n": 1}], "NextToken": "t"}, error("ThrottlingException")]
    found = paged(client(ListBackupVaults=pages), "list_backup_vaults", "BackupVaultList")
    assert next(found) == {"n": 1}
    with pytest.raises(ClientError, match="Throttling"):
        next(found)


def test_a_page_without_the_key_has_nothing():
    assert list(paged(client(ListBackupVaults={}), "list_backup_vaults", "BackupVaultList")) == []


def test_batches_keep_the_order_and_the_last_is_shorter():
    assert list(in_batches("abcde", 2)) == [["a", "b"], ["c", "d"], ["e"]]
    assert list(in_batches("", 2)) == []


def test_an_answer_that_is_held_is_an_artifact_with_its_notes():
    artifact = held("a.json", "arn:a", {"n": 1}, place="here")
    assert (json.loads(read(artifact)), artifact.notes) == ({"n": 1}, {"place": "here"})


def test_a_time_is_in_milliseconds():
    assert milliseconds(datetime(1970, 1, 1, 0, 0, 1, 500_000, tzinfo=UTC)) == 1500


def test_only_a_window_that_begins_too_early_is_out_of_retention():
    now, kept = datetime.now(UTC), timedelta(days=90)
    assert list(out_of_retention("x", now - timedelta(days=89), kept)) == []
    [gap] = out_of_retention("x", now - timedelta(days=91), kept)
    assert (gap.kind, "90 days" in gap.detail) == (GapKind.OUT_OF_RETENTION, True)


def test_findings_listed_before_a_refusal_are_a_batch_and_the_refusal_a_gap():
    def ids():
        yield from ("a", "b", "c")
        raise error("ThrottlingException")

    first, second, gap = finding_lines("d", "arn:d", ids, lambda batch: [{"id": one} for one in batch], 2)
    assert [one.origin for one in (first, second)] == ["arn:d/finding/a", "arn:d/finding/c"]
    assert read(first) == b'{"id": "a"}\n{"id": "b"}\n'
    assert isinstance(gap, Gap)
