"""Pages with JavaScript off: links and forms are enough. The main job is in demo/test_main_job.py."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def plain(visit):
    return visit("ida", java_script_enabled=False)


def test_what_moves_by_itself_with_script_has_a_link_to_look_again(plain):
    plain.goto("/incidents/new/")
    plain.get_by_label("Title").fill("A key that should not be used")
    plain.get_by_role("button", name="Open incident").click()
    address = plain.url
    plain.get_by_role("link", name="Refresh").click()
    assert plain.url.partition("#")[0] == address


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
