"""The forms of outcomes in a real Chromium: keys and letters, by click, on the page of an account, on a phone. No page
complains. Whole days of calls: tests/web/journeys."""

from datetime import timedelta

import pytest
from all_tables import make_tables
from chromium_pages import LOWEST_CONTRAST, served
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
    store = ServingStore(f"sqlite:///{tmp_path_factory.mktemp('work') / 'queues.db'}")
    make_tables(store)
    hostile = {f"C-{3 * n}": CustomerFacts(name, "GB") for n, name in enumerate(HOSTILE_NAMES[:8])}
    store.publish(made_run([score(f"INV-{n}", f"C-{n}", open=9000 - n) for n in range(ACCOUNTS)], hostile))
    recorder = Recorder(Desk(store), today=NOW.date, now=lambda: NOW + timedelta(hours=4))
    with served(app_of(store, demo=True, recorder=recorder)) as address:
        yield address
    store.close()


def shown(page, customer_id):
    from playwright.sync_api import expect

    expect(page.locator(f"#panel [data-account='{customer_id}']")).to_be_visible()


def said(page, text):
    from playwright.sync_api import expect

    expect(page.locator("#said")).to_contain_text(text)


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
    expect(page.locator("#lines .go").first).to_have_text("C-1")
    assert page.url == f"{desk}/queue?q=c-1"


def test_a_promise_by_click_leaves_the_list_where_it_is(desk, open_page):
    page = open_page(f"{desk}/queue?account=C-16")
    page.locator(".list").evaluate("list => { list.scrollTop = 500; }")
    page.locator("summary", has_text="Promise").click()
    page.get_by_role("button", name="Record promise").click()
    shown(page, "C-17")

    assert page.locator(".list").evaluate("list => list.scrollTop") > 300
    page.get_by_role("button", name="Undo").click()
    shown(page, "C-16")


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


def test_hostile_names_are_worked_as_text(desk, open_page):
    page = open_page(f"{desk}/queue?account=C-9")
    for customer_id, name in (("C-9", HOSTILE_NAMES[3]), ("C-12", HOSTILE_NAMES[4]), ("C-18", HOSTILE_NAMES[6])):
        page.goto(f"{desk}/queue?account={customer_id}")
        page.keyboard.press("l")
        said(page, f"Left a message recorded. {name.strip()}"[:80])
    assert page.title() == "Queue, 31 March 2026"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
