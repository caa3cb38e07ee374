import threading
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events import BadCursor, BadFilter, Filters, NotSelect, TooSlow
from tests.events.making import NOON, at
from tests.examiners.making import event

HOSTILE = ["' OR 1=1 --", '"; DROP VIEW logs; --', "%", "\\", "{{7*7}}", "\u202e", "a,b", "NULL", "$1", "?"]


@pytest.fixture
def reader(read):
    """Ten events, a second apart: every third one failed, the last has no time; odd ones are Ida's, even ones Rin's."""
    records = [
        at(
            number,
            "GetObject" if number % 3 else "PutObject",
            errorCode=None if number % 3 else "AccessDenied",
            eventCategory="Data" if number % 2 else "Management",
            userIdentity={"arn": "arn:aws:iam::1:user/" + ("ida" if number % 2 else "rin")},
            requestParameters={"bucketName": f"bucket-{number}", "deep": {"x": [1, 2]}},
        )
        for number in range(9)
    ]
    return read([*records, at(9) | {"eventTime": "never"}])


def ask(**query):
    return Filters.from_query(query)


def walk(reader, limit=3, **how):
    """Every row by walking the pages to the end, and then the same walking back."""
    page = reader.page(Filters(), limit=limit, **how)
    forth = [row["key"] for row in page.rows]
    while page.next:
        page = reader.page(Filters(), page.next, limit, **how)
        forth += [row["key"] for row in page.rows]
    back = [row["key"] for row in page.rows]
    while page.before:
        page = reader.page(Filters(), page.before, limit, **how)
        back = [row["key"] for row in page.rows] + back
    return forth, back


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("limit", [1, 3, 4, 10, 200])
def test_pages_show_every_event_once_there_and_back(reader, limit, newest_first):
    forth, back = walk(reader, limit, newest_first=newest_first)
    numbers = [*range(9)][::-1] if newest_first else [*range(9)]
    assert forth == back == [f"E0001-1-0-{number}" for number in [*numbers, 9]]


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seconds=st.lists(st.none() | st.integers(0, 3), max_size=12), limit=st.integers(1, 5))
def test_events_of_one_second_and_undated_ones_are_never_lost_between_pages(read, seconds, limit):
    reader = read(
        [
            at(index) | {"eventTime": at(second)["eventTime"] if second is not None else None}
            for index, second in enumerate(seconds)
        ]
    )
    for newest_first in (False, True):
        forth, back = walk(reader, limit, newest_first=newest_first)
        assert forth == back
        assert len(set(forth)) == len(seconds)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "e30", "\0", "bnVsbA", "WzEsMiwzLDQsNSw2XQ", "W251bGwsIkUiLC0xLDAsMCwwXQ", "[" * 999]
)
def test_a_cursor_that_is_not_ours_is_refused(reader, cursor):
    with pytest.raises(BadCursor, match="first page"):
        reader.page(Filters(), cursor)


def test_a_page_never_holds_more_than_200_rows(read):
    page = read([at(number) for number in range(201)]).page(Filters(), limit=9_999)
    assert (len(page.rows), page.next is None, page.before) == (200, False, None)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({}, 10),
        ({"event_name": "PutObject"}, 3),
        ({"event_name": "putobject,getobject"}, 9),
        ({"not_event_name": "PutObject"}, 7),
        ({"outcome": "error"}, 3),
        ({"not_outcome": "error"}, 7),
        ({"error_code": "AccessDenied"}, 3),
        ({"not_error_code": "AccessDenied"}, 7),
        ({"category": "data"}, 4),
        ({"category": "management"}, 6),
        ({"principal": "arn:aws:iam::1:user/ida"}, 4),
        ({"q": "BUCKET-7"}, 1),
        ({"q": "accessdenied", "principal": "arn:aws:iam::1:user/ida"}, 1),
        ({"start": "2026-03-01T12:00:03Z"}, 6),
        ({"end": "2026-03-01T12:00:03Z"}, 3),
        ({"start": "2026-03-01T13:00:03+01:00", "end": "2026-03-01T12:00:05"}, 2),
        ({"evidence": "FP-2026-000001-E0001"}, 10),
        ({"region": "mars"}, 0),
    ],
)
def test_filters_find_what_they_name(reader, query, count):
    assert reader.count(ask(**query)) == count
    assert len(reader.page(ask(**query)).rows) == count


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_values_are_only_values(read, text):
    reader = read([at(0, userAgent=text, errorCode=text), at(1)])
    for query in ({"q": text}, {"user_agent": text.replace(",", "\\,")}, {"error_code": text.replace(",", "\\,")}):
        found = reader.page(ask(**query)).rows
        assert [row["user_agent"] for row in found if row["user_agent"]] == [text]
    assert reader.count() == 2


def test_the_histogram_counts_each_series_and_the_empty_buckets(reader):
    buckets = reader.histogram(ask(start="2026-03-01T12:00:00Z", end="2026-03-01T12:00:12Z"), buckets=20)
    assert [bucket.total for bucket in buckets] == [1] * 9 + [0] * 3
    assert [dict(bucket.counts) for bucket in buckets[:3]] == [{"error": 1}, {"data": 1}, {"management": 1}]
    assert buckets[0].start == NOON


