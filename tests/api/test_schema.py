"""docs/openapi.yaml is what the code says, and every part of it is described."""

from copy import deepcopy
from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

CHECKED_IN = Path(__file__).parents[2] / "docs" / "openapi.yaml"
COMMAND = "python manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    """The document as it is generated; a warning or an error of the generator fails. Nobody may change it."""
    path = tmp_path_factory.mktemp("schema") / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(path))
    return read(path.read_bytes())


def read(content):
    """YAML, by the C library where that is there: ten times as fast, and the document is long."""
    return yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def without_sources(document):
    """The document without the names of the sources: which ones there are depends on what is installed."""
    document = deepcopy(document)
    return document, document["components"]["schemas"].pop("SourceEnum")["enum"]


def test_the_document_checked_in_is_the_one_generated(generated):
    (written, named), (document, there) = without_sources(read(CHECKED_IN.read_bytes())), without_sources(generated)
    assert written == document, f"docs/openapi.yaml is not what the code says; run: {COMMAND}"
    assert set(named) <= set(there)


def test_it_is_openapi_3_1(generated):
    assert generated["openapi"] == "3.1.0"


def test_every_operation_says_what_it_does_and_how_it_fails(generated):
    for path in generated["paths"].values():
        for operation in path.values():
            assert operation["description"].endswith(".")
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}


def test_every_post_takes_a_retry_key(generated):
    for path in generated["paths"].values():
        names = [parameter["name"] for parameter in path.get("post", {}).get("parameters", [])]
        assert "post" not in path or "Idempotency-Key" in names


def test_the_document_is_served_without_a_token(client, db):
    assert read(client.get("/api/v1/schema/").content)["info"]["title"] == "Forensics Portal"


def test_every_address_is_in_the_guide(generated):
    guide = (CHECKED_IN.parent / "api.md").read_text()
    for path in generated["paths"]:
        assert f"`{path.removeprefix('/api/v1')}`" in guide, f"docs/api.md does not speak of {path}"
