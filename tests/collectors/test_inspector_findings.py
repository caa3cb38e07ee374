"""Inspector's findings: paged when opened, and an Inspector that is off is named."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from collectors import Scope
from collectors.inspector_findings import collect, state_of
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
NUMBER = "111122223333"
SCOPE = Scope("test", NUMBER, "us-east-1", DAY, DAY + timedelta(days=1))
ON = {"accounts": [{"accountId": NUMBER, "state": {"status": "ENABLED"}}]}


def found(**answers):
    told = Told("inspector2", {"BatchGetAccountStatus": ON, "ListFindings": {"findings": [{"title": "a"}]}} | answers)
    return list(collect(SCOPE, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_the_status_and_the_findings_are_collected():
    (status, findings), _ = found()
    assert json.loads(read(status)) == ON
    assert read(findings) == b'{"title": "a"}\n'


def test_every_page_is_read_and_none_before_it_is_opened():
    pages = [{"findings": [{"title": "a"}], "nextToken": "t"}, {"findings": [{"title": "b"}]}]
    (_, findings), asked = found(ListFindings=pages)
    assert not asked["ListFindings"]
    assert len(read(findings).splitlines()) == 2


def test_the_accounts_own_findings_that_reach_into_the_window_are_asked_for():
    (_, findings), asked = found()
    read(findings)
    assert asked["ListFindings"][0]["filterCriteria"] == {
        "awsAccountId": [{"comparison": "EQUALS", "value": NUMBER}],
        "firstObservedAt": [{"endInclusive": SCOPE.end}],
        "lastObservedAt": [{"startInclusive": SCOPE.start}],
    }


def test_inspector_that_is_off_is_a_gap_and_old_findings_are_asked_for():
    off = {"accounts": [{"accountId": NUMBER, "state": {"status": "DISABLED"}}]}
    assert kinds(found(BatchGetAccountStatus=off)[0]) == ["status.json", GapKind.NOT_ENABLED, "findings.jsonl"]


def test_an_account_that_is_not_told_of_is_off():
    assert state_of({"accounts": [], "failedAccounts": []}) == "DISABLED"


def test_no_findings_are_an_empty_file_and_no_gap():
    everything, _ = found(ListFindings={"findings": []})
    assert kinds(everything) == ["status.json", "findings.jsonl"]
    assert read(everything[1]) == b""


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_a_status_that_is_refused_is_a_gap_and_the_rest_goes_on(problem, kind):
    assert kinds(found(BatchGetAccountStatus=problem)[0]) == [kind, "findings.jsonl"]


def test_what_a_later_page_is_refused_the_reader_is_told():
    pages = [{"findings": [{"title": "a"}], "nextToken": "t"}, error("ThrottlingException")]
    (_, findings), _ = found(ListFindings=pages)
    with pytest.raises(ClientError, match="Throttling"):
        read(findings)
