"""Security Hub's findings: paged when opened, and a hub that is not there is named."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from collectors import Artifact, Scope
from collectors.security_hub_findings import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read
from tests.simulation.running import session_in

NUMBER = "111122223333"
END = datetime.now(UTC).replace(microsecond=123456)
SCOPE = Scope("test", NUMBER, "us-east-1", END - timedelta(days=1), END)
HUB = {"HubArn": "arn:aws:securityhub:us-east-1:111122223333:hub/default", "AutoEnableControls": True}


def found(scope=SCOPE, **answers):
    told = Told("securityhub", {"DescribeHub": HUB, "GetFindings": {"Findings": [{"Id": "a"}]}} | answers)
    return list(collect(scope, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_the_hub_and_its_findings_are_collected():
    (hub, findings), _ = found()
    assert json.loads(read(hub)) == HUB
    assert read(findings) == b'{"Id": "a"}\n'


def test_every_page_is_read_and_none_before_it_is_opened():
    pages = [{"Findings": [{"Id": "a"}], "NextToken": "t"}, {"Findings": [], "NextToken": "u"}]
    (_, findings), asked = found(GetFindings=[*pages, {"Findings": [{"Id": "b"}]}])
    assert not asked["GetFindings"]
    assert [json.loads(line)["Id"] for line in read(findings).splitlines()] == ["a", "b"]


def test_only_findings_of_this_account_and_region_are_asked_for():
    (_, findings), asked = found()
    read(findings)
    filters = asked["GetFindings"][0]["Filters"]
    assert [filters[name][0]["Value"] for name in ("AwsAccountId", "Region")] == [NUMBER, "us-east-1"]


def test_a_finding_updated_after_the_window_is_asked_for_too():
    (_, findings), asked = found()
    read(findings)
    filters = asked["GetFindings"][0]["Filters"]
    ends = filters["CreatedAt"][0]["End"], filters["UpdatedAt"][0]["End"]
    assert ends[0].endswith(".123Z")
    assert ends[0] <= ends[1]


def test_no_findings_are_an_empty_file_and_no_gap():
    (_, findings), _ = found(GetFindings={"Findings": []})
    assert read(findings) == b""


def test_no_hub_is_not_enabled():
    answer = error("InvalidAccessException", f"Account {NUMBER} is not subscribed to AWS Security Hub")
    [gap] = found(DescribeHub=answer)[0]
    assert (gap.kind, "not subscribed" in gap.detail) == (GapKind.NOT_ENABLED, True)


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("TooManyRequestsException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_a_hub_that_is_refused_is_a_gap_and_findings_are_asked_for_all_the_same(problem, kind):
    assert kinds(found(DescribeHub=problem)[0]) == [kind, "findings.jsonl"]


@pytest.mark.parametrize(
    ("problem", "raised"), [(error("LimitExceededException"), ClientError), (HTML, ResponseParserError)]
)
def test_what_a_later_page_is_refused_the_reader_is_told(problem, raised):
    (_, findings), _ = found(GetFindings=[{"Findings": [{"Id": "a"}], "NextToken": "t"}, problem])
    with pytest.raises(raised):
        read(findings)


def test_a_window_before_the_retention_is_a_gap():
    long_ago = Scope("test", NUMBER, "us-east-1", END - timedelta(days=100), END)
    assert kinds(found(long_ago)[0])[-1] is GapKind.OUT_OF_RETENTION


def test_the_simulated_hub_has_a_finding(simulated):
    [findings] = [
        one for one in collect(SCOPE, session_in(NUMBER)) if isinstance(one, Artifact) and one.name != "hub.json"
    ]
    assert json.loads(read(findings))["Id"] == simulated["services"]["security_hub"]["finding"]
