"""Whatever source the registry finds is offered to people and to machines."""

from functools import cache

import pytest
from drf_spectacular.generators import SchemaGenerator

from collectors import sources
from dashboard.forms.collect import CollectForm

EVERY = pytest.mark.parametrize("name", list(sources.all()))


@EVERY
def test_the_page_offers_it(name, incident, rin, client):
    client.force_login(rin)
    page = client.get(f"/incidents/{incident.reference}/collect/").content.decode()
    assert f'value="{name}"' in page


@cache
def document():
    """The API's own description, made once for all."""
    return SchemaGenerator().get_schema(request=None, public=True)


@EVERY
def test_the_api_takes_its_name(name):
    assert name in document()["components"]["schemas"]["SourceEnum"]["enum"]


@EVERY
def test_the_form_has_a_field_for_its_resources(name, db):
    assert (f"resources_{name}" in CollectForm().fields) == bool(sources.get(name).resources)
