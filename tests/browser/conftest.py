"""A real Chromium before a whole portal. In CI (CI=true) nothing is skipped for want of a browser."""

import os
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.browser.portal import Portal
from tests.conftest import PASSWORD

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def binary():
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None and os.environ.get("CI"):
        pytest.fail("CI has no Chromium; apt-get install chromium")
    if found is None:
        pytest.skip("no Chromium on this machine; apt-get install chromium, then this test runs")
    return found


@pytest.fixture(scope="session")
def portal(binary, tmp_path_factory):
    """A portal with people and an incident in it; tests that change it open an incident of their own."""
    running = Portal(tmp_path_factory.mktemp("portal"))
    running.start()
    yield running
    running.stop()


# Of the package, not the session: Playwright's event loop must be gone when other tests use theirs.
@pytest.fixture(scope="package")
def chromium(binary):
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def sessions():
    """Person -> the cookies of having signed in once."""
    return {}


@pytest.fixture
def visit(chromium, portal, sessions):
    """``visit("ida", width=390, ...)``: a blank page of a signed-in person, in a browser context of its own."""
    contexts = []

    def page_of(person="", width=1440, **options):
        view = {"base_url": portal.address, "viewport": {"width": width, "height": 900}, "locale": "en-GB"}
        context = chromium.new_context(**view, storage_state=sessions.get(person), **options)
        contexts.append(context)
        page = context.new_page()
        if person and person not in sessions:
            page.goto("/sign-in/")
            sign_in(page, person)
            sessions[person] = context.storage_state()
        return page

    yield page_of
    for context in contexts:
        context.close()


def sign_in(page, person):
    page.get_by_label("User name").fill(person)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
