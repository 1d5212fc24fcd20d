"""The manager's pages: the portfolio of an evening, its lists, its reconciliation, and all of it as a workbook."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import HTMLResponse, Response

from serving.errors import NothingPublished
from serving.reports.reading import ReportRoom
from serving.web.file_kinds import XLSX, file_answer
from serving.web.languages import LANGUAGE
from serving.web.navigation import may
from serving.web.pages import Pages
from serving.web.parameters import day_of
from serving.web.portfolio.charts import aging_bar, cash_picture, trend
from serving.web.portfolio.words import (
    Scale,
    bucket_words,
    cash_sentences,
    currencies_words,
    measure_rows,
    scale_of,
    share_words,
    week_words,
)
from serving.web.words import money
from serving.wording import told_in

Json = dict[str, Any]

ROWS_ON_PAGE = 8
"""Accounts at risk on the portfolio itself; its list has the others."""

MONEY_LABELS = {"high-risk": "Expected late", "over-90": "Over 90 days", "without-next-step": "Overdue"}
STANDING_WORDS = {
    "below_the_cut": "below the cut",
    "held": "held",
    "routed_to_dispute_owner": "disputed",
    "routed_to_email": "e-mail instead",
    "routed_to_cash_application": "credits to apply",
    "not_overdue": "not overdue",
}

LISTS = "/portfolio/{name}"
"""The route of the lists of accounts by name."""

By = Literal["all", "currency", "entity"]
ListName = Literal["high-risk", "over-90", "without-next-step"]

TITLES: dict[str, tuple[str, str]] = {
    "high-risk": ("High-risk accounts", "by money expected late"),
    "over-90": ("Accounts over 90 days past due", "by money more than 90 days past due"),
    "without-next-step": ("Past due accounts without a next step", "by overdue money, below what the team can work"),
}


def portfolio_router(room: ReportRoom, pages: Pages) -> APIRouter:
    """The routes below `/portfolio`."""
    router = APIRouter(include_in_schema=False)
    pages.templates.filters.update(bucket_words=bucket_words, share_of=share_words, zero_in=zero_in)
    pages.templates.globals.update(own_scale=own_scale, standing_words=STANDING_WORDS, money_labels=MONEY_LABELS)

    @router.get("/portfolio")
    def portfolio(as_of: str | None = None, by: Annotated[By, Query()] = "all") -> HTMLResponse:
        """What is open, what comes, and how we collect."""
        try:
            reports = told_in(room.all(day_of(as_of)), LANGUAGE.get())
        except NothingPublished as nothing:
            return pages.show("nothing.html", as_of=nothing.as_of, evenings=room.desk.evenings())
        return pages.show(
            "portfolio.html", by=by, **_frame(room, reports["overview"]), **portfolio_page(reports, named=may(LISTS))
        )

    @router.get("/portfolio.xlsx")
    def workbook(as_of: str | None = None) -> Response:
        """Every report of the evening in one workbook."""
        from serving.reports.workbook import reports_workbook  # half a second of import that few processes need

        reports = room.all(day_of(as_of))
        return file_answer(reports_workbook(reports), XLSX, f"portfolio-{reports['overview']['as_of']}.xlsx")

    @router.get("/portfolio/reconciliation")
    def reconciliation(as_of: str | None = None) -> HTMLResponse:
        """The proof that the aging ties."""
        aging = told_in(room.report("aging", day_of(as_of)), LANGUAGE.get())
        return pages.show("reconciliation.html", aging=aging, **_frame(room, aging))

    @router.get(LISTS)
    def account_list(name: Annotated[ListName, Path()], as_of: str | None = None) -> HTMLResponse:
        """The accounts behind a figure."""
        report = told_in(room.report(name, day_of(as_of)), LANGUAGE.get())
        title, order = TITLES[name]
        return pages.show("account_list.html", report=report, title=title, order=order, **_frame(room, report))

    return router


def own_scale(row: Json) -> Scale:
    """The scale of a row that stands in its own currency."""
    return scale_of(row["open"])


def zero_in(amount: str, currency: str) -> str:
    """Nothing at all, to the smallest coin of a currency: `€0.00`."""
    return money({"amount": amount, "currency": currency}, exact=True)


def _frame(room: ReportRoom, report: Json) -> Json:
    """What every page of an evening needs: its run, whether it is the newest, and the evenings there are."""
    evenings, run = room.desk.evenings(), report["run"]
    newest = bool(evenings) and run["as_of"] == evenings[0].isoformat()
    return {"run": run, "evenings": evenings, "day_query": "" if newest else f"as_of={run['as_of']}"}


def portfolio_page(reports: dict[str, Json], *, named: bool) -> Json:
    """What the portfolio shows of the reports: the same figures, with their pictures and words.

    Args:
        named: whether its visitor sees accounts by name; else no account is handed to the page at all.
    """
    overview, aging, forecast = reports["overview"], reports["aging"], reports["cash-forecast"]
    now, before = aging["now"], aging["month_before"]
    weeks = [*(week["received"] for week in forecast["past"]), *(week["high"] for week in forecast["weeks"])]
    cash_scale = scale_of(*weeks)
    return {
        "overview": overview,
        "aging": aging,
        "scale": scale_of(overview["open"]["money"]),
        "aging_scale": scale_of(now["open"], before["open"] if before else None),
        "aging_bar": aging_bar([float(money["amount"]) for money in now["buckets"]]),
        "currencies": currencies_words(aging["proof"]["rows"]),
        "trend": trend(reports["past-due"]["points"]),
        "points": reports["past-due"]["points"],
        "forecast": forecast,
        "cash_scale": cash_scale,
        "cash": cash_picture(forecast, cash_scale.unit, week_words),
        "cash_words": cash_sentences(forecast, cash_scale),
        "measures": measure_rows(reports["dso"], reports["effectiveness"]),
        "measured_on": _measured_on(reports["dso"]),
        "named": named,
        "risk": reports["high-risk"] if named else None,
        "risk_rows": reports["high-risk"]["rows"][:ROWS_ON_PAGE] if named else [],
        "definitions": {name: one for report in reports.values() for name, one in report["definitions"].items()},
    }


def _measured_on(dso: Json) -> list[date]:
    """The newest month end that is measured and the one before it, as far as there are any."""
    return [date.fromisoformat(one["as_of"]) for one in dso["month_ends"][-2:][::-1]]
