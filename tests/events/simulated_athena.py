"""Athena as the tests have it: moto's simulation, which is first given DuckDB's rows to answer with.

moto takes a query without running it and gives the rows that were queued for it. So these rows are DuckDB's own,
written as Athena writes rows: what is tested is the way there and back, not Athena.
"""

import json
import threading
from contextlib import contextmanager
from datetime import date, datetime
from urllib.parse import quote

import boto3
import requests
from moto import mock_aws

from events.distributed import DistributedReader

BUCKET, REGION = "acme-events", "eu-central-1"
RESULTS = "http://motoapi.amazonaws.com/moto-api/static/athena/query-results"


@contextmanager
def simulated(monkeypatch):
    """moto's AWS with a bucket and a workgroup; a session of it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    with mock_aws():
        place = {"LocationConstraint": REGION}
        boto3.client("s3", REGION).create_bucket(Bucket=BUCKET, CreateBucketConfiguration=place)
        boto3.client("athena", REGION).create_work_group(Name="forensics")
        yield boto3.Session(region_name=REGION)


def url_of(folder):
    return f"athena://forensics/events?bucket={BUCKET}&region={REGION}&folder={quote(str(folder))}"


class Echo(DistributedReader):
    """Asks Athena, which is first given DuckDB's rows to answer with; one at a time, as the simulation has one queue."""

    embedded = None
    one_at_a_time = threading.Lock()

    def answered(self, sql, parameters, seconds):
        with self.one_at_a_time:
            queue(self.embedded.select(sql, parameters, seconds=60))
            return super().answered(sql, parameters, seconds)


def queue(rows, names=("anything",)):
    """Let the simulation answer the next query with these rows; the first row of an answer is its header."""
    data = [{"Data": [{"VarCharValue": name} for name in names]}]
    data += [{"Data": [cell_of(value) for value in row]} for row in rows]
    result = {"rows": data, "column_info": []}
    requests.post(RESULTS, json={"region": REGION, "results": [result]}, timeout=10)


def cell_of(value):
    return {} if value is None else {"VarCharValue": text_of(value)}


def text_of(value):
    """A value as Athena writes it; what is nested, as JSON_FORMAT does."""
    if isinstance(value, list | dict):
        return json.dumps(value, default=text_of)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "milliseconds")
    return value.isoformat() if isinstance(value, date) else str(value)


def queries_of(aws):
    athena = aws.client("athena")
    ids = athena.list_query_executions(WorkGroup="forensics")["QueryExecutionIds"]
    return [athena.get_query_execution(QueryExecutionId=one)["QueryExecution"] for one in ids]
