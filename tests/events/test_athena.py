"""Events in S3 asked by Athena: where the files lie, what is submitted, how answers are read, and what goes wrong.

The AWS here is moto's simulation: it takes a query without running it and gives the rows that were queued for it. So
these rows are DuckDB's own, written as Athena writes rows: what is tested is the way there and back, not Athena.
"""

from datetime import timedelta

import boto3
import pytest
import sqlglot
from botocore.stub import Stubber
from sqlglot import exp

from analyzers import Asked, Material, analyzers
from events import (
    EngineFailed,
    Filters,
    MissingManifest,
    NotOnDisk,
    NotSelect,
    QuestionRefused,
    TooSlow,
    UnknownPlace,
    open_events,
)
from events.athena.answers import as_text, rows_of
from events.athena.places import AthenaPlace, place_of
from events.athena.queries import MOST_BYTES, Queries
from events.athena.tables import table_of
from events.distributed import DistributedReader
from events.families import FAMILIES
from events.shapes import Shapes
from tests.events import everything as told
from tests.events.simulated_athena import BUCKET, REGION, Echo, queries_of, simulated, url_of


@pytest.fixture
def aws(monkeypatch):
    with simulated(monkeypatch) as session:
        yield session


@pytest.fixture
def incident(aws, tmp_path):
    """The store of all families in S3, and a reader of the same rows by the embedded engine."""
    store, name = told.everything(tmp_path / "rows", url_of(tmp_path / "rows"))
    embedded = open_events((tmp_path / "rows").as_uri(), told.REFERENCE).reader(name, seconds=60)
    yield store, name, embedded
    embedded.close()


@pytest.fixture
def echo(incident):
    store, name, embedded = incident
    athena = store.reader(name, seconds=60)
    reader = Echo(athena.manifest, athena._asked, 60)
    reader.embedded = embedded
    yield reader
    reader.close()


def test_segments_lie_in_s3_by_incident_and_family(incident, aws):
    store, name, _ = incident
    keys = {one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]}
    files = store.manifest(name).files
    assert keys == {f"events/incident={told.REFERENCE}/source={file.family}/{file.sha256}.parquet" for file in files}


def test_each_family_is_a_table_whose_incident_is_projected(incident, aws):
    for family in FAMILIES:
        table = aws.client("glue").get_table(DatabaseName="events", Name=family)["Table"]
        assert [one["Name"] for one in table["PartitionKeys"]] == ["incident"]
        assert table["Parameters"]["projection.incident.type"] == "injected"
        template = f"s3://{BUCKET}/events/incident=${{incident}}/source={family}/"
        assert table["Parameters"]["storage.location.template"] == template
        names = [one["Name"] for one in table["StorageDescriptor"]["Columns"]]
        assert names == [*FAMILIES[family].schema.names, "is_copy"]


def test_a_table_of_before_gets_its_new_columns(incident, aws):
    store, name, _ = incident
    glue, wanted = aws.client("glue"), table_of(store.place, FAMILIES["alerts"])
    wanted["StorageDescriptor"] = {**wanted["StorageDescriptor"], "Columns": [{"Name": "old", "Type": "string"}]}
    glue.update_table(DatabaseName="events", TableInput=wanted)
    store.keep(store.manifest(name))
    table = glue.get_table(DatabaseName="events", Name="alerts")["Table"]
    assert table["StorageDescriptor"]["Columns"][0]["Name"] == "evidence"


def test_a_question_names_the_incident_and_exactly_its_files(echo, incident, aws):
    store, name, _ = incident
    assert echo.count(Filters(q="mallory")) > 0
    [query] = queries_of(aws)
    assert query["WorkGroup"] == "forensics"
    assert query["QueryExecutionContext"]["Database"] == "events"
    tree = sqlglot.parse_one(query["Query"], read="athena")
    files = [one for one in tree.find_all(exp.In) if one.this.name == "$path"]
    paths = {path.this for one in files for path in one.expressions}
    assert paths == {
        f"s3://{BUCKET}/events/incident={told.REFERENCE}/source={file.family}/{file.sha256}.parquet"
        for file in store.manifest(name).files
    }
    incidents = [one for one in tree.find_all(exp.EQ) if one.this.name == "incident"]
    assert len(incidents) == len(files) == len(FAMILIES)
    assert {one.expression.this for one in incidents} == {told.REFERENCE}


