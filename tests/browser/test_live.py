"""A page that moves while one looks at it."""

import threading
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.seeding import FRESH

STREAMS = 50


@pytest.fixture
def opened(visit):
    """Ida's page on an incident of her own, which nobody reloads: its address and the page."""
    page = visit("ida")
    page.goto("/incidents/new/")
    page.get_by_label("Title").fill("Something odd")
    page.get_by_role("button", name="Open incident").click()
    expect(page.locator("[data-live-mark]")).to_have_text("Live")
    page.evaluate("window.stayed = true")
    return page


def acknowledge(page, other):
    """Do something in another tab."""
    other.goto(page.url)
    other.get_by_role("button", name="Acknowledge").click()


def upload(page, other, name="trail.json"):
    other.goto(f"{page.url}collect/")
    other.get_by_label("File or archive").set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": name.encode()}
    )
    other.get_by_role("button", name="Hand over").click()


def test_the_board_moves_without_a_reload(opened, visit, portal):
    expect(opened.get_by_text("What should be collected first?")).to_be_visible()
    upload(opened, visit("ida"))
    expect(opened.locator("[data-phase=collection] .big")).to_contain_text("1 of 1 unit")
    expect(opened.get_by_text("What should be collected first?")).to_have_count(0)
    expect(opened.locator(".sidenav #evidence_count")).to_have_text("1")
    assert opened.evaluate("window.stayed")


def test_the_focus_stays_where_it_was(opened, visit):
    opened.locator("#phase-analysis").focus()
    upload(opened, visit("ida"))
    expect(opened.locator("[data-phase=collection] .big")).to_contain_text("1 of 1 unit")
    assert opened.evaluate("document.activeElement.id") == "phase-analysis"


def test_a_change_while_the_board_is_being_fetched_is_not_lost(opened, visit):
    held = []
    opened.route("**/board/", lambda route: held.append((route, route.fetch())), times=1)
    upload(opened, visit("ida"))
    until(opened, lambda: held)
    acknowledge(opened, visit("ida"))
    opened.wait_for_timeout(1500)  # until the stream has told of it
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(opened.get_by_text("Take this incident on?")).to_have_count(0)
    assert opened.evaluate("window.stayed")


def test_a_refused_answer_is_asked_for_again(opened, visit):
    opened.route("**/board/", lambda route: route.fulfill(status=503), times=1)
    upload(opened, visit("ida"))
    expect(opened.locator("[data-phase=collection] .big")).to_contain_text("1 of 1 unit", timeout=12_000)
    assert opened.evaluate("window.stayed")


def until(page, holds):
    for _ in range(100):
        if holds():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it did not happen in 5 s")


def test_the_list_of_runs_moves_too(opened, visit):
    address = opened.url
    opened.goto(f"{address}runs/")
    expect(opened.locator("[data-live-mark]")).to_have_text("Live")
    other = visit("ida")
    other.goto(f"{address}collect/")
    other.get_by_label("File or archive").set_input_files({"name": "t", "mimeType": "text/plain", "buffer": b"runs"})
    other.get_by_role("button", name="Hand over").click()
    expect(opened.get_by_text("Upload, t")).to_be_visible()


def test_a_hidden_tab_closes_its_stream_and_catches_up(opened, visit):
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true}); document.dispatchEvent(new Event('visibilitychange'))"
    opened.evaluate(hide % "true")
    upload(opened, visit("ida"))
    opened.wait_for_timeout(1500)
    expect(opened.get_by_text("What should be collected first?")).to_be_visible()
    opened.evaluate(hide % "false")
    expect(opened.locator("[data-phase=collection] .big")).to_contain_text("1 of 1 unit")


def test_without_the_broker_the_page_polls_and_comes_back(opened, visit, portal):
    portal.broker.kill()
    portal.broker.wait()
    expect(opened.locator("[data-live-mark]")).to_have_text("Every 5 s", timeout=10_000)
    acknowledge(opened, visit("ida"))
    expect(opened.get_by_text("Take this incident on?")).to_have_count(0, timeout=12_000)
    portal.start_broker()
    expect(opened.locator("[data-live-mark]")).to_have_text("Live", timeout=12_000)


def test_fifty_open_streams_hold_no_database_connection(visit, portal):
    page = visit("ida")
    cookie = "; ".join(f"{one['name']}={one['value']}" for one in page.context.cookies())
    before = portal.open_databases()
    request = urllib.request.Request(f"{portal.address}/incidents/{FRESH}/live/", headers={"Cookie": cookie})
    streams = [urllib.request.urlopen(request, timeout=10) for _ in range(STREAMS)]
    heads = [[stream.readline() for _ in range(4)] for stream in streams]
    assert {head[2] for head in heads} == {b"event: hello\n"}
    assert portal.open_databases() <= before + 2
    threads = [threading.Thread(target=stream.close) for stream in streams]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
