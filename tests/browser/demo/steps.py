"""What people do on the pages, by what they see there: it works with and without JavaScript."""

import json

from playwright.sync_api import expect

from tests.dashboard import casework

PHASES = ("collection", "examination", "analysis", "reporting")
PATIENCE = 180  # seconds until a small file has gone through all four phases on a busy machine


def open_incident(page, title):
    """By the form; gives the incident's address on this portal."""
    page.goto("/")
    page.get_by_role("link", name="Open incident").first.click()
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Open incident").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(title)
    return page.url


def hand_over(page, incident, calls):
    """Upload a CloudTrail file of so many calls; a file handed over twice is no new evidence."""
    page.goto(f"{incident}collect/")
    data = json.dumps({"Records": casework.records(calls)}).encode()
    trail = {"name": "111122223333_CloudTrail_us-east-1.json", "mimeType": "application/json", "buffer": data}
    page.get_by_label("File or archive").set_input_files(trail)
    page.get_by_role("button", name="Hand over").click()
    expect(page.get_by_role("status")).to_contain_text("received and sealed")


def follow(page, incident):
    """Load the incident's page anew, as without JavaScript, until each phase is complete."""
    page.goto(incident)
    for _ in range(PATIENCE):
        if states(page) == ["Complete"] * len(PHASES):
            return
        page.wait_for_timeout(1000)
        page.reload()
    raise AssertionError(f"the phases after {PATIENCE} s: {states(page)}")


def states(page):
    return [page.locator(f"[data-phase={phase}] .pill").inner_text().strip() for phase in PHASES]
