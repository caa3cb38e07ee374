"""What the demo's people said is there to be read, and Ida can finish the report."""

from playwright.sync_api import expect


def test_rins_story_and_idas_note_are_there(guest, demo):
    page = guest("ida")
    page.goto(f"{demo.incident}story/")
    expect(page.get_by_text("Tomas Silva was called").first).to_be_visible()
    page.goto(f"{demo.incident}notes/")
    expect(page.get_by_text("the platform team has taken it down")).to_be_visible()


def test_the_alerts_addresses_were_found_and_the_others_were_not(guest, demo):
    page = guest("ida")
    page.goto(f"{demo.incident}indicators/")
    found = page.locator("tr", has=page.get_by_text("203.0.113.44"))
    expect(found.get_by_role("link", name="F-").first).to_be_visible()
    expect(page.locator("tr", has=page.get_by_text("drop.example.net")).get_by_role("link", name="F-")).to_have_count(0)


def test_ida_approves_what_rin_had_made(guest, demo):
    page = guest("ida")
    page.goto(f"{demo.incident}report/")
    expect(page.get_by_text("Tomas Silva was called").first).to_be_visible()
    expect(page.get_by_text("somebody else has to approve it")).to_have_count(0)
    page.get_by_role("button", name="Send to review").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".page-head .facts")).to_contain_text("Approved")
