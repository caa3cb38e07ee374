"""Whatever source the registry finds is offered to people and to machines."""

import pytest
import yaml

from collectors import sources
from dashboard.forms.collect import CollectForm

EVERY = pytest.mark.parametrize("name", list(sources.all()))


@EVERY
def test_the_page_offers_it(name, incident, rin, client):
    client.force_login(rin)
    page = client.get(f"/incidents/{incident.reference}/collect/").content.decode()
    assert f'value="{name}"' in page


@EVERY
def test_the_api_takes_its_name(name, client, db):
    document = yaml.safe_load(client.get("/api/v1/schema/").content)
    assert name in document["components"]["schemas"]["SourceEnum"]["enum"]


@EVERY
def test_the_form_has_a_field_for_its_resources(name, db):
    assert (f"resources_{name}" in CollectForm().fields) == bool(sources.get(name).resources)
