"""Keys, theme, and the way past the navigation."""

from playwright.sync_api import expect

from tests.browser.seeding import REFERENCE


def test_slash_goes_to_the_search(visit):
    page = visit("ida")
    page.goto(f"/incidents/{REFERENCE}/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("leaked")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Leaked access key")).to_be_visible()


def test_slash_is_a_letter_where_one_types(visit):
    page = visit("ida")
    page.goto("/incidents/new/")
    page.get_by_label("Title").fill("a")
    page.keyboard.press("/")
    assert page.get_by_label("Title").input_value() == "a/"


def test_the_first_tab_skips_the_navigation(visit):
    page = visit("ida")
    page.goto("/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_theme_is_chosen_and_kept(visit):
    page = visit("ida", color_scheme="light")
    page.goto("/")
    button = page.locator("[data-theme-toggle]")
    button.click()
    button.click()
    page.goto(f"/incidents/{REFERENCE}/")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_signing_out_is_in_the_menu_of_ones_name(visit):
    page = visit("otto")
    page.goto("/")
    page.get_by_label("Signed in as Otto Outsider").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
