"""Access Analyzer's findings: of each analyzer by its kind, and that there is none is named."""

import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from collectors import Artifact, Scope
from collectors.access_analyzer_findings import collect
from plugins import Gap, GapKind
from tests.collectors.told import HTML, Told, error, read

DAY = datetime(2026, 3, 1, tzinfo=UTC)
SCOPE = Scope("test", "111122223333", "us-east-1", DAY, DAY)


def analyzer(name, **more):
    return {"name": name, "arn": f"arn:{name}", "type": "ACCOUNT", "status": "ACTIVE"} | more


def found(*analyzers, **answers):
    """What comes of these analyzers; each has one finding."""
    told = {
        "ListAnalyzers": {"analyzers": list(analyzers)},
        "ListFindings": {"findings": [{"id": "external"}]},
        "ListFindingsV2": {"findings": [{"id": "unused"}]},
    }
    told = Told("accessanalyzer", told | answers)
    return list(collect(SCOPE, told.session)), told.asked


def kinds(found):
    return [one.kind if isinstance(one, Gap) else one.name for one in found]


def test_the_analyzer_and_its_findings_are_collected():
    (described, findings), asked = found(analyzer("a"))
    assert json.loads(read(described))["arn"] == "arn:a"
    assert not asked["ListFindings"]
    assert read(findings) == b'{"id": "external"}\n'


def test_an_analyzer_of_unused_access_is_asked_in_its_own_way():
    (_, findings), _ = found(analyzer("a", type="ACCOUNT_UNUSED_ACCESS"))
    assert read(findings) == b'{"id": "unused"}\n'


def test_every_page_is_read():
    pages = [{"analyzers": [analyzer("a")], "nextToken": "t"}, {"analyzers": [analyzer("b")]}]
    rows = [{"findings": [{"id": "1"}], "nextToken": "t"}, {"findings": [{"id": "2"}]}]
    everything, _ = found(ListAnalyzers=pages, ListFindings=rows)
    assert len(everything) == 4
    assert len(read(everything[1]).splitlines()) == 2


def test_no_analyzer_is_not_enabled():
    assert kinds(found()[0]) == [GapKind.NOT_ENABLED]


def test_an_analyzer_that_is_not_active_is_a_gap_and_its_findings_are_collected():
    everything, _ = found(analyzer("a", status="DISABLED"))
    assert kinds(everything) == ["a/analyzer.json", GapKind.NOT_ENABLED, "a/findings.jsonl"]


@pytest.mark.parametrize(
    ("problem", "kind"),
    [
        (error("AccessDeniedException"), GapKind.DENIED),
        (error("ThrottlingException"), GapKind.UNREADABLE),
        (HTML, GapKind.UNREADABLE),
    ],
)
def test_analyzers_that_cannot_be_listed_are_one_gap(problem, kind):
    assert kinds(found(ListAnalyzers=problem)[0]) == [kind]


def test_one_analyzer_that_is_refused_leaves_the_others():
    everything, _ = found(analyzer("a"), analyzer("b"), ListFindings=[error("AccessDeniedException"), {"findings": []}])
    first, second = (one for one in everything if isinstance(one, Artifact) and one.name.endswith("jsonl"))
    with pytest.raises(ClientError, match="AccessDenied"):
        read(first)
    assert read(second) == b""
