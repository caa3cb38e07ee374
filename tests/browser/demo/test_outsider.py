"""Otto belongs to no incident: for him there is none."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from dashboard.urls import urlpatterns

# A value for each part of an address that exists in the demo's incident.
KNOWN = {
    "number": "1",
    "version": "1",
    "section": "1",
    "block": "1",
    "seq": "1",
    "short": "E0001",
    "label": "F-01",
    "name": "csv",
}
INSIDE = [str(one.pattern) for one in urlpatterns if "<str:reference>" in str(one.pattern)]


@pytest.fixture
def otto(guest):
    page = guest("otto")
    page.goto("/")
    return page


@pytest.fixture
def values(demo, guest):
    """The arguments of every address inside the demo's incident, an event of it among them."""
    listed = guest("ida").request.get(f"{demo.incident}timeline/").text()
    event = re.search(r"events/([^/]+)/drawer/", listed).group(1)
    return KNOWN | {"reference": demo.incident.split("/")[2], "key": event}


def answer(page, address):
    """The status of a GET, or of a POST where a page takes nothing else."""
    got = page.request.get(address, max_redirects=0)
    if got.status != 405:
        return got.status
    token = page.locator("[name=csrfmiddlewaretoken]").first.get_attribute("value")
    referer = {"Referer": page.url, "X-CSRFToken": token}
    return page.request.post(address, headers=referer, form={}, max_redirects=0).status


def test_no_address_of_the_incident_is_there_for_him(otto, values):
    addresses = ["/" + re.sub(r"<\w+:(\w+)>", lambda found: values[found.group(1)], pattern) for pattern in INSIDE]
    answers = {address: answer(otto, address) for address in addresses}
    assert len(answers) > 40
    assert {address: status for address, status in answers.items() if status != 404} == {}


def test_his_queue_is_empty(otto, values):
    expect(otto.get_by_role("main")).not_to_contain_text(values["reference"])
    otto.goto("/?q=ci-deploy")
    expect(otto.get_by_role("main")).not_to_contain_text("Leaked access key")


def test_the_incident_is_there_for_those_who_belong_to_it(guest, demo):
    page = guest("rin")
    page.goto("/")
    page.get_by_role("link", name="Leaked access key of ci-deploy").first.click()
    assert urlsplit(page.url).path == demo.incident
