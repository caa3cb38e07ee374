"""What AWS Config recorded as different, and whose call was behind it."""

import json

import pytest
from django.urls import reverse

from events.drift import differences_of, flat
from tests.api.conftest import Caller
from tests.dashboard import casework

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>\u202e"
GROUP, ROLE, BUCKET, STILL = "sg-0123456789abcdef0", "AROADEPLOY", "acme-exports", "vpc-0abc"
OPEN = {"ipPermissions": [{"fromPort": 22, "ipRanges": ["0.0.0.0/0"]}], "description": HOSTILE}


def item(minute, kind, resource, configuration, status="OK", **more):
    return {
        "configurationItemCaptureTime": f"{casework.record_at(minute):%Y-%m-%dT%H:%M:%S.000Z}",
        "configurationItemStatus": status,
        "resourceType": f"AWS::{kind}",
        "resourceId": resource,
        "awsAccountId": "111122223333",
        "awsRegion": "us-east-1",
        "configuration": configuration,
        **more,
    }


ITEMS = [
    item(0, "EC2::SecurityGroup", GROUP, {"ipPermissions": [], "description": "web"}),
    item(7, "EC2::SecurityGroup", GROUP, OPEN),
    item(0, "IAM::Role", ROLE, {"policies": []}),
    item(200, "IAM::Role", ROLE, {"policies": ["admin"]}, relatedEvents=["event-90-PutRolePolicy"]),
    item(0, "S3::Bucket", BUCKET, {"name": BUCKET}),
    item(300, "S3::Bucket", BUCKET, None, status="ResourceDeleted"),
    item(0, "EC2::VPC", STILL, {"cidr": "10.0.0.0/16", "main": True}),
    item(9, "EC2::VPC", STILL, {"cidr": "10.0.0.0/16", "main": True}),
    item(10, "EC2::VPC", STILL, {"main": True, "cidr": "10.0.0.0/16"}),
    item(0, "IAM::User", "AIDABACKUP", {"note": "a" * 300}, resourceName="svc-backup-2"),
    item(40, "IAM::User", "AIDABACKUP", {"note": "a" * 300 + "b"}, resourceName="svc-backup-2"),
    item(0, "S3::Bucket", "acme-logs", {"name": "acme-logs"}),
    item(50, "S3::Bucket", "acme-logs", {"name": "acme-logs"}, supplementaryConfiguration={"BucketPolicy": "public"}),
    item(8, "EC2::Instance", "i-0123456789abcdef0", {"type": "t3"}, status="ResourceDiscovered"),
]
CALLS = [
    casework.record(5, "AuthorizeSecurityGroupIngress", requestParameters={"groupId": GROUP}),
    casework.record(6, "ListTagsForResource", requestParameters={"groupId": GROUP}),
    casework.record(6, "RevokeSecurityGroupEgress", requestParameters={"groupId": GROUP}, errorCode="AccessDenied"),
    casework.record(39, "PutUserPolicy", requestParameters={"userName": "svc-backup-2"}),
    casework.record(90, "PutRolePolicy", requestParameters={"roleName": "deploy"}),
    casework.record(199, "AttachRolePolicy", requestParameters={"roleId": ROLE}),
]


@pytest.fixture
def recorded(incident, rin, tmp_path):
    """Items of AWS Config and the calls of the same hours."""
    folder = tmp_path / "recorded"
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps({"fileVersion": "1.0", "configurationItems": ITEMS}))
    (folder / "a_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": CALLS}))
    casework.collect(incident, rin, folder)
    return incident


@pytest.fixture
def url(incident):
    return reverse("changes", args=[incident.reference])


@pytest.fixture
def lines(as_rin, recorded, url):
    return {line.change.resource: line for line in as_rin.get(url).context["lines"]}


def test_only_what_became_different_is_listed_newest_first(lines):
    assert list(lines) == [BUCKET, ROLE, "acme-logs", "AIDABACKUP", "i-0123456789abcdef0", GROUP]


def test_each_place_of_a_configuration_is_named_with_what_it_was_and_became(lines):
    changed = {one.path: (one.before, one.after) for one in lines[GROUP].change.differences}
    assert changed["ipPermissions[0].fromPort"] == ("", "22")
    assert changed["ipPermissions[0].ipRanges[0]"] == ("", "0.0.0.0/0")
    assert changed["description"] == ("web", HOSTILE)


def test_where_config_names_no_call_the_one_that_changed_and_named_it_is_taken(lines):
    [caller] = lines[GROUP].callers
    assert (caller.call.name, caller.call.is_told) == ("AuthorizeSecurityGroupIngress", False)
    assert caller.principal == "user/ci-deploy"


def test_the_call_that_config_names_is_believed_however_long_ago(lines):
    [caller] = lines[ROLE].callers
    assert (caller.call.name, caller.call.is_told) == ("PutRolePolicy", True)


def test_a_value_that_differs_beyond_what_is_shown_is_a_change_and_iam_is_known_by_name(lines):
    line = lines["AIDABACKUP"]
    assert [one.path for one in line.change.differences] == ["note"]
    assert [caller.call.name for caller in line.callers] == ["PutUserPolicy"]


def test_what_config_keeps_beside_the_configuration_is_compared_too(lines):
    [one] = lines["acme-logs"].change.differences
    assert (one.path, one.before, one.after) == ("supplementaryConfiguration.BucketPolicy", "", "public")


def test_the_api_lists_the_same(recorded, rin, lines):
    listed = Caller(rin).get(f"incidents/{recorded.reference}/changes/").json()["results"]
    assert [one["resource"] for one in listed] == list(lines)
    [call] = next(one for one in listed if one["resource"] == ROLE)["calls"]
    assert (call["name"], call["is_told"]) == ("PutRolePolicy", True)


def test_what_was_made_and_what_was_deleted_is_called_that(lines):
    assert lines["i-0123456789abcdef0"].change.is_made
    assert (lines[BUCKET].change.is_gone, lines[BUCKET].callers) == (True, [])


def test_lines_lead_to_item_resource_and_call(as_rin, lines):
    line = lines[GROUP]
    for address in (line.event, line.resource_page, line.callers[0].event, line.callers[0].principal_page):
        assert as_rin.get(address).status_code == 200


def test_hostile_values_are_text(as_rin, recorded, url):
    page = as_rin.get(url).text
    assert "<script>alert" not in page
    assert "⟨U+202E⟩" in page


def test_without_items_it_says_what_to_collect(as_rin, examined, url):
    assert "No item of AWS Config was examined" in as_rin.get(url).text


def test_a_stranger_finds_nothing(as_otto, incident, url):
    assert as_otto.get(url).status_code == 404


@pytest.mark.parametrize(
    ("before", "after", "paths"),
    [
        ('{"a": 1}', '{"a": 1}', []),
        ('{"a": {"b": [1, 2]}}', '{"a": {"b": [1, 3]}}', ["a.b[1]"]),
        (None, '{"a": null}', ["a"]),
        ("{}", "[]", [""]),
        ("no JSON", "no JSON either", [""]),
        ("[" * 5_000, "{", [""]),
    ],
)
def test_differences_have_paths(before, after, paths):
    assert [one.path for one in differences_of(flat(before), flat(after))] == paths