def test_every_page_reads_what_duckdb_says(echo):
    every = 8 if told.IS_WHOLE else 24
    for (name, found), (_, wanted) in zip(told.pages(echo, every), told.pages(echo.embedded, every), strict=True):
        assert found == wanted, name


def test_every_analyzer_reads_what_duckdb_says(echo):
    windows = (None, told.WINDOW) if told.IS_WHOLE else (told.WINDOW,)
    both = zip(told.analyses(echo, windows), told.analyses(echo.embedded, windows), strict=True)
    for (name, found), (_, wanted) in both:
        assert found == wanted, name
    for name, (sql, values) in told.sightings(echo):
        assert echo.select(sql, values) == echo.embedded.select(sql, values), name


def test_a_reader_that_was_let_go_answers_again(echo):
    wanted = echo.count()
    echo.close()
    assert echo.count() == wanted


def test_rules_are_asked_of_athena(echo):
    rules = told.PACK.rules[:8]
    asked = [
        list(analyzers.get("sigma").analyze(Material(events=reader, rules=rules))) for reader in (echo, echo.embedded)
    ]
    assert asked[0] == asked[1]
    assert [one.error for one in asked[0] if isinstance(one, Asked)] == [""] * len(rules)


def test_nested_values_are_asked_for_as_json_in_the_same_order():
    shapes = Shapes(["cloudtrail"])
    sql = "SELECT event_name, list(part ORDER BY part) AS parts FROM logs GROUP BY 1 ORDER BY len(parts) DESC, 1"
    told_as_text = as_text(sqlglot.parse_one(sql, read="duckdb"), shapes.of(sql)).sql("athena")
    shapes.close()
    assert 'JSON_FORMAT(CAST("c1" AS JSON)) AS "parts"' in told_as_text
    assert told_as_text.endswith("ORDER BY o0 DESC, o1")
    assert "LENGTH(ARRAY_AGG(part ORDER BY part)) AS o0, event_name AS o1" in told_as_text.replace('"', "")


def test_an_answer_of_other_types_is_no_answer():
    shapes = Shapes(["cloudtrail"])
    shape = shapes.of("SELECT count(*) FROM logs")
    shapes.close()
    with pytest.raises(EngineFailed, match="not of the types"):
        rows_of([["many"]], shape)


def test_what_is_no_select_never_leaves(echo, aws):
    with pytest.raises(NotSelect):
        DistributedReader.answered(echo, "DROP VIEW logs", (), 5)
    assert queries_of(aws) == []


def test_a_segment_that_is_gone_is_told_before_anything_is_asked(incident, aws):
    store, name, _ = incident
    [key, *_] = [one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]]
    aws.client("s3").delete_object(Bucket=BUCKET, Key=key)
    with pytest.raises(MissingManifest, match="run the index again"):
        store.reader(name, seconds=4)
    store.keep(store.manifest(name))
    assert store.reader(name, seconds=4).manifest.name == name


def test_segments_in_s3_are_not_read_back_and_it_says_so(incident):
    store, name, _ = incident
    with pytest.raises(NotOnDisk, match=f"s3://{BUCKET}; they were not checked"):
        store.read_back(name)


def test_objects_that_no_manifest_names_go(incident, aws):
    store, name, _ = incident
    s3, prefix = aws.client("s3"), f"events/incident={told.REFERENCE}/source=alerts"
    s3.put_object(Bucket=BUCKET, Key=f"{prefix}/old.parquet", Body=b"old")
    s3.put_object(Bucket=BUCKET, Key="events/incident=OTHER/source=alerts/x.parquet", Body=b"another's")
    before = len(s3.list_objects_v2(Bucket=BUCKET)["Contents"])
    store.sweep([name], timedelta(seconds=-1))
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert len(keys) == before - 1
    assert f"{prefix}/old.parquet" not in keys


