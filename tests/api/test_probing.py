"""Requests made up from the OpenAPI document, fitting and unfitting: none may break the portal or surprise its caller."""

from functools import cache
from pathlib import Path

import pytest
import schemathesis
import yaml
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis.strategies import one_of
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.conftest import Caller

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
DOCUMENT = Path(__file__).parents[2] / "docs" / "openapi.yaml"
PATHS = yaml.load(DOCUMENT.read_text(), Loader=yaml.CSafeLoader)["paths"]
METHODS = ("get", "post", "put", "patch", "delete")
# PDFs are bytes, tested elsewhere.
LABELS = [
    f"{method.upper()} {path}"
    for path in PATHS
    if not path.endswith("/pdf/")
    for method in METHODS
    if method in PATHS[path]
]
quietly = settings(
    max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True
)


@pytest.fixture(autouse=True)
def connection_stays_open():
    """A real server closes its connection after each request; here the test's own transaction lives in it."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def places(places, examined, exhibit, run, plan, finding, gap, report):
    """Path parameters of things that are there."""
    return {
        "reference": examined.reference,
        "exhibit": exhibit.exhibit,
        "run": run.pk,
        "plan": str(plan.request),
        "number": finding.number,
        "gap": gap.pk,
        "version": report.version,
        "key": "E0001-1-0-0",
    }


@cache
def operations():
    """By their labels; made by the first test, not by every process that only lists the tests."""
    read = [found.ok() for found in schemathesis.openapi.from_path(str(DOCUMENT)).get_all_operations()]
    return {found.label: found for found in read}


@pytest.mark.parametrize("label", LABELS)
def test_no_request_breaks_the_portal(label, places, ida):
    operation, caller = operations()[label], Caller(ida)
    inside = {name: places[name] for name in places if f"{{{name}}}" in operation.path}

    made_up = [operation.as_strategy(mode, path_parameters=inside) for mode in GenerationMode]

    @quietly
    @given(case=one_of(made_up))
    def probe(case):
        headers = {"Authorization": f"Bearer {caller.secret}"}
        case.call_and_validate(app=get_wsgi_application(), headers=headers, checks=CHECKS)

    probe()
