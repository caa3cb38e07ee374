"""The timeline under the hand: rows, drawer, window, and the same with JavaScript off."""

import pytest
from playwright.sync_api import expect

from tests.browser.seeding import REFERENCE

TIMELINE = f"/incidents/{REFERENCE}/timeline/"


@pytest.fixture
def page(visit):
    page = visit("rin")
    page.goto(TIMELINE)
    return page


@pytest.fixture
def plain(visit):
    page = visit("rin", java_script_enabled=False)
    page.goto(TIMELINE)
    return page


def drawer(page):
    return page.locator("[data-drawer]")


def matching(page):
    return page.get_by_role("heading", name="match")


def test_a_row_opens_the_drawer_beside_the_table(page):
    page.get_by_role("link", name="CreateAccessKey").first.click()
    expect(drawer(page).get_by_role("heading", level=2)).to_have_text("CreateAccessKey")
    assert page.url.endswith("&event=E0001-1-0-1")
    expect(drawer(page)).to_be_focused()


def test_escape_closes_the_drawer_and_gives_the_focus_back(page):
    page.get_by_role("link", name="CreateAccessKey").first.click()
    expect(drawer(page)).to_be_focused()
    page.keyboard.press("Escape")
    expect(drawer(page)).to_be_hidden()
    assert page.evaluate("document.activeElement.innerText") == "CreateAccessKey"
    assert "event=" not in page.url


def test_j_and_k_walk_the_rows_and_enter_opens(page):
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(drawer(page).get_by_role("heading", level=2)).to_have_text("CreateAccessKey")


def test_the_open_event_is_an_address(page):
    page.get_by_role("link", name="CreateAccessKey").first.click()
    expect(drawer(page)).to_be_focused()
    page.reload()
    expect(drawer(page).get_by_role("heading", level=2)).to_have_text("CreateAccessKey")


def test_dragging_over_the_bars_chooses_a_window(page):
    box = page.locator("[data-brush]").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 50, steps=4)
    page.mouse.up()
    assert page.url.endswith(TIMELINE)
    counted = page.locator("[data-brush-output]").inner_text().split()[0]
    page.get_by_role("button", name="Apply").click()
    expect(matching(page)).to_contain_text(f"{counted} event")


def test_the_arrow_keys_move_an_edge_of_the_window(page):
    before = page.get_by_label("From").input_value()
    page.get_by_role("slider", name="Window start").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_label("From").input_value() > before
    page.keyboard.press("Home")
    assert page.get_by_label("From").input_value() == before


def test_a_bar_is_a_link_to_its_events(page):
    name = page.locator(".hist-plot a").first.get_attribute("aria-label")
    page.locator(".hist-plot a").first.focus()
    page.keyboard.press("Enter")
    expect(matching(page)).to_contain_text(f"{name.split(': ')[1].split()[0]} event")


def test_on_a_telephone_the_drawer_covers_the_table(visit):
    page = visit("rin", width=390, reduced_motion="reduce")
    page.goto(f"{TIMELINE}?event=E0001-1-0-1")
    box = drawer(page).bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 900)


def test_without_script_a_row_is_a_page_with_the_drawer(plain):
    plain.get_by_role("link", name="CreateAccessKey").first.click()
    expect(drawer(plain).get_by_role("heading", level=2)).to_have_text("CreateAccessKey")
    plain.get_by_role("link", name="Close event").click()
    expect(drawer(plain)).to_be_hidden()


def test_without_script_filters_are_added_and_removed(plain):
    plain.get_by_label("Field").select_option("event_name")
    plain.get_by_label("Value").fill("CreateAccessKey")
    plain.get_by_role("button", name="Filter").click()
    expect(matching(plain)).to_contain_text("1 event")
    plain.get_by_role("link", name="Remove filter event CreateAccessKey").click()
    expect(matching(plain)).to_contain_text("60 events")


def test_without_script_no_hint_promises_keys(plain):
    expect(plain.get_by_text("Esc", exact=True)).to_be_hidden()
    expect(plain.get_by_text("Drag over the bars")).to_be_hidden()
