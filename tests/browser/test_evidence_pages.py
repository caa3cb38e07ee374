"""The evidence side: from a finding to its bytes, hostile text, downloads, decisions."""

import hashlib

from playwright.sync_api import expect

from tests.browser.seeding import REFERENCE

HERE = f"/incidents/{REFERENCE}"
EVENT = "E0001-1-0-1"


def test_a_finding_leads_to_the_bytes_and_to_custody(visit):
    page = visit("rin")
    page.goto(f"{HERE}/findings/")
    page.get_by_role("row").nth(1).get_by_role("link").nth(1).click()
    cited = page.locator("section", has_text="Events behind it").get_by_role("row").nth(1).get_by_role("link").first
    name = cited.inner_text()
    cited.click()
    expect(page.locator("pre").last).to_contain_text(f'"eventName": "{name}"')
    expect(page.get_by_text("This reading is entry")).to_be_visible()
    page.get_by_role("link", name="entry", exact=False).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Acquired")


def test_markup_in_an_event_is_text(visit):
    page = visit("rin")
    opened = []
    page.on("dialog", lambda dialog: opened.append(dialog.message) or dialog.dismiss())
    page.goto(f"{HERE}/events/{EVENT}/")
    expect(page.get_by_text("<script>alert(1)</script>").first).to_be_visible()
    expect(page.locator(".ctl").first).to_have_text("⟨U+202E⟩")
    assert opened == []


def test_a_part_is_downloaded_whole(visit):
    page = visit("rin")
    page.goto(f"{HERE}/evidence/E0001/")
    with page.expect_download() as download:
        page.get_by_role("button", name="Download part 1").click()
    sha256 = hashlib.sha256(download.value.path().read_bytes()).hexdigest()
    assert download.value.suggested_filename == f"{REFERENCE}-E0001-part-1.zip"
    expect(page.get_by_text(sha256[-8:]).first).to_be_visible()


def test_the_pdf_is_downloaded(visit):
    page = visit("rin")
    page.goto(f"{HERE}/report/")
    with page.expect_download() as download:
        page.get_by_role("link", name="PDF").click()
    assert download.value.path().read_bytes().startswith(b"%PDF")


def test_figures_of_the_report_are_drawn(visit):
    page = visit("rin")
    page.goto(f"{HERE}/report/")
    figure = page.locator("figure img").first
    figure.scroll_into_view_if_needed()
    # Waiting for a function would evaluate text in the page, which the page's policy forbids.
    assert figure.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_a_decision_is_recorded_without_script(visit):
    page = visit("rin", java_script_enabled=False)
    page.goto(f"{HERE}/findings/F-01/")
    page.get_by_label("Dismissed").check()
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_text("Say why it is dismissed")).to_be_visible()
    page.get_by_label("Reason").fill("the owner of the key says so")
    page.get_by_label("Confirmed").check()
    page.get_by_role("button", name="Record decision").click()
    expect(page.get_by_role("status")).to_contain_text("of the custody log")
