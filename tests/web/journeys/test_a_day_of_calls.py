"""A collector's day in a real Chromium: signing in, ten accounts by keys alone, and each kind of outcome."""

import pytest
from web_clients import PASSWORD

pytestmark = pytest.mark.chromium


def shown(page, customer_id):
    from playwright.sync_api import expect

    expect(page.locator(f"#panel [data-account='{customer_id}']")).to_be_visible()


def said(page, text):
    from playwright.sync_api import expect

    expect(page.locator("#said")).to_contain_text(text)


def recorded(page, customer_id):
    """What the page of an account says was recorded since the list, the newest first."""
    page.goto(f"{page.url.partition('/queue')[0]}/accounts/{customer_id}")
    return [" ".join(one.split()) for one in page.locator(".recorded li").all_inner_texts()]


def test_sign_in(walk, desk):
    from playwright.sync_api import expect

    page = walk("/queue", who="", refused=(403,))
    assert page.url == f"{desk.address}/sign-in?next=%2Fqueue"
    expect(page.locator("input:focus")).to_be_visible()
    for key in ("ada", "Tab", "not the password", "Enter"):
        page.keyboard.press(key) if key in ("Tab", "Enter") else page.keyboard.type(key)
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name")).to_have_value("ada")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Queue of 31 March 2026")
    assert page.url == f"{desk.address}/queue"

    page.get_by_role("link", name="Ada").press("Enter")
    page.get_by_role("button", name="Sign out").press("Enter")
    expect(page.locator("h1")).to_have_text("Sign in")
    page.goto(f"{desk.address}/queue")
    assert page.url == f"{desk.address}/sign-in?next=%2Fqueue"


def test_ten_accounts_by_keyboard_alone(walk, desk):
    accounts = desk.take(11)
    page = walk(f"/queue?account={accounts[0]}")
    worked = int(page.locator(".worked dd").first.inner_text().split()[0])
    outcomes = (
        ("n", (), "No answer recorded."),
        ("l", (), "Left a message recorded."),
        ("e", (), "E-mail sent recorded."),
        ("x", (), "Says paid recorded."),
        ("p", ("1200.50", "Enter"), "Promise of €1,200.50 by 8 Apr 2026 recorded."),
        ("c", ("Enter",), "Callback on 2 Apr 2026 recorded."),
        ("s", ("Enter",), "Snooze until 8 Apr 2026 recorded."),
        ("d", ("Enter",), "Dispute"),
        ("t", ("asks for a copy", "Control+Enter"), "Note recorded."),
        ("w", ("Enter",), "The list is wrong, paid already recorded."),
    )
    for (key, then, words), account, following in zip(outcomes, accounts, accounts[1:], strict=False):
        page.keyboard.press(key)
        for one in then:
            page.keyboard.press(one) if one in ("Enter", "Control+Enter") else page.keyboard.type(one)
        shown(page, following)
        said(page, words)
        said(page, account)

    assert int(page.locator(".worked dd").first.inner_text().split()[0]) == worked + 10
    page.keyboard.press("o")
    page.wait_for_url(f"**/accounts/{accounts[10]}*")


def test_promise(walk, desk):
    account, following = desk.take(2)
    page = walk(f"/queue?account={account}", refused=(422,))
    page.keyboard.press("p")
    page.keyboard.type("1,200")
    page.keyboard.press("Enter")
    page.locator("#refused", has_text="Expected digits with a decimal dot").wait_for()
    assert page.locator("#o-promise-amount").input_value() == "1,200", "what was typed is kept"
    page.keyboard.press("Control+a")
    page.keyboard.type("1200")
    page.keyboard.press("Enter")
    shown(page, following)

    (line,) = recorded(page, account)
    assert "Promise €1,200.00 by 8 Apr 2026" in line
    page.goto(f"{desk.address}/queue?tab=done&q={account}")
    assert page.locator("#lines .line .done").first.is_visible()


def test_dispute(walk, desk):
    account, following = desk.take(2)
    page = walk(f"/queue?account={account}")
    page.locator("summary", has_text="Dispute").click()
    page.get_by_label("Contested amount").fill("250")
    page.locator("#o-dispute-reason").select_option("damaged goods")
    page.get_by_label("In their words").fill("two pallets were wet")
    page.get_by_role("button", name="Record dispute").click()
    shown(page, following)
    page.goto(f"{desk.address}/queue?account={account}")
    page.keyboard.press("r")
    page.get_by_label("How it ended").select_option("partly_accepted")
    page.get_by_label("In a few words").fill("half of it credited")
    page.get_by_role("button", name="End the dispute").click()
    shown(page, following)

    ended, began = recorded(page, account)
    assert "half of it credited" in ended
    assert "damaged goods: two pallets were wet" in began
    assert "€250.00" in began


def test_undo(walk, desk):
    account, following = desk.take(2)
    page = walk(f"/queue?account={account}")
    worked = page.locator(".worked dd").first.inner_text()
    page.keyboard.press("n")
    shown(page, following)
    page.keyboard.press("u")
    shown(page, account)
    said(page, f"Undone: No answer. {account}")

    assert page.locator(".worked dd").first.inner_text() == worked
    (line,) = recorded(page, account)
    assert "undone by Maria" in line


def test_conflict(walk, desk):
    from playwright.sync_api import expect

    account, following = desk.take(2)
    mine, theirs = walk(f"/queue?account={account}", refused=(412,)), walk(f"/queue?account={account}", who="ada")
    mine.keyboard.press("p")
    mine.keyboard.type("1200")
    theirs.keyboard.press("x")
    shown(theirs, following)
    mine.evaluate("() => { looked = 0; return lookForNews(); }")
    expect(mine.locator(".outcomes .news")).to_contain_text("Ada recorded a contact on this account at 09:10 UTC")
    mine.keyboard.press("Enter")
    expect(mine.get_by_role("alert")).to_contain_text("Ada recorded a contact on this account at 09:10 UTC. See it")
    expect(mine.locator("#o-promise-amount")).to_have_value("1200")
    mine.keyboard.press("Enter")
    shown(mine, following)

    assert ["Promise" in line for line in recorded(mine, account)] == [True, False]


def test_snooze(walk, desk):
    account, following = desk.take(2)
    page = walk(f"/queue?account={account}")
    page.keyboard.press("s")
    page.keyboard.press("Tab")
    page.get_by_label("Because it").select_option("waits for their reply")
    page.get_by_label("Because it").press("Enter")
    shown(page, following)

    (line,) = recorded(page, account)
    assert "Snooze until 8 Apr 2026" in line
    assert "waits for their reply" in line


def test_contest(walk, desk):
    account, following = desk.take(2)
    page = walk(f"/queue?account={account}")
    page.keyboard.press("w")
    page.get_by_label("What is wrong").select_option("wrong_data")
    page.get_by_label("Why", exact=True).fill("the credit note of March is missing")
    page.get_by_label("Why", exact=True).press("Control+Enter")
    shown(page, following)

    (line,) = recorded(page, account)
    assert "the credit note of March is missing" in line
    page.goto(f"{desk.address}/team")
    assert "the credit note of March is missing" in page.locator("main").inner_text()
