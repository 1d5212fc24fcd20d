"""The manager's pages: the figures of the reports with their meaning, without script, whatever the ledger says."""

import copy
import io
import re
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from builders import invoice, ledger_of, payment, together
from evenings import EVENING, NOW, made_run, score
from heard_pages import get
from pictured import kept_as
from web_clients import client_of
from web_evenings import HOSTILE_NAMES, evening_of, evening_with_reports, with_reports

from models.shelf import Shelf
from serving.daily import EveningSettings, run_evening
from serving.web.pages import Pages
from serving.web.portfolio.pages import portfolio_page
from serving.web.portfolio.words import Scale, measure_rows, scale_of
from serving.web.reports.examples import REPORT_EXAMPLES

PAGES = (
    "/portfolio",
    "/portfolio?by=currency",
    "/portfolio?by=entity",
    "/portfolio/high-risk",
    "/portfolio/over-90",
    "/portfolio/without-next-step",
    "/portfolio/reconciliation",
)


@pytest.fixture
def portfolio(client, store):
    store.publish(evening_with_reports())
    return get(client, "/portfolio")


def links(page):
    return [attrs["href"] for tag, attrs in page.elements if tag == "a" and "href" in attrs]


def test_the_six_figures_stand_in_the_head(portfolio):
    for told in (
        "Open receivables €9,050 42 invoices, 9 accounts",
        "Past due €2,630 29.1 % of open",
        "Expected late €1,940 still unpaid in 30 days",
        "Over 90 days €500 5.5 %, 1 account",
        "Expected in 30 days €3,850 80 % band 3,620 – 4,070",
        "Coverage 80.0 % 1 past due account without a next step",
    ):
        assert told in portfolio.text


def test_the_aging_says_that_it_ties_and_leads_to_its_proof(portfolio):
    assert "✓ Ties to the ledger: difference €0.00 in EUR" in portfolio.text
    assert "Disputed €184 shown inside, unused credits −€61 beside it, never netted" in portfolio.text
    assert "/portfolio/reconciliation" in links(portfolio)


def test_every_figure_has_its_meaning_on_hover_and_in_words_of_the_page(portfolio):
    terms = [attrs for tag, attrs in portfolio.elements if tag == "a" and attrs.get("class") == "term"]
    meant = {attrs["id"]: None for tag, attrs in portfolio.elements if attrs.get("id", "").startswith("means-")}

    assert len(terms) >= 16
    for attrs in terms:
        assert attrs["href"].removeprefix("#") in meant
        assert attrs["title"] in portfolio.text


def test_every_figure_with_a_list_opens_it(client, portfolio):
    found = links(portfolio)
    for href in ("/portfolio/high-risk", "/portfolio/over-90", "/portfolio/without-next-step"):
        assert href in found
        assert "Crossmoor Ceramics Ltd" in get(client, href).text


def test_the_page_of_an_earlier_evening_keeps_to_it(client, store):
    store.publish(evening_with_reports())
    earlier = made_run([score(as_of=date(2026, 1, 31))], as_of=date(2026, 1, 31))
    store.publish(with_reports(earlier))
    page = get(client, "/portfolio?as_of=2026-01-31")

    assert "As of the evening of 31 January 2026" in page.text
    assert "/portfolio/high-risk?as_of=2026-01-31" in links(page)
    assert "/portfolio.xlsx?as_of=2026-01-31" in links(page)
    accounts = [href for href in links(page) if href.startswith("/accounts/")]
    assert accounts == ["/accounts/C-11366?as_of=2026-01-31"]


