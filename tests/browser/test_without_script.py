"""The main job with JavaScript off: links and forms are enough."""

import json

import pytest
from playwright.sync_api import expect

from tests.dashboard import casework

TRAIL = json.dumps({"Records": casework.records(20)}).encode()


@pytest.fixture
def plain(visit):
    return visit("ida", java_script_enabled=False)


def test_from_a_file_to_a_report(plain, portal):
    plain.get_by_role("link", name="Open incident").first.click()
    plain.get_by_label("Title").fill("A key that should not be used")
    plain.get_by_role("button", name="Open incident").click()
    plain.get_by_role("button", name="Acknowledge").click()
    expect(plain.get_by_role("status")).to_contain_text("The incident's state is now: Acknowledged.")
    plain.get_by_role("link", name="Collect evidence").click()
    trail = {"name": "a_CloudTrail_us-east-1.json", "mimeType": "application/json", "buffer": TRAIL}
    plain.get_by_label("File or archive").set_input_files(trail)
    plain.get_by_role("button", name="Hand over").click()
    expect(plain.get_by_role("status")).to_contain_text("E0001 received and sealed")

    portal.do("work")

    plain.get_by_role("link", name="Refresh").click()
    for phase in ("collection", "examination", "analysis", "reporting"):
        expect(plain.locator(f"[data-phase={phase}] .pill")).to_have_text("Complete")
    plain.get_by_role("link", name="Read the report").click()
    expect(plain.get_by_role("main")).to_contain_text("draft, not reviewed", ignore_case=True)


def test_the_state_is_changed_from_its_menu(plain):
    plain.goto("/incidents/new/")
    plain.get_by_label("Title").fill("To be put on hold")
    plain.get_by_role("button", name="Open incident").click()
    plain.get_by_text("Change state").first.click()
    plain.get_by_label("New state").select_option("on_hold")
    plain.get_by_label("Reason").fill("waits for the owner")
    plain.get_by_role("button", name="Change state").click()
    expect(plain.locator(".page-head .pill")).to_have_text("On hold")


def test_what_needs_script_is_not_shown(plain):
    plain.goto("/")
    expect(plain.locator("[data-theme-toggle]")).to_be_hidden()
