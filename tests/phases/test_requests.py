"""What is asked for, and what is filled in where nobody says it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from cases.models import AwsAccount, Evidence
from phases.requests import Wish, request_collection
from plugins import Refused

DAY = datetime(2026, 11, 22, tzinfo=UTC)
LOGS = Wish("cloudtrail", "111122223333", "us-east-1", DAY, DAY.replace(day=23))


@pytest.fixture
def archives(db):
    """Two accounts that keep logs, and one that does not."""
    for account, kind in (
        ("444455556666", "log_archive"),
        ("333344445555", "log_archive"),
        ("111122223333", "workload"),
    ):
        AwsAccount.objects.create(account=account, name=account, kind=kind, trail_buckets=[f"trail-of-{account}"])


@pytest.fixture
def resources_of(incident, by_rin):
    """Where a wish makes the portal look."""

    def ask(wish):
        run, _ = request_collection(incident=incident, wish=wish, by=by_rin)
        return run.scope["resources"]

    return ask


def test_where_nobody_names_a_bucket_those_of_the_log_archives_are_searched(resources_of, archives):
    assert resources_of(LOGS) == ["trail-of-333344445555", "trail-of-444455556666"]


def test_the_exhibit_names_the_buckets_that_were_filled_in(resources_of, archives):
    resources = resources_of(LOGS)
    assert Evidence.objects.get().resources == resources


def test_a_bucket_that_a_person_names_is_the_only_one_searched(resources_of, archives):
    assert resources_of(replace(LOGS, resources=("copy-of-the-trail",))) == ["copy-of-the-trail"]


def test_a_source_that_does_not_read_the_log_archive_gets_no_bucket(resources_of, archives):
    assert resources_of(replace(LOGS, source="ec2_context")) == []


def test_without_a_registered_archive_there_is_no_bucket_to_fill_in(resources_of, archives):
    AwsAccount.objects.filter(kind="log_archive").delete()
    assert resources_of(LOGS) == []


def test_an_account_that_nobody_registered_is_refused_at_once(resources_of):
    with pytest.raises(Refused, match="account 111122223333 is not registered; add it"):
        resources_of(LOGS)


@pytest.mark.parametrize(
    ("source", "right", "wrong"),
    [
        ("ebs_snapshots", "i-0123456789abcdef0", "web-1"),
        ("ebs_snapshots", "i-01234567", "i-01234567; rm"),
        ("ebs_image", "snap-0123456789abcdef0", "vol-0123456789abcdef0"),
        ("ebs_snapshot_copies", "snap-0123456789abcdef0 to eu-central-1", "snap-0123456789abcdef0 into Frankfurt"),
        ("cloudtrail", "trail-of-the-org/o-abc/", "s3 bucket"),
        ("config_history", "AWS::EC2::Instance/i-0abc", "i-0abc"),
        ("config_history", "*", "**"),
        ("cloudwatch_logs", "/aws/eks/*", "*/eks"),
        ("rds_logs", "invoices-2", "2-invoices"),
    ],
)
def test_a_name_that_can_be_none_is_refused_at_once(resources_of, archives, source, right, wrong):
    assert resources_of(replace(LOGS, source=source, resources=(right,))) == [right]
    with pytest.raises(Refused, match="cannot take"):
        resources_of(replace(LOGS, source=source, resources=(right, wrong)))


def days(start, end):
    now = timezone.now()
    return {"start": now + timedelta(days=start), "end": now + timedelta(days=end)}


@pytest.mark.parametrize(
    ("window", "words"),
    [
        ({"start": datetime(1, 1, 1, tzinfo=UTC), "end": datetime(2026, 11, 1, tzinfo=UTC)}, "starts before 2006"),
        (days(2, 3), "starts in the future"),
        (days(-2, 400), "ends more than a year from now"),
        (days(-2, -3), "swap start and end"),
        ({"start": datetime(2026, 11, 1, tzinfo=UTC), "end": datetime(2026, 11, 1, tzinfo=UTC)}, "or as it starts"),
    ],
    ids=["before AWS", "future", "far end", "wrong way", "empty"],
)
def test_a_window_in_which_nothing_can_have_been_written_is_refused(incident, by_rin, window, words):
    AwsAccount.objects.create(account="111122223333", name="prod-web", kind="workload")
    wish = Wish("cloudtrail", account="111122223333", region="us-east-1", resources=("org-trail",), **window)
    with pytest.raises(Refused, match=words):
        request_collection(incident=incident, wish=wish, by=by_rin)
    assert not incident.runs.exists()


def test_a_loop_of_links_leads_nowhere(incident, by_rin, tmp_path, settings):
    settings.INTAKE_DIRS = [str(tmp_path)]
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(Refused, match="leads nowhere"):
        request_collection(incident=incident, wish=Wish("folder", resources=(str(tmp_path / "loop"),)), by=by_rin)
