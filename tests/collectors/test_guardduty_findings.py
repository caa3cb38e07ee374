"""GuardDuty's findings: which are asked for, in batches, and what a detector that is not there means."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import Artifact, Scope
from collectors.guardduty_findings import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read
from tests.simulation.running import session_in

NUMBER = "111122223333"
END = datetime.now(UTC).replace(microsecond=0)
SCOPE = Scope("test", NUMBER, "us-east-1", END - timedelta(days=1), END)
ANSWERS = {
    "ListDetectors": {"DetectorIds": ["d1"]},
    "GetDetector": {"Status": "ENABLED", "ServiceRole": "r"},
    "ListFindings": {"FindingIds": ["f1", "f2"]},
    "GetFindings": lambda given: {"Findings": [{"Id": one} for one in given["FindingIds"]]},
}


def found(scope=SCOPE, **answers):
    told = Told("guardduty", ANSWERS | answers)
    return list(collect(scope, told.session)), told.asked


def gaps(found):
    return [one.kind for one in found if isinstance(one, Gap)]


def names(found):
    return [one.name for one in found if isinstance(one, Artifact)]


def test_settings_and_findings_are_collected():
    (detector, batch), _ = found()
    assert json.loads(read(detector))["Status"] == "ENABLED"
    assert [json.loads(line)["Id"] for line in read(batch).splitlines()] == ["f1", "f2"]


def test_findings_are_not_read_before_they_are_yielded():
    (_, batch), asked = found()
    assert not asked["GetFindings"]
    read(batch)
    assert asked["GetFindings"] == [{"DetectorId": "d1", "FindingIds": ["f1", "f2"]}]


def test_a_finding_updated_after_the_window_is_asked_for_too():
    _, asked = found()
    criterion = asked["ListFindings"][0]["FindingCriteria"]["Criterion"]
    assert criterion["updatedAt"] == {"GreaterThanOrEqual": SCOPE.start.timestamp() * 1000}
    assert criterion["createdAt"] == {"LessThan": SCOPE.end.timestamp() * 1000}


def test_findings_of_other_accounts_are_left_to_them():
    _, asked = found()
    assert asked["ListFindings"][0]["FindingCriteria"]["Criterion"]["accountId"] == {"Equals": [NUMBER]}


def test_pages_become_batches_of_fifty():
    pages = [{"FindingIds": [f"{page}-{n}" for n in range(40)], "NextToken": str(page)} for page in (1, 2)]
    (_, *batches), _ = found(ListFindings=[*pages, {"FindingIds": ["last"], "NextToken": ""}])
    assert [len(batch.notes["findings"]) for batch in batches] == [50, 31]


def test_no_detector_is_not_enabled():
    assert gaps(found(ListDetectors={"DetectorIds": []})[0]) == [GapKind.NOT_ENABLED]


def test_a_suspended_detector_is_a_gap_and_its_findings_are_collected():
    suspended, _ = found(GetDetector={"Status": "DISABLED"})
    assert gaps(suspended) == [GapKind.NOT_ENABLED]
    assert names(suspended) == ["d1/detector.json", "d1/findings-f1.jsonl"]


def test_no_findings_are_no_gap():
    assert names(found(ListFindings={"FindingIds": []})[0]) == ["d1/detector.json"]


@pytest.mark.parametrize("operation", ["ListDetectors", "GetDetector", "ListFindings"])
@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_what_is_refused_is_a_gap(operation, problem, kind):
    assert gaps(found(**{operation: problem})[0]) == [kind]


def test_settings_that_are_refused_do_not_end_the_rest():
    assert names(found(GetDetector=HTML)[0]) == ["d1/findings-f1.jsonl"]


def test_a_refusal_in_the_middle_leaves_what_was_listed():
    listed, _ = found(ListFindings=[{"FindingIds": ["f1"], "NextToken": "2"}, error("ThrottlingException")])
    assert names(listed) == ["d1/detector.json", "d1/findings-f1.jsonl"]
    assert gaps(listed) == [GapKind.UNREADABLE]


def test_a_window_before_the_retention_is_a_gap():
    long_ago = Scope("test", NUMBER, "us-east-1", END - timedelta(days=100), END)
    assert gaps(found(long_ago)[0]) == [GapKind.OUT_OF_RETENTION]


def test_the_finding_of_the_simulated_attack_names_the_leaked_key(simulated):
    [finding] = [json.loads(read(one)) for one in collect(SCOPE, session_in(NUMBER)) if "findings-" in one.name]
    assert finding["Id"] == simulated["services"]["guardduty"]["finding"]
    assert finding["Resource"]["AccessKeyDetails"]["UserName"] == "ci-deploy"
