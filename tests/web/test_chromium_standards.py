"""Every page in a real Chromium: axe-core finds nothing against WCAG 2.2 AA, in both themes; no other host is asked;
and what the first load of a long list weighs."""

import pytest
from all_tables import make_tables
from chromium_pages import AXE, LOWEST_CONTRAST, VIOLATIONS, served, session_at
from evenings import NOW, made_run, score, why
from web_clients import app_of, front_of, url_of
from web_evenings import with_reports
from web_models import rooms_of, shelf_of

from serving.accounts.account import CustomerFacts, Money
from serving.activities.recording import Recorder
from serving.imports.room import ImportRoom
from serving.people.access import ACCESS
from serving.published.desk import Desk
from serving.published.store import ServingStore
from serving.team.team import Collector, Team

pytestmark = pytest.mark.chromium

PAGES = {
    "/queue": ("maria", ["/queue?q=C-19&account=C-0", "/queue?tab=callbacks"]),
    "/accounts/{customer_id:path}": ("maria", ["/accounts/C-0"]),
    "/portfolio": ("maria", ["/portfolio"]),
    "/portfolio/reconciliation": ("maria", ["/portfolio/reconciliation"]),
    "/portfolio/{name}": ("maria", ["/portfolio/high-risk"]),
    "/team": ("maria", ["/team"]),
    "/models": ("maria", ["/models"]),
    "/models/{version}": ("maria", ["/models/{version}"]),
    "/models/{version}/approval": ("maria", ["/models/{version}/approval"]),
    "/models/rollback": ("maria", ["/models/rollback"]),
    "/call-sheets": ("maria", ["/call-sheets"]),
    "/imports": ("root", ["/imports"]),
    "/imports/{import_id}": ("root", ["/imports/none"]),
    "/settings": ("root", ["/settings"]),
    "/docs": ("maria", ["/docs"]),
    "/sign-in": ("", ["/sign-in"]),
    "/sign-in/{link}": ("", ["/sign-in/spent"]),
    "/me": ("ada", ["/me"]),
}
"""Of each page's route who looks at it, and where."""

NO_PAGES = {
    "/", "/static", "/models/{version}/{paper}", "/imports/{import_id}/set-aside.csv",  # papers and files
    "/sign-in/company", "/sign-in/company/back", "/sign-in/company/out",  # ways to the company's own pages and back
 "/metrics", "/healthz", "/readyz", "/queue.xlsx", "/portfolio.xlsx",
    "/queue/panel", "/accounts/{customer_id:path}/news",  # parts of a page
    "/accounts/{customer_id:path}/evidence/{code}",  # needs a ledger; tests/web/test_evidence.py
}  # fmt: skip

LARGEST_FIRST_LOAD, LONGEST_SCRIPT = 250_000, 0.5
"""Bytes on the wire and seconds of script, of a list of 200 accounts with all that its page needs."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The address of a desk with a list of 200 accounts, where outcomes can be recorded; Maria asked for the tour."""
    store = ServingStore(f"sqlite:///{tmp_path_factory.mktemp('standards') / 'queues.db'}")
    make_tables(store)
    late, old = (
        why("habit", "paid 26 days late on average", 0.26),
        why("newness", "customer for 8 years", -0.06),
    )
    items = [score(f"INV-{n}", f"C-{n}", open=9000 - 7 * n, dpd=n + 1, reasons=(late, old)) for n in range(200)]
    paid = tuple((7 * n) % 41 - 9 for n in range(12))
    customers = {f"C-{n}": CustomerFacts(f"Crossmoor Ceramics {n}", "GB", (), paid) for n in range(1, 200)}
    first = CustomerFacts("Łódź Ceramics", "PL", (Money(40_00, "EUR"),), paid)
    store.publish(with_reports(made_run(items, {**customers, "C-0": first}, capacity=200)))
    recorder = Recorder(Desk(store), today=NOW.date, now=lambda: NOW)
    team = Team((Collector("ada", "Ada", 240), Collector("bob", "Bob", 0.0)))
    folder = tmp_path_factory.mktemp("rooms")
    _, _, asking = shelf_of(folder)
    imports = ImportRoom(
        store, folder / "imports", mapping_folder=folder / "mappings", now=lambda: NOW, launch=lambda: None,
        most_bytes=2**20,
    )  # fmt: skip
    rooms = {"models": rooms_of(store, folder), "imports": imports}
    front = front_of(url_of(store))
    front.store.set_tour("maria", "asked")
    with served(app_of(store, front=front, recorder=recorder, team=lambda: team, **rooms)) as address:
        yield address, asking
    store.close()


def test_every_page_of_the_access_table_is_looked_at():
    routes = {row.path for row in ACCESS if row.method == "GET" and not row.path.startswith("/api/")}

    assert routes - NO_PAGES == PAGES.keys()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_violates_wcag_2_2_aa(desk, browser, scheme):
    (address_of_desk, asking), found = desk, {}
    context = browser.new_context(viewport={"width": 1280, "height": 800}, color_scheme=scheme)
    page = context.new_page()
    for who, addresses in PAGES.values():
        context.clear_cookies()
        if who:
            context.add_cookies(session_at(address_of_desk, who))
        for address in addresses:
            page.goto(f"{address_of_desk}{address.replace('{version}', asking)}")
            page.evaluate("document.querySelectorAll('details:not(.docs *)').forEach((one) => { one.open = true; })")
            page.evaluate(AXE)
            found |= {f"{address}: {one}": why for one, why in page.evaluate(VIOLATIONS).items()}
    context.close()

    assert found == {}


