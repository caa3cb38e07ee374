"""What a laptop of 1280 pixels and a telephone show: no column cut off, the current page in sight, the urgent first."""

import pytest

from tests.browser.seeding import REFERENCE

HERE = f"/incidents/{REFERENCE}"
CUT = "[...document.querySelectorAll('.table-wrap')].filter(one => one.scrollWidth > one.clientWidth + 1).length"
PAGES = {
    "queue": "/",
    "timeline": f"{HERE}/timeline/",
    "open event": f"{HERE}/timeline/?event=E0001-1-0-1",
    "findings": f"{HERE}/findings/",
    "finding": f"{HERE}/findings/F-01/",
    "accounts": "/accounts/",
    "coverage": f"{HERE}/coverage/",
}


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_at_1280_no_column_is_cut_off(visit, address):
    page = visit("ida", width=1280)
    page.goto(address)
    assert page.evaluate(CUT) == 0


def test_the_clocks_of_an_incident_stand_in_one_row(visit):
    page = visit("ida", width=1280)
    page.goto(f"{HERE}/")
    tops = page.locator(".clocks > div").evaluate_all("all => all.map(one => one.getBoundingClientRect().top)")
    assert len(tops) == 5
    assert len(set(tops)) == 1


@pytest.mark.parametrize("place", ["findings", "custody", "members", "timeline"])
def test_on_a_telephone_the_current_page_is_in_sight_without_script(visit, place):
    page = visit("ida", width=390, java_script_enabled=False)
    page.goto(f"{HERE}/{place}/")
    box = page.locator(".sidenav [aria-current]").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390


def test_on_a_telephone_the_queue_says_all_of_an_incident(visit):
    page = visit("ida", width=390)
    page.goto("/")
    right = page.locator(".table td > *").evaluate_all(
        "all => Math.max(...all.map(one => one.getBoundingClientRect().right))"
    )
    assert right <= 390
    assert page.locator("td[data-label='Waiting for']").first.is_visible()


def test_on_a_telephone_what_needs_a_decision_comes_first(visit):
    page = visit("ida", width=390)
    page.goto(f"{HERE}/")
    decision, story = (page.get_by_role("heading", name=name) for name in ("Needs a decision", "What happened"))
    assert decision.bounding_box()["y"] < story.bounding_box()["y"]


def test_on_a_telephone_the_lists_of_the_filter_fit(visit):
    page = visit("ida", width=390)
    page.goto(f"{HERE}/timeline/")
    page.get_by_label("kind of log").select_option("network_flows")
    page.get_by_role("button", name="Filter").click()
    assert "no event has this value" in page.locator(".main").inner_text()
    assert page.evaluate("document.scrollingElement.scrollWidth") == 390
