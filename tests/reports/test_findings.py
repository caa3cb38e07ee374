from reports import Table
from reports.findings import MOST_TARGETS, write
from tests.reports.snapshots import empty, event, finding, sample


def test_the_gravest_stands_first_in_the_overview():
    overview = write(sample()).blocks[0]
    assert isinstance(overview, Table)
    assert [row[0] for row in overview.rows] == ["F-03", "F-01"]
    assert overview.rows[0][2:] == ("High", "T1098.001", "3", "proposed")


def test_each_finding_names_rule_times_and_the_query_for_all(words):
    text = words(write(sample()))
    assert "iam_access_key_created_for_another_user 1.2.0" in text
    assert "2026-11-22 21:04:00 UTC, 2026-11-23 04:31:00 UTC" in text
    assert "event_name = 'CreateAccessKey' and user != target" in text


def test_the_author_and_the_licence_of_a_rule_are_printed_with_what_it_found(words):
    others = finding(author="Rin", licence="Detection Rule License (DRL) 1.1")
    assert "Rin, Detection Rule License (DRL) 1.1" in words(write(sample(findings=(others,))))
    assert "Author, licence" not in words(write(sample(findings=(finding(),))))


def test_a_verdict_is_printed_with_who_when_and_why(words):
    text = words(write(sample()))
    assert "confirmed by Ida Moreau, 2026-11-23 09:00:00 UTC: the owner was asleep" in text
    assert "proposed by the analysis" in text


def test_a_dismissed_finding_stays_in_the_report(words):
    gone = finding(status="dismissed", decided_by="Ida Moreau", decided_at="2026-11-23T09:00:00Z")
    assert "dismissed by Ida Moreau, 2026-11-23 09:00:00 UTC" in words(write(sample(findings=(gone,))))


def test_new_evidence_since_is_a_warning():
    tones = [getattr(block, "tone", "") for block in write(sample(findings=(finding(inputs_changed=True),))).blocks]
    assert "warning" in tones


def test_events_beyond_those_printed_are_counted(words):
    many = finding(count=2318, events=[event()] * 40)
    assert "2,308 further rows: see the events of this finding." in words(write(sample(findings=(many,))))


def test_a_conclusion_needs_no_query_and_no_events(words):
    said = {"number": "F-09", "title": "It leaked", "rule": "conclusion"}
    assert "F-09 It leaked" in words(write(sample(findings=(said,))))


def test_no_findings_points_to_what_was_asked(words):
    assert "listed under method and versions" in words(write(empty()))


def test_it_says_what_to_do_next_line_by_line():
    advised = finding(next_steps="Look for CreateUser.\n\nSay what the disk held.\n")
    texts = [block.text for block in write(sample(findings=(advised,))).blocks if hasattr(block, "text")]
    at = texts.index("Next")
    assert texts[at + 1 : at + 3] == ["Look for CreateUser.", "Say what the disk held."]


def test_what_it_was_done_to_is_printed_and_the_rest_counted(words):
    touched = [{"name": f"secret s{number}", "count": 1 + (number == 0)} for number in range(MOST_TARGETS + 3)]
    text = words(write(sample(findings=(finding(targets=touched),))))
    assert "secret s0 (2); secret s1;" in text
    assert "3 more" in text
    assert f"secret s{MOST_TARGETS}" not in text


def test_each_event_says_what_it_was_done_to(words):
    given = finding(events=[event(target="user svc-backup")])
    assert "user svc-backup" in words(write(sample(findings=(given,))))
