"""Working the list in a real Chromium: by keys alone, by click, undone, refused, in conflict, on a phone, without
script, whatever customers are called. No page complains."""

import socket
import threading
import time
from datetime import timedelta

import pytest
from all_tables import make_tables
from chromium_pages import LOWEST_CONTRAST, session_at
from evenings import NOW, made_run, score
from web_clients import app_of
from web_evenings import HOSTILE_NAMES

from serving.accounts.account import CustomerFacts
from serving.activities.recording import Recorder
from serving.published.desk import Desk
from serving.published.store import ServingStore

pytestmark = pytest.mark.chromium

ACCOUNTS = 24


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The address of a desk where outcomes can be recorded; every third customer has a hostile name."""
    import uvicorn

    store = ServingStore(f"sqlite:///{tmp_path_factory.mktemp('work') / 'queues.db'}")
    make_tables(store)
    hostile = {f"C-{3 * n}": CustomerFacts(name, "GB") for n, name in enumerate(HOSTILE_NAMES[:8])}
    store.publish(made_run([score(f"INV-{n}", f"C-{n}", open=9000 - n) for n in range(ACCOUNTS)], hostile))
    recorder = Recorder(Desk(store), today=NOW.date, now=lambda: NOW + timedelta(hours=4))
    with socket.create_server(("127.0.0.1", 0)) as bound:
        config = uvicorn.Config(app_of(store, demo=True, recorder=recorder), log_level="warning")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
        server.should_exit = True
        thread.join(5)
    store.close()


def shown(page, customer_id):
    from playwright.sync_api import expect

    expect(page.locator(f"#panel [data-account='{customer_id}']")).to_be_visible()


def said(page, text):
    from playwright.sync_api import expect

    expect(page.locator("#said")).to_contain_text(text)


def test_three_accounts_are_worked_and_one_undone_by_keys_alone(desk, open_page):
    page = open_page(f"{desk}/queue?account=C-1")
    page.keyboard.press("n")
    shown(page, "C-2")
    said(page, "No answer recorded. C-1 Now: C-2")
    page.keyboard.press("p")
    page.keyboard.type("1200.50")
    page.keyboard.press("Enter")
    shown(page, "C-3")
    said(page, "Promise of €1,200.50 by 8 Apr 2026 recorded. C-2")
    page.keyboard.press("j")
    shown(page, "C-4")
    page.keyboard.press("w")
    page.keyboard.press("Enter")
    shown(page, "C-5")
    said(page, "The list is wrong, paid already recorded. C-4")
    page.keyboard.press("u")
    shown(page, "C-4")
    said(page, "Undone: The list is wrong, paid already. C-4")
    assert page.locator(".worked dd").first.inner_text() == "2 of 24"


def test_keys_are_letters_while_somebody_types_and_help_tells_them(desk, open_page):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/queue?account=C-10")
    page.keyboard.press("t")
    page.keyboard.type("no jokes?")
    expect(page.locator("#o-note-text")).to_have_value("no jokes?")
    shown(page, "C-10")
    page.keyboard.press("Escape")
    expect(page.locator("details[open]")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("these keys")
    page.keyboard.press("n")
    page.keyboard.press("Escape")
    shown(page, "C-10")
    page.keyboard.press("/")
    page.keyboard.type("c-1")
    page.keyboard.press("Enter")
    expect(page.locator("#lines .go").first).to_have_text("C-10")
    assert page.url == f"{desk}/queue?q=c-1"


def test_a_page_says_that_somebody_was_here_and_keeps_what_is_being_typed(desk, open_page):
    from playwright.sync_api import expect

    page, other = open_page(f"{desk}/queue?account=C-20"), open_page(f"{desk}/queue?account=C-20")
    page.keyboard.press("t")
    page.keyboard.type("asks for a copy")
    other.keyboard.press("n")
    shown(other, "C-21")

    page.evaluate("() => { looked = 0; return lookForNews(); }")
    expect(page.locator(".outcomes .news")).to_contain_text("You recorded a contact on this account at")
    expect(page.locator("#o-note-text")).to_have_value("asks for a copy")


def test_a_promise_by_click_leaves_the_list_where_it_is(desk, open_page):
    page = open_page(f"{desk}/queue?account=C-16")
    page.locator(".list").evaluate("list => { list.scrollTop = 500; }")
    page.locator("summary", has_text="Promise").click()
    page.get_by_role("button", name="Record promise").click()
    shown(page, "C-17")

    assert page.locator(".list").evaluate("list => list.scrollTop") > 300
    page.get_by_role("button", name="Undo").click()
    shown(page, "C-16")


def test_what_is_refused_and_who_was_first_is_told_where_one_types(desk, open_page, browser):
    from playwright.sync_api import expect

    page = browser.new_page()
    page.context.add_cookies(session_at(desk))
    page.goto(f"{desk}/queue?account=C-20")
    page.keyboard.press("p")
    page.keyboard.type("1,200")
    page.keyboard.press("Enter")
    expect(page.locator("#o-promise-amount")).to_be_focused()
    expect(page.locator("#refused")).to_contain_text("Expected digits with a decimal dot")
    expect(page.locator("#o-promise-amount")).to_have_value("1,200")

    other = open_page(f"{desk}/queue?account=C-20")
    other.keyboard.press("x")
    shown(other, "C-21")
    page.locator("#o-promise-amount").fill("1200")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("recorded a contact on this account at 09:10 UTC. See it, then")
    expect(page.locator("#o-promise-amount")).to_have_value("1200")
    page.keyboard.press("Enter")
    said(page, "Promise of €1,200.00 by 8 Apr 2026 recorded.")
    page.close()


def test_the_page_of_an_account_is_worked_by_the_same_keys(desk, open_page):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/accounts/C-13")
    page.keyboard.press("e")
    said(page, "E-mail sent recorded. C-13 Now: C-14")
    expect(page.locator("h1")).to_have_text("C-14")
    page.keyboard.press("u")
    expect(page.locator("h1")).to_have_text("C-13")
    expect(page.locator(".recorded")).to_contain_text("undone by Maria")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_form_fits_a_phone_and_stands_out_in_both_themes(desk, open_page, scheme):
    page = open_page(f"{desk}/queue?account=C-6", width=390, height=844, scheme=scheme)
    for form in page.locator("details.outcome").all():
        form.evaluate("details => { details.open = true; }")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    page.goto(f"{desk}/queue?tab=done")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5


def test_without_script_a_call_is_recorded_and_undone(desk, browser):
    from playwright.sync_api import expect

    page = browser.new_context(java_script_enabled=False).new_page()
    page.context.add_cookies(session_at(desk))
    page.goto(f"{desk}/queue?account=C-22")
    page.locator("summary", has_text="Snooze").click()
    page.get_by_role("button", name="Snooze", exact=True).click()
    shown(page, "C-23")
    page.get_by_role("button", name="Undo").click()
    shown(page, "C-22")
    expect(page.locator(".toast")).to_contain_text("Undone: Snooze until 8 Apr 2026.")
    page.context.close()


def test_hostile_names_are_worked_as_text(desk, open_page):
    page = open_page(f"{desk}/queue?account=C-9")
    for customer_id, name in (("C-9", HOSTILE_NAMES[3]), ("C-12", HOSTILE_NAMES[4]), ("C-18", HOSTILE_NAMES[6])):
        page.goto(f"{desk}/queue?account={customer_id}")
        page.keyboard.press("l")
        said(page, f"Left a message recorded. {name.strip()}"[:80])
    assert page.title() == "Queue, 31 March 2026"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