def test_a_measure_says_its_change_and_only_a_certain_gain_is_called_better():
    dso = copy.deepcopy(REPORT_EXAMPLES["dso"])
    before = copy.deepcopy(dso["month_ends"][0])
    before |= {"dso_countback": 46.6, "dso_best_possible": 31.0, "add_portfolio": 14.0}
    rows = {row.name: row for row in measure_rows({**dso, "month_ends": [before, *dso["month_ends"]]}, effectiveness())}

    assert (rows["dso_countback"].value, rows["dso_countback"].change, rows["dso_countback"].better) == (
        "45.2 d", "−1.4 d", True,
    )  # fmt: skip
    assert (rows["dso_best_possible"].change, rows["dso_best_possible"].better) == ("−0.5 d", False)
    assert not rows["add_portfolio"].better
    assert (rows["promises_kept"].value, rows["promises_kept"].change) == ("71.4 %", "")
    assert rows["roll_rate"].note == "31–60 → 61–90 days, money, January to February"


def effectiveness():
    return REPORT_EXAMPLES["effectiveness"]


def test_before_a_month_has_ended_there_are_no_measures_and_no_fault():
    rows = measure_rows({**REPORT_EXAMPLES["dso"], "month_ends": []}, {**effectiveness(), "months": []})

    assert {row.value for row in rows} == {"–"}


def test_receivables_that_the_history_does_not_explain_are_more_than_its_days():
    month = {**REPORT_EXAMPLES["dso"]["month_ends"][0], "dso_countback": None, "more_than_days": 120}
    rows = measure_rows({**REPORT_EXAMPLES["dso"], "month_ends": [month]}, effectiveness())

    assert rows[0].value == "> 120 d"


def test_an_evening_by_rule_says_that_nothing_was_predicted(client, store):
    run = evening_with_reports()
    run.reports["overview"] |= {"expected_late": None, "expected_30_days": None}
    run.reports["cash-forecast"] |= {"weeks": [], "all_weeks": None, "next_30_days": None}
    run.reports["high-risk"] |= {"rows": [], "accounts": 0}
    store.publish(run)

    text = get(client, "/portfolio").text

    assert "Expected late – not predicted" in text
    assert "No forecast: the evening was ordered by rule, without probabilities." in text
    assert "Nothing was predicted" in text


def test_an_aging_that_does_not_tie_says_so_and_names_the_item(client, store):
    run = evening_with_reports()
    lost = dict.fromkeys(("ours", "theirs", "difference")) | {"code": "payments_on_unknown_item", "item_id": "INV-9"}
    lost |= {"sentence": "payments are applied to an item that nobody knows", "entity": "", "currency": ""}
    run.reports["aging"]["proof"] |= {"ties": False, "variances": [lost], "variances_count": 1}
    store.publish(run)

    assert "Does not tie: 1 difference named." in get(client, "/portfolio").text
    assert "INV-9 : payments are applied to an item that nobody knows" in get(client, "/portfolio/reconciliation").text


def test_no_page_of_the_manager_has_inline_style_or_script_or_another_host(client, store):
    run = evening_with_reports()
    row = run.reports["high-risk"]["rows"][0]
    rows = [{**row, "customer_id": name, "customer_name": name} for name in HOSTILE_NAMES]
    for name in ("high-risk", "over-90", "without-next-step"):
        run.reports[name]["rows"] = rows
    run.reports["aging"]["by_entity"][0]["entity"] = HOSTILE_NAMES[0]
    store.publish(run)

    for path in PAGES:
        page = get(client, path)
        assert "style" not in {tag for tag, _ in page.elements}
        assert not [one for _, one in page.elements if "style" in one or any(name.startswith("on") for name in one)]
        assert [one["src"] for tag, one in page.elements if tag == "script"] == []
        assert not [href for href in links(page) if "//" in href]
        if path == "/portfolio/high-risk":
            assert all(name in page.text for name in ("<script>document.title='pwned'</script>", "a/b?c=d&e=f#g"))


