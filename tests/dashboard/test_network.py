"""Who talked to whom: flow logs and who called AWS from the same addresses."""

import pytest
from django.urls import reverse

from tests.dashboard import casework

pytestmark = pytest.mark.django_db
HEAD = "version interface-id instance-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status"


def line(peer, size):
    return f"5 eni-1 i-0abc 10.0.0.5 {peer} 443 51000 6 9 {size} 1795381200 1795381260 ACCEPT OK"


@pytest.fixture
def watched(incident, rin, tmp_path, memories):
    """Calls from an address to which an instance sends five megabytes; two machines that talk among themselves."""
    lines = [HEAD, line(casework.STRANGER, 5_000_000), line("10.0.0.9", 7), line("198.51.100.9", 30)]

    def flowed():
        folder = casework.log_folder(tmp_path / "watched")
        (folder / "111122223333_vpcflowlogs_us-east-1_fl-1_x.log").write_text("\n".join(lines) + "\n")
        casework.collect(incident, rin, folder)

    memories.lay_down(flowed, tmp_path)
    incident.refresh_from_db()
    return incident


@pytest.fixture
def url(incident):
    return reverse("network", args=[incident.reference])


def test_who_sent_most_outside_comes_first_with_who_called_from_there(as_rin, watched, url):
    page = as_rin.get(url)
    first, second = page.context["lines"]
    assert (first.talk.peer, first.talk.bytes_out, first.share) == (casework.STRANGER, 5_000_000, 100)
    assert [name for name, _ in first.callers] == ["user/ci-deploy"]
    assert (second.talk.peer, second.callers) == ("198.51.100.9", [])
    assert as_rin.get(first.timeline).context["count"] == 1


def test_private_addresses_are_shown_when_they_are_asked_for(as_rin, watched, url):
    page = as_rin.get(url, {"inside": "1", "order": "flows"})
    assert "10.0.0.9" in {row.talk.peer for row in page.context["lines"]}


def test_an_order_that_there_is_not_is_not_found(as_rin, watched, url):
    assert as_rin.get(url, {"order": "colour"}).status_code == 404


def test_without_flow_logs_it_says_where_to_get_them(as_rin, url):
    assert "No flow log was examined" in as_rin.get(url).text


def test_an_outsider_finds_nothing(as_otto, url):
    assert as_otto.get(url).status_code == 404
