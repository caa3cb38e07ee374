"""One question to Athena: submitted, waited for, read page by page, and stopped when its time is over.

https://docs.aws.amazon.com/athena/latest/APIReference/API_StartQueryExecution.html
"""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from events.athena.places import AthenaPlace
from events.errors import EngineFailed, QuestionRefused, TooSlow

FIRST_WAIT, LONGEST_WAIT, GROWTH = 0.2, 2.0, 1.5  # seconds between two looks, and how they grow
MOST_BYTES = 262_144  # of a query, https://docs.aws.amazon.com/athena/latest/ug/service-limits.html
USER_ERROR = 2  # ErrorCategory: the query itself is wrong
REMEDY = "docs/engines.md says which rights the portal's role needs in Athena, Glue and S3"

TextRow = list[str | None]


@dataclass(frozen=True, slots=True)
class Queries:
    """Where questions go. Clients of boto3 may be used from many threads."""

    athena: Any
    place: AthenaPlace

    def rows(self, sql: str, seconds: float) -> list[TextRow]:
        """The rows as text. Raises TooSlow, QuestionRefused, EngineFailed; each names the query's id."""
        if len(sql.encode()) > MOST_BYTES:
            raise QuestionRefused(
                f"the question has more than the {MOST_BYTES:,} bytes that Athena takes; ask for less"
            )
        try:
            query = self.submitted(sql)
            self.finished(query, seconds)
            return list(self.read(query))
        except (BotoCoreError, ClientError) as problem:
            raise EngineFailed(f"Athena, workgroup {self.place.workgroup}: {problem}; {REMEDY}") from problem

    def submitted(self, sql: str) -> str:
        answers = self.place.address(f"{self.place.prefix}/answers/")
        query: str = self.athena.start_query_execution(
            QueryString=sql,
            WorkGroup=self.place.workgroup,
            QueryExecutionContext={"Database": self.place.database},
            ResultConfiguration={"OutputLocation": answers},  # a workgroup that enforces its own overrides it
        )["QueryExecutionId"]
        return query

    def finished(self, query: str, seconds: float) -> None:
        """Wait until the query has succeeded; stop it when the time is over."""
        if not self.waited(query, seconds):
            self.athena.stop_query_execution(QueryExecutionId=query)
            raise TooSlow(
                f"query {query} took longer than {seconds:g} s and was stopped; narrow the filter, or raise "
                "EVENTS_SECONDS: Athena needs seconds even for little"
            )

    def waited(self, query: str, seconds: float) -> bool:
        """Whether the query has succeeded in time."""
        end, wait = time.monotonic() + seconds, FIRST_WAIT
        while not self.has_succeeded(query):
            if time.monotonic() >= end:
                return False
            time.sleep(min(wait, max(end - time.monotonic(), 0)))
            wait = min(wait * GROWTH, LONGEST_WAIT)
        return True

    def has_succeeded(self, query: str) -> bool:
        found = self.athena.get_query_execution(QueryExecutionId=query)["QueryExecution"]
        state = found["Status"]["State"]
        if state in ("FAILED", "CANCELLED"):
            raise self.failure(query, found)
        return bool(state == "SUCCEEDED")

    def failure(self, query: str, found: Mapping[str, Any]) -> Exception:
        status = found["Status"]
        reason = status.get("StateChangeReason") or "no reason given"
        words = f"query {query} in workgroup {self.place.workgroup}: {status['State'].lower()}, {reason}"
        if status["State"] == "FAILED" and status.get("AthenaError", {}).get("ErrorCategory") == USER_ERROR:
            return QuestionRefused(words)
        return EngineFailed(f"{words}; look at it in Athena's history and ask again; {REMEDY}")

    def read(self, query: str) -> Iterator[TextRow]:
        """The rows of all pages, 1,000 each; the first row of the first page is the columns' names."""
        pages = self.athena.get_paginator("get_query_results").paginate(QueryExecutionId=query)
        rows = (row for page in pages for row in page["ResultSet"].get("Rows", []))
        next(rows, None)
        for row in rows:
            yield [cell.get("VarCharValue") for cell in row.get("Data", [])]
