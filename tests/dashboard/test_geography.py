"""Country and network beside an address, wherever one is shown; and without databases, nothing."""

import json

import pytest
from django.urls import reverse

from cases.stores import reader_of
from events import Filters
from tests import mmdb
from tests.dashboard import casework

pytestmark = pytest.mark.django_db
WORDS = "NL · AS14061 DigitalOcean"
HEAD = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
FLOWS = [f"5 eni-1 10.0.0.5 {peer} 443 51000 6 9 5 1795381200 1795381260 ACCEPT OK" for peer in (mmdb.AWAY, "10.0.0.9")]


@pytest.fixture
def watched(incident, rin, tmp_path, memories):
    """Calls from a public address, a flow to it, and a lead about it."""

    def led():
        folder = tmp_path / "watched"
        folder.mkdir()
        called = [casework.record(minute, "ListUsers", sourceIPAddress=mmdb.AWAY) for minute in range(3)]
        (folder / "a_CloudTrail_us-east-1.json").write_text(json.dumps({"Records": called}))
        (folder / "111122223333_vpcflowlogs_us-east-1_fl-1_x.log").write_text("\n".join([HEAD, *FLOWS]))
        casework.collect(incident, rin, folder)
        casework.find(incident, rin, casework.lead(incident, mmdb.AWAY), tool="leads")

    memories.lay_down(led, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def known(settings, tmp_path):
    settings.GEO_DATABASES = [mmdb.write_city(tmp_path), mmdb.write_asn(tmp_path)]


def show(client, incident, name):
    """The page of this name that shows the address."""
    if name in ("event", "event_drawer"):
        return client.get(reverse(name, args=[incident.reference, key_of_call(incident)]))
    query = {"kind": "address", "value": mmdb.AWAY} if name == "entity" else {}
    return client.get(reverse(name, args=[incident.reference]), query)


def key_of_call(incident):
    return reader_of(incident).page(Filters(only={"event_name": ("ListUsers",)})).rows[0]["key"]


PAGES = ["entity", "network", "leads", "incident", "event", "event_drawer"]


@pytest.mark.parametrize("name", PAGES)
def test_country_and_network_stand_beside_the_address(as_rin, watched, known, name):
    page = show(as_rin, watched, name).text
    assert f"{WORDS}</span>" in page
    assert (
        'title="Amsterdam, NL, AS14061 DigitalOcean, by GeoLite2-City of 2026-11-22, GeoLite2-ASN of 2026-11-22"'
        in page
    )


@pytest.mark.parametrize("name", PAGES)
def test_without_databases_a_page_is_as_it_was(as_rin, watched, settings, name):
    assert settings.GEO_DATABASES == []
    page = show(as_rin, watched, name)
    assert page.status_code == 200
    assert mmdb.AWAY in page.text
    assert 'class="sub untrusted" title' not in page.text
    assert 'title=""' not in page.text


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("content", [None, b"no database"], ids=["missing", "broken"])
def test_a_file_that_cannot_be_asked_breaks_no_page(as_rin, watched, settings, tmp_path, name, content):
    file = tmp_path / "mine.mmdb"
    if content:
        file.write_bytes(content)
    settings.GEO_DATABASES = [file]
    page = show(as_rin, watched, name)
    assert page.status_code == 200
    assert mmdb.AWAY in page.text


@pytest.mark.parametrize("value", ["10.0.0.5", "not an address", "<script>", "1" * 2_000])
def test_what_is_no_public_address_has_no_country(as_rin, watched, known, value):
    page = as_rin.get(reverse("entity", args=[watched.reference]), {"kind": "address", "value": value})
    assert (page.status_code, page.context["located"]) == (200, None)


def test_only_addresses_have_a_country(as_rin, watched, known):
    page = as_rin.get(reverse("entity", args=[watched.reference]), {"kind": "principal", "value": mmdb.AWAY})
    assert page.context["located"] is None


def test_names_out_of_a_file_stay_text(as_rin, watched, settings, tmp_path):
    record = {"asn": 1, "as_name": '"><script>alert(1)</script>\u202e'}
    settings.GEO_DATABASES = [mmdb.write(tmp_path / "h.mmdb", {"165.22.0.0/16": record}, kind='"><b>')]
    page = as_rin.get(reverse("entity", args=[watched.reference]), {"kind": "address", "value": mmdb.AWAY}).text
    assert "AS1 &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;⟨U+202E⟩" in page
    assert "by &quot;&gt;&lt;b&gt; of 2026-11-22" in page
