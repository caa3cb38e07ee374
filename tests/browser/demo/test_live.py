"""The board of an incident moves by itself while the demo's workers work."""

import pytest
from playwright.sync_api import expect

from tests.browser.demo import steps

SECONDS = steps.PATIENCE * 1000  # Playwright counts in milliseconds


@pytest.fixture
def incident(guest):
    """An incident of Rin's own, without evidence."""
    return steps.open_incident(guest("rin"), "A page that is watched")


def watch(page, incident, state):
    """Open the board, wait for the word beside it, and leave a mark that no reload would survive."""
    page.goto(incident)
    expect(page.locator("[data-live-mark]")).to_have_text(state, timeout=30_000)
    expect(page.locator("[data-phase=collection] .big")).to_contain_text("0 of 0 units")
    page.evaluate("window.stayed = true")


def sees_all_four_phases_complete(page):
    for phase in steps.PHASES:
        expect(page.locator(f"[data-phase={phase}] .pill")).to_have_text("Complete", timeout=SECONDS)
    return page.evaluate("window.stayed === true")


def test_it_follows_the_stream(guest, incident):
    page = guest("rin")
    watch(page, incident, "Live")
    steps.hand_over(guest("rin"), incident, calls=15)
    assert sees_all_four_phases_complete(page)


def test_it_asks_every_five_seconds_where_the_stream_is_blocked(guest, incident):
    page = guest("rin")
    page.route("**/live/", lambda route: route.abort())
    watch(page, incident, "Every 5 s")
    steps.hand_over(guest("rin"), incident, calls=16)
    assert sees_all_four_phases_complete(page)