def test_the_histogram_spans_all_events_without_a_window(reader):
    buckets = reader.histogram(buckets=4)
    assert (sum(bucket.total for bucket in buckets), len(buckets)) == (9, 2)


@pytest.mark.parametrize(
    "filters", [Filters(start=NOON, end=NOON - timedelta(days=9)), Filters(end=NOON - timedelta(days=9999))]
)
def test_a_window_that_is_none_has_no_buckets(reader, filters):
    assert reader.histogram(filters) == []


def test_the_top_values_come_with_their_counts(reader):
    assert reader.top(Filters(), "event_name") == [("GetObject", 6), ("PutObject", 3), ("ListBuckets", 1)]
    assert reader.top(ask(outcome="error"), "error_code", 1) == [("AccessDenied", 3)]
    with pytest.raises(BadFilter, match="event_name"):
        reader.top(Filters(), "1; --")


def test_an_event_is_found_by_its_short_key(reader):
    found = reader.event("E0001-1-0-4")
    assert (found["event_name"], found["key"], found["is_copy"]) == ("GetObject", "E0001-1-0-4", False)
    assert found["event_time"] == NOON + timedelta(seconds=4)


@pytest.mark.parametrize("key", ["E0001-1-0-99", "E1-1-0-4", "x", "", "E0001-1-0-4' --", "E0001-1-0-" + "9" * 30])
def test_an_event_that_is_not_there_is_none(reader, key):
    assert reader.event(key) is None


def test_a_copy_can_be_shown_though_lists_leave_it_out(read):
    reader = read([at(0), at(0)])
    assert reader.count() == 1
    assert reader.event("E0001-1-0-1")["is_copy"] is True


def test_the_tally_is_the_manifests(reader):
    tally = reader.tally()
    assert (tally.rows, tally.copies, tally.undated) == (10, 0, 1)
    assert (tally.first_at, tally.last_at) == (NOON, NOON + timedelta(seconds=8))


def test_a_reader_of_nothing_answers_everything(store):
    reader = store.reader(None)
    assert (reader.count(), reader.page(Filters()).rows, reader.histogram()) == (0, [], [])
    assert (reader.top(Filters(), "region"), reader.event("E0001-1-0-1")) == ([], None)


def test_the_view_logs_carries_the_names_of_sigma_and_leaves_copies_out(read):
    reader = read([event(requestParameters={"bucketName": "b"})] * 2)
    sql = 'SELECT "eventName", "userIdentity.arn", "eventTime", event_name, "resources" FROM logs'
    assert [row[0] for row in reader.select(sql)] == ["ListBuckets"]
    assert {"requestParameters", "is_copy", "src_row"} <= {name for name, _ in reader.describe()}


def test_times_come_back_aware(reader):
    assert reader.select("SELECT min(event_time) FROM logs") == [(NOON,)]


@pytest.mark.parametrize(
    "sql",
    [
        "COPY logs TO '/tmp/x'",
        "SELECT 1; SELECT 2",
        "SET threads = 9",
        "DROP VIEW logs",
        "ATTACH '/tmp/x.db'",
        "INSTALL httpfs",
        "",
        "CREATE TABLE x (a INT)",
    ],
)
def test_only_one_select_is_run(reader, sql):
    with pytest.raises(NotSelect):
        reader.select(sql)


@pytest.mark.parametrize(
    "sql", ["SELECT * FROM read_text('/etc/passwd')", "SELECT * FROM '/etc/x.csv'", "SELECT * FROM glob('/*')"]
)
def test_nothing_outside_the_incident_can_be_read(reader, sql):
    with pytest.raises(Exception, match=r"(?i)permission|disabled"):
        reader.select(sql)


def test_a_question_that_takes_too_long_is_stopped(reader):
    with pytest.raises(TooSlow, match="narrow the filter"):
        reader.select("SELECT count(*) FROM range(100000000) a, range(100000000) b", seconds=0.2)
    assert reader.count() == 10


def test_many_threads_can_ask_at_once(reader):
    counts = []
    threads = [threading.Thread(target=lambda: counts.append(reader.count())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == [10] * 8


def test_one_process_has_one_reader_of_a_manifest(store, reader):
    assert store.reader(reader.manifest.name) is reader
    assert store.reader(reader.manifest.name, seconds=60) is not reader


def test_a_closed_reader_opens_again_when_asked(reader):
    reader.close()
    assert reader.count() == 10


def test_a_filter_gives_back_the_query_that_it_was_read_from():
    query = {"q": "a b", "not_user_agent": "x\\, y,z", "start": "2026-03-01T12:00:00Z"}
    assert ask(**query).to_query() == query


def test_events_come_with_what_they_were_done_to(reader):
    row = reader.page(Filters(), limit=1).rows[0]
    place = (row["evidence"], row["part"], row["member"], row["src_row"])
    found = reader.events_at([place, ("FP-0-E0009", 1, 0, 0)])
    assert '"bucketName":"bucket-0"' in found[place]["request_parameters"]
    assert list(found) == [place]


def test_only_the_stretch_of_time_that_is_given_is_read(reader):
    rows = reader.page(Filters(), limit=3).rows
    places = [(row["evidence"], row["part"], row["member"], row["src_row"]) for row in rows]
    times = (rows[0]["event_time"], rows[1]["event_time"])
    assert list(reader.events_at(places, times)) == places[:2]
