"""The pages of lists, accounts and figures in a real Chromium: both themes, three widths, on paper, hostile names.

What people do there from beginning to end: tests/web/journeys.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest
from all_tables import make_tables
from chromium_pages import LOWEST_CONTRAST, served
from evenings import made_run, score, why
from web_clients import app_of
from web_evenings import HOSTILE_NAMES, account_evening, evening_of, hostile_evening, with_reports

from serving.published.bodies import Bodies
from serving.published.store import ServingStore

pytestmark = pytest.mark.chromium


@contextmanager
def serving(folder: Path, run) -> Iterator[str]:
    """The address of a desk that serves this run."""
    store = ServingStore(f"sqlite:///{folder / 'queues.db'}")
    make_tables(store)
    store.publish(run)
    with served(app_of(store, demo=True)) as address:
        yield address
    store.close()


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("desk"), with_reports(evening_of(30))) as address:
        yield address


@pytest.fixture(scope="module")
def forward_desk(tmp_path_factory):
    """A desk whose lines have all their figures, of six digits, and the longest of the usual steps."""
    run = evening_of(30)
    owed = {"amount": "188572.10", "currency": "EUR"}
    forward = {"money": owed, "days": 14.4, "money_days": 870_123, "prior": 1}
    more = {"overdue": owed, "open": {**owed, "amount": "388572.10"}, "expected_late": owed, "oldest_dpd": 184}
    more |= {"brought_forward": forward, "next_step": "legal_review", "next_step_label": "Legal review"}
    with serving(
        tmp_path_factory.mktemp("forward"), replace(run, lines=Bodies.of({**o, **more} for o in run.lines))
    ) as a:
        yield a


@pytest.fixture(scope="module")
def hostile_desk(tmp_path_factory):
    run = with_reports(hostile_evening())
    row = run.reports["high-risk"]["rows"][0]
    run.reports["high-risk"]["rows"] = [{**row, "customer_id": f"{n} id", "customer_name": n} for n in HOSTILE_NAMES]
    with serving(tmp_path_factory.mktemp("hostile"), run) as address:
        yield address


@pytest.fixture(scope="module")
def account_desk(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("account"), account_evening()) as address:
        yield address


def current(page):
    return page.locator("#lines .current .go").get_attribute("href")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 390])
def test_the_page_fits_its_window_in_both_themes(desk, open_page, width, scheme):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/queue", width=width, scheme=scheme)

    assert page.locator("h1").inner_text() == "Queue of 31 March 2026"
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(246, 247, 249)", "dark": "rgb(14, 17, 22)"}[scheme]
    expect(page.locator("#panel")).to_be_visible(visible=width == 1280)


def test_the_list_can_be_walked_by_keys_alone(desk, open_page):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/queue")
    page.keyboard.press("j")
    expect(page.locator("#panel [data-account='C-1']")).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#panel [data-account='C-2']")).to_be_visible()
    page.keyboard.press("k")
    expect(page.locator("#panel [data-account='C-1']")).to_be_visible()

    expect(page.locator("#said")).to_have_text("2 of 30: C-1")
    assert current(page) == "/queue?account=C-1"
    assert page.url.endswith("/queue?account=C-1")
    page.reload()
    assert current(page) == "/queue?account=C-1"
    page.keyboard.press("o")
    expect(page.locator("h1")).to_have_text("C-1")
    assert page.url.endswith("/accounts/C-1")


def test_keys_held_down_end_on_the_account_that_is_marked(desk, open_page):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/queue")
    for _ in range(12):
        page.keyboard.press("j")
    expect(page.locator("#panel [data-account='C-12']")).to_be_visible()
    page.keyboard.press("Control+j")
    for _ in range(40):
        page.keyboard.press("k")
    expect(page.locator("#panel [data-account='C-0']")).to_be_visible()

    assert current(page) == "/queue?account=C-0"


def test_a_click_shows_the_account_beside_the_list_without_losing_the_place(desk, open_page):
    from playwright.sync_api import expect

    page = open_page(f"{desk}/queue")
    page.locator("#lines .line").nth(25).scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    page.locator("#lines .go").nth(25).click()

    expect(page.locator("#panel [data-account='C-25']")).to_be_visible()
    assert abs(page.evaluate("scrollY") - before) < 60


def test_on_a_wide_screen_the_main_reason_is_not_cut(tmp_path, open_page):
    aged = [score(f"I-{n}", open=500 + n, dpd=dpd, reasons=[why("age", "", 0.2)]) for n, dpd in enumerate((28, 118))]
    with serving(tmp_path, made_run(aged)) as address:
        page = open_page(f"{address}/queue", width=1440, height=900)
        fact = page.locator("#lines .told.first bdi")

        assert fact.inner_text() == "Overdue money is 73 days past due on average, the oldest 118"
        assert fact.evaluate("node => node.scrollHeight <= node.clientHeight")


@pytest.mark.parametrize("locale", ["en-GB", "de-DE"])
@pytest.mark.parametrize("width", [1280, 1440])
def test_rows_are_as_high_as_the_design_says_and_neither_tab_nor_figure_is_cut(forward_desk, open_page, width, locale):
    page = open_page(f"{forward_desk}/queue", width=width, height=900, locale=locale)

    heights = page.evaluate("[...document.querySelectorAll('#lines .line')].map((one) => one.offsetHeight)")
    assert len(heights) == 30
    assert max(heights) <= 52
    assert page.evaluate(CUT) == []


CUT = """() => [...document.querySelectorAll('.tabs, .list th:not(.c-rank), :is(.c-money, .c-risk, .c-next) span')]
    .filter((one) => one.checkVisibility() && !one.closest('.unseen, .unit') && one.scrollWidth > one.clientWidth + 1)
    .filter((one) => getComputedStyle(one).display !== 'inline').map((one) => one.textContent.trim())"""
"""What the head of the list and its figures, steps and tabs show with an end cut off."""


@pytest.mark.parametrize("width", [1280, 390])
def test_hostile_names_are_shown_as_text_and_break_nothing(hostile_desk, open_page, width):
    from playwright.sync_api import expect

    page = open_page(f"{hostile_desk}/queue", width=width)

    assert page.title() == "Queue, 31 March 2026"
    shown = page.locator("#lines .go bdi").all_text_contents()
    assert shown == list(HOSTILE_NAMES)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in HOSTILE_NAMES[1:]:
        page.keyboard.press("j")
        expect(page.locator("#panel h2")).to_have_text(name.strip(), use_inner_text=False)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_the_tour_is_over_by_one_key_for_the_person_who_saw_it(desk, open_page, java_script_enabled):
    from playwright.sync_api import expect

    page = open_page(
        f"{desk}/queue", who="ada" if java_script_enabled else "bob", java_script_enabled=java_script_enabled
    )
    page.get_by_role("button", name="I know my way").press("Enter")
    expect(page.locator(".tour")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("Queue of 31 March 2026")
    page.goto(f"{desk}/queue")
    expect(page.locator(".tour")).to_have_count(0)


def test_text_stands_out_from_its_ground_in_both_themes(desk, open_page):
    for scheme in ("light", "dark"):
        page = open_page(f"{desk}/queue", scheme=scheme)
        assert page.evaluate(LOWEST_CONTRAST) >= 4.5, scheme


def test_every_control_shows_where_the_focus_is(desk, open_page):
    page = open_page(f"{desk}/queue")
    for _ in range(8):
        page.keyboard.press("Tab")
        outlined = page.evaluate(FOCUS_IS_OUTLINED)
        assert outlined, page.evaluate("document.activeElement.outerHTML")


def test_the_printed_list_leaves_out_what_paper_cannot_use(desk, open_page):
    page = open_page(f"{desk}/queue")
    page.emulate_media(media="print")

    assert page.locator("#lines .line").count() == 30
    assert not page.locator("#panel").is_visible()
    assert not page.get_by_role("link", name="Excel").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 640, 390])
def test_the_page_of_an_account_fits_its_window_in_both_themes(account_desk, open_page, width, scheme):
    page = open_page(f"{account_desk}/accounts/C-1", width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    assert page.evaluate(MARKS_OUTSIDE) == []


def test_hostile_names_break_no_page_of_an_account(hostile_desk, open_page):
    page = open_page(f"{hostile_desk}/queue", width=390)
    for name in HOSTILE_NAMES:
        page.goto(f"{hostile_desk}/accounts/{quote(f'{name} id', safe='')}")
        assert page.locator("h1").text_content() == name
        assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_printed_account_keeps_its_pictures_and_leaves_out_what_paper_cannot_use(account_desk, open_page):
    page = open_page(f"{account_desk}/accounts/C-1")
    page.emulate_media(media="print")

    assert page.locator("svg.timeline").is_visible()
    assert page.locator("table.waterfall").first.is_visible()
    assert not page.locator(".crumbs").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 800, 390])
def test_the_portfolio_fits_its_window_in_both_themes(desk, open_page, width, scheme):
    page = open_page(f"{desk}/portfolio", width=width, scheme=scheme)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    assert page.evaluate(CHARTS_OUTSIDE) == []


def test_hostile_names_break_no_page_of_the_manager(hostile_desk, open_page):
    page = open_page(f"{hostile_desk}/portfolio", width=390)
    for path in ("/portfolio", "/portfolio/high-risk", "/portfolio/reconciliation", "/portfolio?by=entity"):
        page.goto(f"{hostile_desk}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.goto(f"{hostile_desk}/portfolio")
    names = page.locator("#risk tbody th").all_text_contents()
    assert [name.strip() for name in names] == [name.strip() for name in HOSTILE_NAMES[:8]]


def test_a_printed_portfolio_keeps_its_pictures_and_meanings(desk, open_page):
    page = open_page(f"{desk}/portfolio")
    page.emulate_media(media="print")

    assert page.locator("svg.cash").is_visible()
    assert page.locator("#means-cei_pct").is_visible()
    assert not page.locator(".pf-tools").is_visible()


# Bars, points and words of a chart outside of their card.
CHARTS_OUTSIDE = """() => [...document.querySelectorAll('.chart > *, .aging-bar > *')].filter((mark) => {
  const [a, b] = [mark.getBoundingClientRect(), mark.closest('.card').getBoundingClientRect()];
  return a.width + a.height > 0 && (a.left < b.left || a.right > b.right || a.top < b.top || a.bottom > b.bottom);
}).map((mark) => mark.outerHTML)"""

# Bars of the waterfall outside of their cell, marks of the payment history outside of their picture.
MARKS_OUTSIDE = """() => [
  ['.waterfall rect', '.picture'], ['.timeline > circle', '.timeline'], ['.timeline > line', '.timeline'],
  ['.timeline .tl-mark', '.timeline'], ['.timeline polyline', '.timeline'], ['.timeline text', '.card'],
].flatMap(([inner, outer]) => [...document.querySelectorAll(inner)].filter((mark) => {
  const [a, b] = [mark.getBoundingClientRect(), mark.closest(outer).getBoundingClientRect()];
  return a.left < b.left - 6 || a.right > b.right + 6 || a.top < b.top - 6 || a.bottom > b.bottom + 6;
}).map((mark) => mark.outerHTML))"""

FOCUS_IS_OUTLINED = """() => [null, '::after'].some(
  (part) => getComputedStyle(document.activeElement, part).outlineStyle === 'solid')"""