def test_the_workbook_has_a_sheet_for_each_report_and_no_formula(client, store):
    run = evening_with_reports()
    run.reports["high-risk"]["rows"][0]["customer_name"] = '=HYPERLINK("http://x")'
    store.publish(run)

    answer = client.get("/portfolio.xlsx")

    assert answer.headers["content-disposition"] == 'attachment; filename="portfolio-2026-03-31.xlsx"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
        names = re.findall(r'<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())
        sheets = [book.read(name).decode() for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
    assert names == [
        "Overview", "Aging", "Past due", "Dso", "Effectiveness", "Cash forecast", "High risk", "Over 90",
        "Without next step", "Definitions",
    ]  # fmt: skip
    assert not any("<f>" in sheet for sheet in sheets)


def test_before_the_first_list_the_page_says_how_to_make_one(client):
    assert "No list was published yet." in get(client, "/portfolio").text


def test_an_evening_with_nothing_open_has_a_page_that_says_so(client, store, tmp_path):
    paid = together(invoice("A", due_on="2026-03-01", amount=90), payment("A", paid_on="2026-03-02", amount=90))
    shelf = Shelf(tmp_path / "shelf")
    run_evening(ledger_of(paid), shelf, EVENING, EveningSettings(5), now=NOW, store=store)

    text = get(client, "/portfolio").text

    assert "Open receivables €0 0 invoices, 0 accounts" in text
    assert "✓ Ties to the ledger: difference €0.00" in text
    assert "Coverage – nothing is past due" in text
    assert "Nothing open, nothing expected." in text


def test_a_list_without_reports_is_told_with_the_way_out(client, store):
    store.publish(evening_of(1))

    answer = client.get("/portfolio", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "payrisk queue --as-of 2026-03-31" in answer.text


def test_what_there_is_not_is_refused(client, store):
    store.publish(evening_with_reports())

    for path in ("/portfolio?by=colour", "/portfolio/everything", "/portfolio?as_of=x"):
        assert client.get(path).status_code in (404, 422)


def test_the_figures_of_a_table_stand_in_one_unit():
    scale = scale_of({"amount": "5112154.45", "currency": "EUR"}, None)

    assert scale == Scale.of(Decimal(1_000_000))
    assert scale.money({"amount": "70000", "currency": "EUR"}) == "€0.07m"
    assert scale.money({"amount": "-70000", "currency": "CHF"}) == "CHF −0.07m"
    assert Scale.of(Decimal(15_000)).money({"amount": "-70000", "currency": "EUR"}) == "−€70.0k"


def test_the_page_is_drawn_as_it_was_looked_at():
    pages = Pages(demo=False, static_version="0")
    from serving.reports.reading import ReportRoom
    from serving.web.portfolio.pages import portfolio_router

    portfolio_router(ReportRoom.__new__(ReportRoom), pages)  # gives the templates their words
    overview = REPORT_EXAMPLES["overview"]
    frame = {"run": overview["run"], "evenings": [], "day_query": "", "by": "all"}
    answer = pages.show("portfolio.html", **frame, **portfolio_page(REPORT_EXAMPLES, named=True))
    text = bytes(answer.body).decode()
    fragment = text[text.index('<dl class="six">') : text.index('<section class="card pf-means"')]

    assert kept_as("portfolio.html", "\n".join(line.rstrip() for line in fragment.splitlines() if line.strip()) + "\n")


def test_who_sees_figures_alone_sees_no_account_by_name(client, store):
    store.publish(with_reports(evening_of()))
    analyst = client_of(store, "ann", app=client.app)
    rows = client.get("/api/v1/reports/high-risk").json()["rows"]
    names = {row[name] for row in rows for name in ("customer_id", "customer_name") if row[name]}

    page = analyst.get("/portfolio")

    assert page.status_code == 200
    assert "Expected late" in page.text
    assert [name for name in names if name in page.text] == []
    assert not re.search(r'href="(/portfolio\.xlsx|/portfolio/(?!reconciliation)|/accounts/)', page.text)
    assert all(name in client.get("/portfolio").text for name in list(names)[:1])
