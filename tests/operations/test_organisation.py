"""The command that finds accounts, in a moto organisation of one account."""

import json
from io import StringIO

import boto3
import pytest
from django.core.management import CommandError, call_command
from moto import mock_aws

from cases.custody_check import check
from cases.models import AwsAccount

pytestmark = pytest.mark.django_db


@pytest.fixture
def aws(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield boto3.client("organizations", "us-east-1")


def said(*arguments):
    out = StringIO()
    call_command("organisation", "discover", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_what_it_found_and_what_to_do_next(aws):
    aws.create_organization(FeatureSet="ALL")
    words = said("--region", "eu-west-1")
    assert "accounts: 1" in words
    assert "added    123456789012" in words
    assert "manage.py roles" in words
    assert AwsAccount.objects.get().regions == ["eu-west-1"]


def test_it_says_it_to_a_machine_too(aws):
    aws.create_organization(FeatureSet="ALL")
    found = json.loads(said("--json"))
    assert (found["accounts"], found["added"], found["not_seen"]) == (1, ["123456789012"], [])


def test_the_portals_log_keeps_it(aws):
    aws.create_organization(FeatureSet="ALL")
    said()
    assert check("portal").problems == ()
    assert check("portal").size >= 1


def test_no_organisation_is_an_error_with_a_remedy(aws):
    with pytest.raises(CommandError, match="let the portal's own role do organizations:DescribeOrganization"):
        said()