BEYOND = """(width) => [...document.querySelectorAll('h1, h2, h3, p, li, td, th, dt, dd, label, button, select, a')]
    .filter((one) => one.checkVisibility() && !one.closest('.unseen, [class*=scroll], nav, pre, svg, thead'))
    .filter((one) => one.getBoundingClientRect().right > width + 0.5)
    .map((one) => one.textContent.trim().slice(0, 60))"""
"""What of a page reaches beyond the window, but for what can be scrolled there."""


PAPER = 704
"""Pixels between the margins of upright A4."""

SPOILT_ON_PAPER = """() => {
  const shown = [...document.querySelectorAll('main *')]
    .filter((one) => one.checkVisibility() && !one.closest('.unseen, thead, svg, .docs'));
  const style = (one) => getComputedStyle(one);
  return {
    cut: shown.filter((one) => one.scrollWidth > one.clientWidth + 1 && style(one).overflowX === 'hidden'),
    outside: shown.filter((one) => one.matches('.card table, .card svg') &&
      one.getBoundingClientRect().right > one.closest('.card').getBoundingClientRect().right + 0.5),
    pressed: shown.filter((one) => one.matches('.button, button, input:not([type=hidden]), textarea')),
    torn: shown.filter((one) => one.matches('tr') && style(one).breakInside !== 'avoid'),
    dark: shown.filter((one) => one.matches('.card, .flag') &&
      Math.min(...style(one).backgroundColor.match(/[0-9.]+/g).slice(0, 3)) < 180 &&
      style(one).backgroundColor !== 'rgba(0, 0, 0, 0)'),
  };
}"""
"""What of a printed page is cut off, outside of its card, only to be pressed, torn between two sheets, or dark."""

PRINTED = ("/queue", "/accounts/{customer_id:path}", "/portfolio", "/portfolio/{name}", "/team", "/models")
"""The pages that are taken along on paper."""


@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
@pytest.mark.parametrize("route", PRINTED)
def test_on_paper_nothing_is_cut_off_torn_or_dark_whatever_the_screen_shows(desk, browser, route, language):
    who, (path, *_) = PAGES[route]
    context = browser.new_context(
        viewport={"width": PAPER, "height": 1000}, locale=language, color_scheme="dark"
    )  # fmt: skip
    context.add_cookies(session_at(desk[0], who))
    page = context.new_page()
    page.goto(f"{desk[0]}{path}")
    page.emulate_media(media="print")

    spoilt = f"Object.entries(({SPOILT_ON_PAPER})())"
    found = page.evaluate(f"{spoilt}.flatMap(([what, all]) => all.map((one) => what + one.outerHTML.slice(0, 90)))")
    assert found == []
    assert page.evaluate(BEYOND, PAPER) == []
    assert page.evaluate(LOWEST_CONTRAST) >= 4.5
    context.close()


@pytest.mark.parametrize("width", [1280, 640, 390])  # 640: a desk at 200 %
@pytest.mark.parametrize("language", ["de-DE", "en-GB"])
def test_in_every_language_every_page_fits_a_desk_and_a_phone(desk, browser, language, width):
    (address_of_desk, asking), found = desk, {}
    context = browser.new_context(viewport={"width": width, "height": 844}, locale=language)
    page = context.new_page()
    for who, addresses in PAGES.values():
        context.clear_cookies()
        if who:
            context.add_cookies(session_at(address_of_desk, who))
        for address in addresses:
            page.goto(f"{address_of_desk}{address.replace('{version}', asking)}")
            beyond = page.evaluate(BEYOND, width)
            if page.evaluate("document.documentElement.scrollWidth") > width:
                beyond.append("the page itself")
            found |= {address: beyond} if beyond else {}
    context.close()

    assert found == {}


def test_the_first_load_of_200_accounts_asks_this_host_alone_and_weighs_little(desk, browser):
    desk, _ = desk
    context = browser.new_context()
    context.add_cookies(session_at(desk))
    page = context.new_page()
    asked, weighed = [], []
    network = context.new_cdp_session(page)
    network.send("Network.enable")
    network.send("Performance.enable")
    network.on("Network.loadingFinished", lambda told: weighed.append(told["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{desk}/queue", wait_until="networkidle")
    page.evaluate("() => document.fonts.ready.then(() => true)")
    wait_for(page, lambda: len(weighed) >= len(asked))

    fonts = [url for url in asked if ".woff2" in url]
    assert page.locator("#lines .line").count() == 200
    assert page.evaluate("document.fonts.check('14px \"Inter Variable\"')")
    assert page.evaluate("getComputedStyle(document.body).fontVariantNumeric") == "tabular-nums"
    assert len(fonts) == len(set(fonts)) == 2, "the letters that this list needs, each once"
    assert [url for url in asked if not url.startswith(desk)] == []
    assert 0 < sum(weighed) <= LARGEST_FIRST_LOAD
    spent = {one["name"]: one["value"] for one in network.send("Performance.getMetrics")["metrics"]}
    assert 0 < spent["ScriptDuration"] <= LONGEST_SCRIPT

    weighed.clear()
    page.goto(f"{desk}/queue?account=C-5", wait_until="networkidle")
    wait_for(page, lambda: sum(weighed) > 0)
    assert 0 < sum(weighed) < 100_000, "what does not change is kept by the browser"
    context.close()


def wait_for(page, there):
    """What the browser tells of its network comes a little after the page."""
    for _ in range(100):
        if there():
            return
        page.wait_for_timeout(50)
