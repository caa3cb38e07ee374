"""The command that lists the sources and prints their IAM policy."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collectors import sources


def said(*arguments):
    out = StringIO()
    call_command("sources", *arguments, stdout=out)
    return out.getvalue()


def test_it_lists_every_source():
    table = said()
    assert all(f"| `{source.name}` | {source.title} |" in table for source in sources)


def test_the_policy_of_a_source_allows_what_it_declares():
    [statement] = json.loads(said("--policy", "ebs_snapshots"))["Statement"]
    assert statement["Action"] == sorted(sources.get("ebs_snapshots").permissions)
    assert statement["Effect"] == "Allow"


def test_without_names_the_policy_is_for_all_sources():
    [statement] = json.loads(said("--policy"))["Statement"]
    assert set(statement["Action"]) == {
        action for source in sources for action in source.permissions + source.permissions_there
    }


def test_it_refuses_a_source_there_is_not():
    with pytest.raises(CommandError, match=r"there are: .*cloudtrail, .*ebs_snapshots, .*folder"):
        said("--policy", "nothing")
