from reports import Table
from reports.summary import write
from tests.reports.snapshots import empty, exhibit, finding, incident, sample


def test_the_lead_counts_what_stands_and_names_the_gravest(words):
    given = sample(findings=(finding(severity="low", title="Small"), finding(severity="critical", title="Big")))
    assert write(given).blocks[0].text == "2 findings stand (1 critical, 1 low). The gravest: Big."
    assert write(given).blocks[0].tone == "lead"


def test_a_dismissed_finding_does_not_stand():
    given = sample(findings=(finding(status="dismissed", severity="critical"), finding(title="Other")))
    assert write(given).blocks[0].text == "1 finding stands (1 high). The gravest: Other."


def test_it_says_from_when_to_when_and_who(words):
    text = words(write(sample()))
    assert "run from 2026-11-22 21:04:00 UTC to 2026-11-23 04:31:00 UTC" in text
    assert "most often first: arn:aws:iam::111122223333:user/ci-deploy." in text


def test_peoples_words_are_kept_apart_from_what_was_computed(words):
    text = words(write(sample()))
    assert "As described by those who handle the incident:\nGuardDuty reported the key." in "\n".join(
        line for line in text.splitlines() if line
    )


def test_a_persons_conclusion_comes_with_its_confidence(words):
    said = finding(rule="conclusion", title="The key leaked in a build log", confidence="high")
    assert "Conclusion (confidence: high): The key leaked" in words(write(sample(findings=(said,))))


def test_nothing_collected_says_what_to_do():
    assert "Start a collection" in write(empty()).blocks[0].text


def test_nothing_examined_says_what_to_do():
    assert "Examine it" in write(empty(evidence=(exhibit(),))).blocks[0].text


def test_no_finding_is_not_called_innocence():
    quiet = empty(evidence=(exhibit(),), summary={"events": 10})
    assert "does not show that nothing happened" in write(quiet).blocks[0].text


def test_a_tally_that_does_not_balance_is_said_loudly(words):
    text = words(write(sample(summary={"records_read": 10, "rows": 8, "quarantined": 1})))
    assert "The tally does not balance: 10 read, 8 events, 1 quarantined." in text


def test_events_that_came_twice_are_named(words):
    text = words(write(sample(summary={"records_read": 9, "rows": 9, "copies": 2})))
    assert "2 events came twice and are counted once." in text


def test_certainty_counts_verdicts_gaps_and_who_looked(words):
    text = words(write(sample()))
    assert "1 not listed, 1 valid" in text
    assert "2 gaps are listed under what is missing, 1 of them not acknowledged" in text
    assert "Of 2 findings people have confirmed 1 and dismissed 0; the others are proposed by the analysis." in text


def test_nothing_missing_is_said(words):
    text = words(write(sample(gaps=(), verdicts=(), phases=())))
    assert "Nothing that was asked for is missing." in text
    assert "No exhibit came with a check by its origin" in text
    assert "No phase has begun." in text


def test_each_phase_has_its_units_and_gaps():
    table = next(block for block in write(sample()).blocks if isinstance(block, Table))
    assert table.rows[0] == ("Collection", "complete", "45 of 48", "1", "2")


def test_blank_lines_of_a_description_are_no_paragraphs(words):
    assert "As described" not in words(write(empty())) + words(write(sample(incident=incident(description=" "))))
