"""CloudTrail Lake: one query a store and run, waited for, found again, and read page by page."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from collectors import Scope
from collectors.cloudtrail_lake import collect, statement
from examiners.cloudtrail import looks_like_cloudtrail
from plugins import NotReady
from tests.collectors.aws_says import PAGE_OF_HTML, artifacts, gaps, read, refusal_of, says, session_of_a_test
from tests.examiners.making import event, examined
from tests.simulation.running import session_in

START = datetime(2026, 11, 1, tzinfo=UTC)
NUMBER = "111122223333"
STORE = f"arn:aws:cloudtrail:us-east-1:{NUMBER}:eventdatastore/11111111-2222-3333-4444-555555555555"
SUBJECT = f"event data store {STORE}"
ALL = f"event data stores of {NUMBER} in us-east-1"
STORES, STORED = "cloudtrail.ListEventDataStores", "cloudtrail.GetEventDataStore"
LISTED, DESCRIBED = "cloudtrail.ListQueries", "cloudtrail.DescribeQuery"
BEGUN, RESULTS = "cloudtrail.StartQuery", "cloudtrail.GetQueryResults"
ID = "0a0a0a0a-0000-0000-0000-000000000000"


def resources(facts, folder):
    """What the conformance tests ask for."""
    return [facts["services"]["lake"]["store"]]


@pytest.fixture
def aws():
    """A session whose calls the tests answer: moto does not know CloudTrail Lake."""
    return session_of_a_test()


def scope(*stores, label="FP-2026-000001:7", start=START):
    return Scope(label, NUMBER, "us-east-1", start, START + timedelta(hours=2), stores or ("acme",))


def query(status="FINISHED", text=None, **more):
    return {"QueryId": ID, "QueryStatus": status, "QueryString": text or statement(scope(), STORE)} | more


def has(aws, *queries, status="ENABLED", kept=3650):
    """One store, and queries that were started before; gives what is started now."""
    says(aws, STORES, {"EventDataStores": [{"EventDataStoreArn": STORE, "Name": "acme"}]})
    says(aws, STORED, {"EventDataStoreArn": STORE, "Status": status, "RetentionPeriod": kept})
    says(aws, LISTED, {"Queries": [{"QueryId": ID} for _ in queries]})
    says(aws, DESCRIBED, *queries, query("QUEUED"))
    return says(aws, BEGUN, {"QueryId": ID})


def rows(*names, **more):
    return {"QueryResultRows": [[{"run_x": json.dumps(event(name))}] for name in names]} | more


def test_it_starts_one_query_and_waits(aws):
    begun = has(aws)
    with pytest.raises(NotReady, match=f"still busy with query {ID}"):
        list(collect(scope(), aws))
    assert begun == [{"QueryStatement": statement(scope(), STORE)}]


def test_the_query_asks_for_window_region_and_account():
    text = statement(scope(), STORE)
    assert text.startswith("SELECT eventJson AS run_FP_2026_000001_7 FROM 11111111-2222-3333-4444-555555555555 ")
    assert "eventTime >= '2026-11-01 00:00:00' AND eventTime < '2026-11-01 02:00:00'" in text
    assert text.endswith(f"awsRegion = 'us-east-1' AND recipientAccountId = '{NUMBER}'")


@pytest.mark.parametrize("status", ["QUEUED", "RUNNING"])
def test_a_repeat_finds_the_query_and_starts_no_other(aws, status):
    begun = has(aws, query(status))
    with pytest.raises(NotReady):
        list(collect(scope(), aws))
    assert not begun


def test_another_run_starts_its_own(aws):
    begun = has(aws, query())
    with pytest.raises(NotReady):
        list(collect(scope(label="FP-2026-000001:8"), aws))
    assert len(begun) == 1


def test_the_query_is_found_behind_others(aws):
    says(aws, LISTED, {"Queries": [{"QueryId": ID}], "NextToken": "next"}, {"Queries": [{"QueryId": ID}]})
    begun = has(aws, query(text="SELECT 1"), query())
    assert len(artifacts(collect(scope(), aws))) == 1
    assert not begun


def test_results_are_read_when_they_are_opened_page_by_page(aws):
    has(aws, query())
    asked = says(aws, RESULTS, rows("GetObject", NextToken="next"), rows(NextToken="more"), rows("PutObject"))
    [one] = collect(scope(), aws)
    assert not asked
    assert [json.loads(line)["eventName"] for line in read(one).splitlines()] == ["GetObject", "PutObject"]


def test_the_notes_tell_the_query(aws):
    has(aws, query())
    [one] = collect(scope(), aws)
    assert one.notes["statement"] == statement(scope(), STORE)
    assert one.origin == f"{STORE}/us-east-1/20261101T000000Z-20261101T020000Z"


def test_the_examiner_reads_them(aws):
    has(aws, query())
    pretty = {"QueryResultRows": [[{"run_x": json.dumps(event(), indent=1)}]]}
    says(aws, RESULTS, rows("GetObject", NextToken="next"), pretty)
    data = read(artifacts(collect(scope(), aws))[0])
    assert looks_like_cloudtrail(data, "x") >= 70
    assert examined(data).names == ["GetObject", "ListBuckets"]


def test_a_page_that_aws_refuses_is_told(aws):
    has(aws, query())
    says(aws, RESULTS, rows("GetObject", NextToken="next"), "ThrottlingException")
    assert refusal_of(artifacts(collect(scope(), aws))[0]) == "ThrottlingException"


@pytest.mark.parametrize("name", ["acme", STORE, STORE.rsplit("/", 1)[-1]])
def test_a_store_is_known_by_name_arn_and_id(aws, name):
    has(aws, query())
    assert len(artifacts(collect(scope(name), aws))) == 1


def test_no_store_at_all_is_a_gap(aws):
    says(aws, STORES, {"EventDataStores": []})
    assert gaps(collect(scope(), aws)) == [("not_enabled", ALL)]


def test_a_store_that_is_not_there_is_a_gap_and_the_others_go_on(aws):
    has(aws, query())
    found = list(collect(scope("gone", "acme"), aws))
    assert gaps(found) == [("not_found", "event data store gone")]
    assert len(artifacts(found)) == 1


def test_a_store_that_was_stopped_is_queried_with_a_gap(aws):
    has(aws, query(), status="STOPPED_INGESTION")
    found = list(collect(scope(), aws))
    assert gaps(found) == [("not_enabled", SUBJECT)]
    assert len(artifacts(found)) == 1


def test_what_the_store_does_not_keep_is_a_gap(aws):
    has(aws, query(text=statement(scope(start=START - timedelta(days=900)), STORE)), kept=365)
    found = list(collect(scope(start=START - timedelta(days=900)), aws))
    assert gaps(found) == [("out_of_retention", SUBJECT)]


@pytest.mark.parametrize(
    ("status", "kind"), [("FAILED", "unreadable"), ("TIMED_OUT", "timed_out"), ("CANCELLED", "interrupted")]
)
def test_a_query_that_came_to_nothing_is_a_gap_and_is_not_asked_again(aws, status, kind):
    begun = has(aws, query(status, ErrorMessage="too much"))
    assert gaps(collect(scope(), aws)) == [(kind, f"query of {SUBJECT}")]
    assert not begun


@pytest.mark.parametrize("code", ["ThrottlingException", "MaxConcurrentQueriesException"])
def test_too_many_queries_are_asked_later(aws, code):
    says(aws, BEGUN, code)
    has(aws)
    with pytest.raises(NotReady, match=code):
        list(collect(scope(), aws))


@pytest.mark.parametrize(
    ("operation", "said", "kind", "subject"),
    [
        (STORES, "AccessDeniedException", "denied", ALL),
        (STORES, PAGE_OF_HTML, "unreadable", ALL),
        (LISTED, "AccessDeniedException", "denied", SUBJECT),
        (BEGUN, "AccessDeniedException", "denied", SUBJECT),
        (BEGUN, "InactiveEventDataStoreException", "unreadable", SUBJECT),
    ],
)
def test_what_is_refused_is_a_gap(aws, operation, said, kind, subject):
    says(aws, operation, said)
    has(aws)
    assert gaps(collect(scope(), aws)) == [(kind, subject)]


def test_in_the_simulation_it_is_waited_for_and_then_tells_all(simulated):
    """Leans on the overlay, which looks at nothing but the times of a query."""
    end = datetime.fromisoformat(simulated["window"][1])
    wanted = Scope(
        "test:lake", NUMBER, "us-east-1", end - timedelta(hours=8), end, (simulated["services"]["lake"]["arn"],)
    )
    session = session_in(NUMBER, role="ForensicsAcquire")
    with pytest.raises(NotReady):
        list(collect(wanted, session))
    with pytest.raises(NotReady):
        list(collect(wanted, session))
    [one] = collect(wanted, session)
    assert len(read(one).splitlines()) > 1000
