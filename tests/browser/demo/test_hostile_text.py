"""What the attacker of the demo wrote into the logs is text on every page that shows it."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from simulation.attack import HOSTILE_AGENTS

SHOWN = {agent: agent.replace("\u202e", "⟨U+202E⟩") for agent in HOSTILE_AGENTS}
agents = pytest.mark.parametrize("agent", HOSTILE_AGENTS, ids=["script", "override", "template", "formula"])


@pytest.fixture
def page(guest):
    """Rin's page; a script tag or a dialog of the attacker's making fails the test."""
    page = guest("rin")
    opened = []
    page.on("dialog", lambda dialog: (opened.append(dialog.message), dialog.dismiss()))
    yield page
    assert opened == []
    assert page.locator("script:not([src])").count() == 0


@agents
def test_it_is_text_in_the_timeline_and_its_filter(page, demo, agent):
    page.goto(f"{demo.incident}timeline/?user_agent={quote(agent)}")
    expect(page.get_by_label("Filters in force")).to_contain_text(SHOWN[agent])
    page.locator("[data-drawer-link]").first.click()
    expect(page.locator("#event dl").first).to_contain_text(SHOWN[agent])


@agents
def test_it_is_text_on_the_page_of_its_event(page, demo, agent):
    page.goto(f"{demo.incident}timeline/?user_agent={quote(agent)}")
    page.locator("[data-drawer-link]").first.click()
    page.get_by_role("link", name="Event in full, with its record").click()
    expect(page.locator(".kv-fields")).to_contain_text(SHOWN[agent])
    assert "\u202e" not in page.locator("body").inner_text()


def test_a_right_to_left_override_is_a_mark_of_its_own(page, demo):
    page.goto(f"{demo.incident}timeline/?user_agent={quote(HOSTILE_AGENTS[1])}")
    page.locator("[data-drawer-link]").first.click()
    expect(page.locator("#event .ctl", has_text="⟨U+202E⟩").first).to_be_visible()