# What moto does not do: fail, take long, or give more than one page.

PLACE = AthenaPlace("forensics", "events", BUCKET, REGION, folder=None)


@pytest.fixture
def stubbed():
    """Queries whose AWS answers as told, in this order, and nothing else."""
    athena = boto3.client("athena", REGION, aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(athena) as stub:
        stub.add_response("start_query_execution", {"QueryExecutionId": "q-1"})
        yield Queries(athena, PLACE), stub
        stub.assert_no_pending_responses()


def state(name, **more):
    return {"QueryExecution": {"QueryExecutionId": "q-1", "Status": {"State": name, **more}}}


def page(*texts, token=None):
    rows = [{"Data": [{"VarCharValue": text}]} for text in texts]
    return {"ResultSet": {"Rows": rows}} | ({"NextToken": token} if token else {})


def test_all_pages_are_read_and_one_header_is_left_out(stubbed):
    queries, stub = stubbed
    stub.add_response("get_query_execution", state("QUEUED"))
    stub.add_response("get_query_execution", state("SUCCEEDED"))
    stub.add_response("get_query_results", page("name", "a", "b", token="more"))
    stub.add_response("get_query_results", page("name", "c"))
    assert queries.rows("SELECT 1", 5) == [["a"], ["b"], ["name"], ["c"]]


def test_a_query_whose_time_is_over_is_stopped(stubbed):
    queries, stub = stubbed
    stub.add_response("get_query_execution", state("RUNNING"))
    stub.add_response("stop_query_execution", {}, {"QueryExecutionId": "q-1"})
    with pytest.raises(TooSlow, match=r"q-1 took longer than 0 s and was stopped; narrow the filter, or raise"):
        queries.rows("SELECT 1", 0)


def test_a_query_that_is_wrong_is_refused_in_athenas_words(stubbed):
    queries, stub = stubbed
    failed = state("FAILED", StateChangeReason="COLUMN_NOT_FOUND", AthenaError={"ErrorCategory": 2})
    stub.add_response("get_query_execution", failed)
    with pytest.raises(QuestionRefused, match="query q-1 in workgroup forensics: failed, COLUMN_NOT_FOUND"):
        queries.rows("SELECT 1", 5)


@pytest.mark.parametrize("name", ["FAILED", "CANCELLED"])
def test_other_failures_name_the_query_and_the_remedy(stubbed, name):
    queries, stub = stubbed
    stub.add_response("get_query_execution", state(name, StateChangeReason="internal"))
    with pytest.raises(EngineFailed, match=r"q-1 .*internal; look at it in Athena's history.*docs/engines.md"):
        queries.rows("SELECT 1", 5)


def test_missing_rights_say_where_they_are_listed(stubbed):
    queries, stub = stubbed
    stub.add_client_error("get_query_execution", "AccessDeniedException", "not authorized: athena:GetQueryExecution")
    with pytest.raises(EngineFailed, match=r"athena:GetQueryExecution.*docs/engines.md"):
        queries.rows("SELECT 1", 5)


def test_a_question_longer_than_athena_takes_is_not_submitted():
    with pytest.raises(QuestionRefused, match="262,144 bytes"):
        Queries(None, PLACE).rows("x" * (MOST_BYTES + 1), 5)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("athena://forensics/events?region=x&folder=/x", "needs bucket"),
        ("athena:///events?bucket=b&region=x&folder=/x", "needs WORKGROUP"),
        ("athena://forensics/Ev-ents?bucket=b&region=x&folder=/x", "small letters"),
        ("athena://forensics/events?bucket=b&region=x&folder=x", "absolute folder"),
        ("athena://forensics/events?bucket=b&region=x&folder=/x&speed=9", "nothing called speed"),
    ],
)
def test_an_address_that_lacks_something_says_what(url, words):
    with pytest.raises(UnknownPlace, match=words):
        place_of(url)
