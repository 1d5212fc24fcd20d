"""The desk on a phone, without script, and with customers who are called what they like, in a real Chromium."""

from urllib.parse import quote

import pytest
from chromium_pages import LOWEST_CONTRAST
from hostile_strings import ALL_IN_ONE, RECKONED
from web_evenings import HOSTILE_NAMES

pytestmark = pytest.mark.chromium

WIDTH = "document.documentElement.scrollWidth"
PAGES = (
    ("maria", ("/queue", "/accounts/C-0", "/portfolio", "/portfolio/high-risk", "/team", "/models", "/docs", "/me")),
    ("root", ("/imports", "/settings")),
)


def test_phone_width(walk, desk):
    from playwright.sync_api import expect

    account, following = desk.take(2)
    for who, paths in PAGES:
        page = walk(paths[0], who=who, width=390, height=844)
        for path in paths:
            page.goto(desk.address + path)
            assert page.evaluate(WIDTH) <= 390, path
            assert page.evaluate(LOWEST_CONTRAST) >= 4.5, path
    page = walk("/queue", width=390, height=844)
    line = page.locator("#lines .line", has=page.get_by_role("link", name=account, exact=True))
    told = " ".join(line.inner_text().split())
    for figure in ("overdue", "expected late", "50% late risk", "oldest 10 d"):
        assert figure in told, figure
    line.get_by_role("link", name=account, exact=True).click()
    expect(page.locator(f"#panel [data-account='{account}']")).to_be_visible()
    expect(page.locator("#lines")).to_be_hidden()
    page.locator("summary", has_text="Promise").click()
    assert page.evaluate(WIDTH) <= 390
    page.get_by_role("button", name="Record promise").click()
    expect(page.locator(f"#panel [data-account='{following}']")).to_be_visible()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator("#lines")).to_be_visible()


def test_no_script_reading(walk, desk):
    from playwright.sync_api import expect

    account, following = desk.take(2)
    page = walk("/queue", java_script_enabled=False)
    page.locator("#lines .go", has_text="Crossmoor Ceramics Ltd").click()
    expect(page.locator("#panel svg.timeline")).to_have_count(1)
    expect(page.locator("#panel table.waterfall")).to_have_count(1)
    page.get_by_role("link", name="Open the account").click()
    expect(page.locator("h1")).to_have_text("Crossmoor Ceramics Ltd")
    page.get_by_role("link", name="Portfolio").click()
    page.get_by_role("link", name="Average days delinquent").click()
    expect(page).to_have_url(f"{desk.address}/portfolio#means-add_portfolio")
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(f"{desk.address}/portfolio?as_of=2026-03-31")
    page.get_by_role("link", name="Reconciliation").click()
    expect(page.locator("h2")).to_have_text("✓ The aging ties to the ledger, to the cent")
    for name, address in (("Team", "/team"), ("Models", "/models"), ("Queue", "/queue")):
        page.get_by_role("navigation", name="Pages").get_by_role("link", name=name).click()
        expect(page).to_have_url(desk.address + address)
        expect(page.locator("h1")).to_have_count(1)

    page.goto(f"{desk.address}/queue?account={account}")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="Snooze", exact=True).click()
    expect(page.locator(f"#panel [data-account='{following}']")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#panel [data-account='{account}']")).to_be_visible()
    expect(page.locator(".toast")).to_contain_text("Undone: Snooze until 8 Apr 2026.")


def test_hostile_names_in_every_field(walk, desk, theme):
    from playwright.sync_api import expect

    page = walk("/queue", refused=(404, 409, 422))
    assert set(HOSTILE_NAMES[2:]) <= set(page.locator("#lines .go bdi").all_text_contents())
    for name, customer_id in zip(HOSTILE_NAMES, desk.hostile, strict=True):
        page.goto(f"{desk.address}/queue?account={quote(customer_id, safe='')}")
        expect(page.locator("#panel h2")).to_have_text(name.strip(), use_inner_text=False)
        assert page.evaluate(WIDTH) <= 1280
        page.goto(f"{desk.address}/accounts/{quote(customer_id, safe='')}")
        assert page.locator("h1").text_content() == name
        assert page.evaluate(WIDTH) <= 1280

    _, _, asking = desk.models.fresh()
    account = quote(desk.hostile[theme == "dark"], safe="")
    filled = sum(fill_every_form(page, f"{desk.address}{path}") for path in (f"/accounts/{account}", "/team"))
    filled += fill_every_form(page, f"{desk.address}/models/{asking}/approval")
    filled += fill_every_form(walk("/settings", who="root", refused=(409, 422)), f"{desk.address}/settings")
    assert filled >= 12
    page.goto(f"{desk.address}/accounts/{account}")
    assert page.evaluate(WIDTH) <= 1280
    assert page.locator(".recorded").inner_text().count(ALL_IN_ONE) >= 4


def fill_every_form(page, address):
    """Send each form of a page with the hostile string in all fields that take a text; how many fields those were."""
    page.goto(address)
    title, filled = page.title(), 0
    for at in range(page.locator(FORMS).count()):
        page.goto(address)
        with page.expect_navigation():
            filled += page.locator(FORMS).nth(at).evaluate(SEND_HOSTILE, ALL_IN_ONE)
        assert page.title() in (title, "Queue, 31 March 2026") or "docs" not in page.url
        assert RECKONED not in page.locator("body").inner_text()
        assert page.evaluate(WIDTH) <= 1280, page.url
    return filled


FORMS = "main form:has(textarea, input:not([type]), input[type=text])"

# As a form is sent where nothing runs: no check of the browser's own comes first.
SEND_HOSTILE = """(form, text) => {
  const fields = form.querySelectorAll("textarea, input:not([type]), input[type=text]");
  for (const field of fields) if (field.inputMode !== "decimal" && field.inputMode !== "numeric") field.value = text;
  setTimeout(() => HTMLFormElement.prototype.submit.call(form));
  return fields.length;
}"""
