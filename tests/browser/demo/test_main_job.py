"""The main job by a responder whose browser runs no JavaScript, through the workers of the demo."""

import io

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.demo import steps
from tests.browser.demo.stage import sign_in

TITLE = "A key that answers from two countries"


@pytest.fixture
def page(guest, demo):
    """Rin, just signed in by the form."""
    page = guest(java_script_enabled=False)
    sign_in(page, "rin", demo.passwords["rin"])
    return page


def test_from_a_file_to_the_pdf_without_script(page):
    incident = steps.open_incident(page, TITLE)
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("status")).to_contain_text("The incident's state is now: Acknowledged.")
    steps.hand_over(page, incident, calls=12)
    steps.follow(page, incident)

    event_in_full(page)
    findings_lead_to_their_events(page)
    assert TITLE in first_page(page)


def event_in_full(page):
    page.get_by_role("link", name="Timeline").first.click()
    expect(page.get_by_role("heading", name="12 events match")).to_be_visible()
    page.get_by_role("link", name="CreateAccessKey").first.click()
    page.get_by_role("link", name="Event in full, with its record").click()
    origin = page.locator(".origin")
    expect(origin).to_contain_text("111122223333_CloudTrail_us-east-1.json")
    expect(origin).to_contain_text("row 1 (counted from 0)")
    expect(page.get_by_role("region", name="The record itself")).to_contain_text('"eventName": "CreateAccessKey"')


def findings_lead_to_their_events(page):
    page.get_by_role("link", name="Findings").first.click()
    page.get_by_role("group", name="Findings").get_by_role("link").first.click()
    expect(page.get_by_role("main")).to_contain_text("CreateAccessKey")


def first_page(page):
    """The text of the first page of the report's PDF, its line breaks as spaces."""
    page.get_by_role("link", name="Report").first.click()
    expect(page.get_by_role("main")).to_contain_text("draft, not reviewed", ignore_case=True)
    address = page.get_by_role("link", name="PDF").get_attribute("href")
    answer = page.request.get(address)
    assert answer.headers["content-disposition"].startswith("attachment")
    return " ".join(PdfReader(io.BytesIO(answer.body())).pages[0].extract_text().split())
