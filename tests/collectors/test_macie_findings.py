"""Macie's findings: which are asked for, in batches, and what it means that Macie is off."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import Artifact, Scope
from collectors.macie_findings import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

NUMBER = "111122223333"
END = datetime.now(UTC).replace(microsecond=0)
SCOPE = Scope("test", NUMBER, "us-east-1", END - timedelta(days=1), END)
ANSWERS = {
    "GetMacieSession": {"status": "ENABLED"},
    "ListFindings": {"findingIds": ["f1", "f2"]},
    "GetFindings": lambda given: {"findings": [{"id": one} for one in given["findingIds"]]},
}


def found(scope=SCOPE, **answers):
    told = Told("macie2", ANSWERS | answers)
    return list(collect(scope, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_settings_and_findings_are_collected():
    (session, batch), _ = found()
    assert json.loads(read(session)) == {"status": "ENABLED"}
    assert [json.loads(line)["id"] for line in read(batch).splitlines()] == ["f1", "f2"]


def test_findings_are_not_read_before_they_are_yielded():
    assert not found()[1]["GetFindings"]


def test_the_accounts_own_findings_that_reach_into_the_window_are_asked_for():
    criterion = found()[1]["ListFindings"][0]["findingCriteria"]["criterion"]
    assert criterion == {
        "accountId": {"eq": [NUMBER]},
        "updatedAt": {"gte": SCOPE.start.timestamp() * 1000},
        "createdAt": {"lt": SCOPE.end.timestamp() * 1000},
    }


def test_pages_become_batches_of_fifty():
    pages = [{"findingIds": [f"{page}-{n}" for n in range(40)], "nextToken": str(page)} for page in (1, 2)]
    (_, *batches), _ = found(ListFindings=[*pages, {"findingIds": []}])
    assert [len(batch.notes["findings"]) for batch in batches] == [50, 30]


def test_macie_that_is_off_is_not_enabled():
    [gap] = found(GetMacieSession=error("AccessDeniedException", "Macie is not enabled."))[0]
    assert (gap.kind, "Macie is not enabled" in gap.detail) == (GapKind.NOT_ENABLED, True)


def test_macie_that_is_paused_is_a_gap_and_its_findings_are_collected():
    everything, _ = found(GetMacieSession={"status": "PAUSED"})
    assert kinds(everything) == ["session.json", GapKind.NOT_ENABLED, "macie/findings-f1.jsonl"]


def test_no_findings_are_no_gap():
    assert kinds(found(ListFindings={"findingIds": []})[0]) == ["session.json"]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException", "not authorized"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_what_is_refused_is_a_gap_and_the_rest_goes_on(problem, kind):
    assert kinds(found(GetMacieSession=problem)[0]) == [kind, "macie/findings-f1.jsonl"]
    assert kinds(found(ListFindings=problem)[0]) == ["session.json", kind]


def test_a_window_before_the_retention_is_a_gap():
    long_ago = Scope("test", NUMBER, "us-east-1", END - timedelta(days=100), END)
    [gap] = [one for one in found(long_ago)[0] if not isinstance(one, Artifact)]
    assert gap.kind is GapKind.OUT_OF_RETENTION
