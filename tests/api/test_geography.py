"""Where an address is, over the API: of leads, of conversations and of one event."""

import pytest

from cases.models import LEADS
from tests import mmdb
from tests.dashboard import casework

PLACE = {"country": "NL", "city": "Amsterdam", "asn": 14061, "organisation": "DigitalOcean"}
HEAD = "version interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"
FLOWS = [f"5 eni-1 {peer} 10.0.0.5 443 51000 6 9 5 1795381200 1795381260 ACCEPT OK" for peer in (mmdb.AWAY, "10.0.0.9")]


@pytest.fixture
def known(settings, tmp_path):
    settings.GEO_DATABASES = [mmdb.write_city(tmp_path), mmdb.write_asn(tmp_path)]


@pytest.fixture
def watched(incident, rin, tmp_path, memories):
    """A flow from a public address, and one from a private one."""

    def flowed():
        folder = tmp_path / "watched"
        folder.mkdir()
        (folder / "111122223333_vpcflowlogs_us-east-1_fl-1_x.log").write_text("\n".join([HEAD, *FLOWS]))
        casework.collect(incident, rin, folder)

    memories.lay_down(flowed, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def lead(finding):
    """A lead about that address."""
    finding.entity_kind, finding.entity, finding.question, finding.tool = "address", mmdb.AWAY, LEADS, "leads"
    finding.facts = {"rank": 1, "score": 90.5, "signals": []}
    finding.save()
    return finding


def place_of_lead(as_rin, base):
    return as_rin.get(f"{base}leads/").json()["results"][0]["place"]


def test_a_lead_about_an_address_says_where_it_is(as_rin, base, lead, known):
    assert place_of_lead(as_rin, base) == PLACE


def test_a_lead_about_anything_else_is_nowhere(as_rin, base, lead, known):
    lead.entity_kind = "principal"
    lead.save()
    assert place_of_lead(as_rin, base) is None


def test_without_databases_nothing_is_anywhere(as_rin, base, lead, watched):
    assert place_of_lead(as_rin, base) is None
    assert [talk["place"] for talk in as_rin.get(f"{base}conversations/").json()["results"]] == [None]


def test_a_conversation_says_where_its_peer_is(as_rin, base, watched, known):
    [talk] = as_rin.get(f"{base}conversations/").json()["results"]
    assert (talk["peer"], talk["place"]) == (mmdb.AWAY, PLACE)


def test_an_event_says_where_its_source_is(as_rin, base, watched, known, settings):
    [event] = as_rin.get(f"{base}events/", source_ip=mmdb.AWAY).json()["results"]
    key = event["key"]
    assert as_rin.get(f"{base}events/{key}/").json()["place"] == PLACE
    settings.GEO_DATABASES = []
    assert as_rin.get(f"{base}events/{key}/").json()["place"] is None
