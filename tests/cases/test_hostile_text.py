"""What comes out of evidence may be any text at all; it must never stop the work on the rest."""

import random

import pytest

from cases.actions.findings import Analysis, AnswerRow, FoundRow, record_findings
from cases.actions.units import StoredMember, StoredPart, note_gaps, store_part
from cases.models import EvidencePart, Finding, GapRecord, Member
from plugins import Gap, GapKind
from tests.cases.making import analysis, asked, claimed, planned, sha

NOISE = "".join(chr(at) for at in random.Random(7).choices(range(0x20000, 0x2A6DF), k=5000))  # compresses badly
HOSTILE = {"nul": "a\x00b", "half a pair": "a\ud800b", "long": NOISE, "longer than its column": "x" * 9000}


@pytest.fixture(params=sorted(HOSTILE))
def text(request):
    return HOSTILE[request.param]


def test_a_gap_of_any_subject_is_recorded_once(lease, text):
    for _ in range(2):
        note_gaps(lease=lease, gaps=[Gap(GapKind.UNREADABLE, text, text)])
    assert GapRecord.objects.count() == 1


def test_a_file_of_any_name_is_stored(lease, unit, text):
    member = StoredMember(0, text, text, text, 1, sha("x"), notes={"key": text})
    store_part(lease=lease, unit=unit, part=StoredPart(EvidencePart.Kind.RAW, sha("x"), 1, "key", (member,)))
    assert Member.objects.get().file[:1] == text[:1]


def found(text):
    return FoundRow("stopped", text, "principal", text, 4, 1, None, None, principals=[text], explanation=text)


def test_a_finding_about_anybody_is_recorded_once(incident, by_rin, text):
    for inputs in ("1" * 64, "2" * 64):
        lease = claimed(asked(incident, by_rin, analysis(inputs=inputs)))
        result = Analysis((found(text),), (AnswerRow("stopped", "1", 1, text),), (), sha("result"), "1")
        record_findings(lease=lease, unit=planned(lease), result=result)
    assert Finding.objects.get().number == 1


def test_two_long_names_that_begin_alike_stay_two(lease):
    note_gaps(lease=lease, gaps=[Gap(GapKind.UNREADABLE, NOISE + end, "") for end in "ab"])
    assert GapRecord.objects.count() == 2
