"""Pages in states that the demo does not show: no barrier (axe), no breach of the policy, nothing wider than a telephone."""

import pytest

from tests.browser.looking import barriers, faults, opened, overflow
from tests.browser.seeding import DRAFT, FRESH, LARGE, REFERENCE

HERE = f"/incidents/{REFERENCE}"
EVENT = "E0001-1-0-1"
PAGES = {
    "a fresh incident": f"/incidents/{FRESH}/",
    "failed runs": f"{HERE}/runs/?view=failed",
    "a checked log": f"{HERE}/custody/?check",
    "an entry": f"{HERE}/custody/3/",
    "an open event": f"{HERE}/timeline/?event={EVENT}&not_region=eu-west-1",
    "no evidence": f"/incidents/{FRESH}/evidence/",
    "no events": f"/incidents/{FRESH}/timeline/",
    "leads of a kind": f"{HERE}/leads/?kind=address",
    "no leads": f"/incidents/{FRESH}/leads/",
    "no network": f"/incidents/{FRESH}/network/",
    "no changes": f"/incidents/{FRESH}/changes/",
    "no objects": f"/incidents/{FRESH}/objects/",
    "no indicators": f"/incidents/{FRESH}/indicators/",
    "an address": f"{HERE}/entities/?kind=address&value=203.0.113.44",
    "nobody": f"{HERE}/entities/?kind=access_key&value=AKIANOBODY",
    "no findings": f"/incidents/{FRESH}/findings/",
    "no report": f"/incidents/{FRESH}/report/",
    "accounts": "/accounts/",
    "a scope": f"{HERE}/plan/?playbook=ransomware_in_s3",
    "a draft": f"{HERE}/plan/{DRAFT}/",
    "one place": f"{HERE}/coverage/?account=111122223333&region=us-east-1",
    "no coverage": f"/incidents/{FRESH}/coverage/",
    "a large incident": f"/incidents/{LARGE}/",
    "a large coverage": f"/incidents/{LARGE}/coverage/",
    "adding to the story": f"{HERE}/findings/F-01/story/",
    "no story": f"/incidents/{FRESH}/story/",
    "no notes": f"/incidents/{FRESH}/notes/",
    "a saved view": f"{HERE}/timeline/?event_name=CreateAccessKey",
    "readiness": "/readiness/",
}


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES.keys())
def test_nothing_is_wrong_with_it(visit, address):
    assert opened(visit("ida"), address) == []


def test_nothing_is_wrong_with_a_refused_filter(visit):
    assert opened(visit("ida"), f"{HERE}/timeline/?color=red", "status of 422") == []


def test_the_menu_of_states_has_no_barriers(visit):
    page = visit("ida", width=390, reduced_motion="reduce")
    page.goto(f"{HERE}/")
    page.get_by_text("Change state").first.click()
    assert barriers(page) == []
    assert overflow(page) == []


@pytest.mark.parametrize(("scheme", "shade"), [("light", 210), ("dark", 60)])
def test_a_heading_that_is_faint_and_too_broad_would_be_seen(visit, scheme, shade):
    page = visit("ida")
    page.goto("/")
    faint = f"color: rgb({shade}, {shade}, {shade}); width: 2000px"
    page.evaluate(f"document.querySelector('h1').style.cssText = '{faint}'")
    found = [fault for fault in faults(page) if f" {scheme}: " in fault]
    assert any("color-contrast" in fault for fault in found)
    assert any("px in a window of 390" in fault for fault in found)
