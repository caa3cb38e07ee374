"""Every page with the demo's data: it answers, breaks no rule, shuts nobody out, and looks as the pictures show."""

import os
import re

import pytest

from tests.browser.demo.stage import ROOT
from tests.browser.looking import faults, heard

PAGES = {
    "sign-in": "/sign-in/",
    "queue": "/",
    "new-incident": "/incidents/new/",
    "accounts": "/accounts/",
    "readiness": "/readiness/",
    "incident": "{here}",
    "collect": "{here}collect/",
    "playbooks": "{here}plan/",
    "plan": "{here}plan/{plan}/",
    "coverage": "{here}coverage/",
    "runs": "{here}runs/",
    "run": "{here}runs/1/",
    "gaps": "{here}gaps/",
    "places": "{here}places/",
    "members": "{here}members/",
    "evidence": "{here}evidence/",
    "exhibit": "{here}evidence/E0001/",
    "timeline": "{here}timeline/",
    "event": "{here}events/{event}/",
    "findings": "{here}findings/",
    "finding": "{here}findings/F-01/",
    "leads": "{here}leads/",
    "objects": "{here}objects/",
    "network": "{here}network/",
    "changes": "{here}changes/",
    "indicators": "{here}indicators/",
    "story": "{here}story/",
    "notes": "{here}notes/",
    "entity": "{here}entities/?kind=principal&value=arn:aws:iam::111122223333:user/ci-deploy",
    "report": "{here}report/",
    "custody": "{here}custody/",
    "nowhere": "/incidents/FP-2026-999999/",
}
TALL = {"incident": 1180}  # pixels; as much of it as a picture of that size may hold. Pictured at every run.
LARGEST = 300_000  # bytes of a picture


def address_of(page, demo, name):
    event = plan = ""
    if "{plan}" in PAGES[name]:
        plan = re.search(r"/plan/([0-9a-f-]{36})/", page.request.get(f"{demo.incident}plan/").text()).group(1)
    if "{event}" in PAGES[name]:
        listed = page.request.get(f"{demo.incident}timeline/?event_name=CreateAccessKey").text()
        event = re.search(r"events/([^/]+)/drawer/", listed).group(1)
    return PAGES[name].format(here=demo.incident, event=event, plan=plan)


@pytest.fixture
def album(tmp_path):
    """Where pictures go: into docs/ only when they are asked for, so that a test run leaves the tree as it was."""
    folder = ROOT / "docs" / "screenshots" if os.environ.get("SCREENSHOTS") else tmp_path
    folder.mkdir(exist_ok=True)
    return folder


def pictured(page, album, name):
    """A picture in light and one in dark."""
    page.set_viewport_size({"width": 1440, "height": TALL.get(name, 900)})
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        picture = album / f"{name}-{scheme}.png"
        page.screenshot(path=picture, animations="disabled")
        assert picture.stat().st_size < LARGEST


@pytest.mark.parametrize("name", PAGES)
def test_it_opens_nothing_is_wrong_with_it_and_it_is_pictured(guest, demo, album, name):
    page = guest("" if name == "sign-in" else "ida")
    said = heard(page)
    answer = page.goto(address_of(page, demo, name), wait_until="load")
    assert answer.status == (404 if name == "nowhere" else 200)
    page.wait_for_timeout(300)  # what a page's scripts have to say they say at once
    assert [words for words in said if "status of 404" not in words] == []
    if name in TALL or os.environ.get("SCREENSHOTS"):
        pictured(page, album, name)
    assert faults(page) == []
