"""Things as they are beside events: in one timeline, and yet they do not stretch it over the years."""

from datetime import UTC, datetime

import pyarrow as pa
import pytest

from events import FAMILIES, Filters

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
OLD = datetime(2015, 2, 6, 18, tzinfo=UTC)
PLACE = {"evidence": "FP-2026-000001-E0002", "part": 1, "member": 0, "src_file": "x"}


def rows(family, *records):
    """A batch of the family; what a record does not name is null."""
    found = [{**PLACE, "src_row": number, **record} for number, record in enumerate(records)]
    return pa.RecordBatch.from_pylist(found, FAMILIES[family].schema)


@pytest.fixture
def stage(store):
    def staged(family, *records, name="one"):
        times = [{**record, "event_time": record["event_time"].replace(tzinfo=None)} for record in records]
        return store.stage(f"{family}-{name}", family, [rows(family, *times)])

    return staged


@pytest.fixture
def reader_of(store):
    return lambda *staged: store.reader(store.index(staged).name)


def thing(at, **columns):
    return {"event_time": at, "resource_type": "AWS::IAM::Role", "resource_id": "r", "told_by": "AWS API", **columns}


def alert(at, **columns):
    return {"event_time": at, "event_id": "a1", "product": "GuardDuty", "type": "Discovery:IAMUser/X", **columns}


def test_old_things_do_not_widen_the_window(put, stage, reader_of):
    reader = reader_of(
        put([{"eventName": "ListBuckets", "eventTime": "2026-03-01T12:00:00Z"}]),
        stage("configuration_items", thing(OLD)),
    )
    assert reader.manifest.first_at == AT
    assert reader.window(Filters())[0] == AT
    assert sum(bucket.total for bucket in reader.histogram()) == 1
    assert (reader.tally().first_at, reader.count()) == (OLD, 2)


@pytest.mark.parametrize("buckets", [1, 2, 7, 120])
def test_what_lies_just_before_the_window_is_not_counted_however_wide_the_bars(put, stage, reader_of, buckets):
    reader = reader_of(
        put([{"eventName": "ListBuckets", "eventTime": f"2026-03-01T12:{minute}:00Z"} for minute in ("07", "53")]),
        stage("configuration_items", thing(AT), thing(AT.replace(hour=13), resource_id="s")),
    )
    assert sum(bucket.total for bucket in reader.histogram(buckets=buckets)) == 2


def test_whoever_asks_for_them_gets_their_window(put, stage, reader_of):
    reader = reader_of(
        put([{"eventName": "ListBuckets", "eventTime": "2026-03-01T12:00:00Z"}]),
        stage("configuration_items", thing(OLD)),
    )
    asked = Filters(only={"family": ("Configuration_Items",)})
    assert reader.window(asked)[0] == OLD
    assert sum(bucket.total for bucket in reader.histogram(asked)) == 1


def test_where_there_is_nothing_else_their_times_count(stage, reader_of):
    reader = reader_of(stage("configuration_items", thing(OLD), thing(AT, resource_id="s")))
    assert (reader.manifest.first_at, reader.manifest.last_at) == (OLD, AT)


def test_without_any_rows_there_is_no_window(reader_of):
    assert reader_of().manifest.span() == (None, None)
    assert reader_of().manifest.span(("alerts",)) == (None, None)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({}, "AWS::IAM::Role"),
        ({"status": "ResourceDeleted"}, "AWS::IAM::Role ResourceDeleted"),
        ({"status": "absent", "aspect": "policy"}, "AWS::IAM::Role policy"),
    ],
)
def test_a_thing_is_named_by_type_and_by_what_is_told_of_it(stage, reader_of, columns, name):
    (row,) = reader_of(stage("configuration_items", thing(AT, **columns))).page(Filters()).rows
    assert (row["event_name"], row["event_source"], row["event_category"]) == (name, "AWS API", "Configuration")


def test_an_access_key_is_found_by_the_filter_for_access_keys(stage, reader_of):
    key = thing(AT, resource_type="AWS::IAM::AccessKey", resource_id="AKIAEXAMPLE")
    reader = reader_of(stage("configuration_items", key, thing(AT)))
    assert reader.count(Filters(only={"access_key": ("AKIAEXAMPLE",)})) == 1


def test_free_text_looks_into_what_is_told(stage, reader_of):
    reader = reader_of(
        stage("configuration_items", thing(AT, configuration='{"Action":"sts:AssumeRole"}')),
        stage("alerts", alert(AT, detail='{"domain":"evil.example"}')),
    )
    assert reader.count(Filters(q="sts:assumerole")) == 1
    assert reader.count(Filters(q="evil.example")) == 1


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ({"title": "t"}, "Discovery:IAMUser/X"),
        ({"type": "Software and Configuration Checks/Industry", "title": "Rotate keys"}, "Rotate keys"),
        ({"type": None, "title": "t"}, "t"),
        ({"type": None}, "GuardDuty"),
    ],
)
def test_an_alert_is_named_by_its_type_and_a_check_by_its_title(stage, reader_of, columns, name):
    (row,) = reader_of(stage("alerts", alert(AT, **columns))).page(Filters()).rows
    assert (row["event_name"], row["event_source"]) == (name, "GuardDuty")


def test_a_finding_collected_twice_is_one_and_an_updated_one_is_two(stage, reader_of):
    later = AT.replace(tzinfo=None, hour=13)
    first, again = (stage("alerts", alert(AT, part=part), name=str(part)) for part in (1, 2))
    updated = stage("alerts", alert(AT, part=3, updated_at=later), name="3")
    assert reader_of(first, again, updated).count() == 2


def test_a_path_into_a_finding_can_be_asked_for(stage, reader_of):
    detail = '{"service":{"action":{"awsApiCallAction":{"api":"ListBuckets"}}}}'
    reader = reader_of(stage("alerts", alert(AT, detail=detail)))
    assert reader.select("SELECT json_extract_string(detail, '$.service.action.awsApiCallAction.api') FROM alerts") == [
        ("ListBuckets",)
    ]
