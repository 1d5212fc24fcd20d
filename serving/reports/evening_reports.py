"""All reports of an evening, as the JSON that is published with its list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ledger.books.reconcile import reconcile
from ledger.money import Rates
from ledger.view import LedgerView
from models.readings import Curves
from serving.listing.placing import PlacedEvening
from serving.listing.queue import PlacedAccount
from serving.reports.account_lists import LISTS, list_report
from serving.reports.aging import aging_report
from serving.reports.book_year import BookYear, Stand
from serving.reports.cash_forecast import PAST_WEEKS, cash_report
from serving.reports.cash_received import Week, received_by_week
from serving.reports.dso import dso_report
from serving.reports.effectiveness import effectiveness_report
from serving.reports.overview import overview_report
from serving.reports.past_due import past_due_report
from serving.scoring.scored_evening import OpenMoney
from serving.web.reports.schemas import REPORTS

Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class BookReports:
    """What the reports of an evening say of the ledger alone, whatever is scored and listed.

    It takes passes over the whole ledger, so it is made while nothing else is held.

    Attributes:
        rates: to the reporting currency.
        now: the evening itself; past: what came in lately, oldest week first.
        made: the reports that are ready, by name.
    """

    rates: Rates
    now: Stand
    past: Sequence[Week]
    made: dict[str, Json]

    @classmethod
    def of(cls, view: LedgerView, rates: Rates) -> "BookReports":
        """Of the whole evening."""
        view = replace(view)  # what it finds out for this, of all customers, is forgotten with it
        year = BookYear.of(view, rates.base)
        made = {
            "aging": aging_report(reconcile(view, rates=rates), year),
            "past-due": past_due_report(year),
            "dso": dso_report(year),
            "effectiveness": effectiveness_report(view, year),
        }
        return cls(rates, year.now, received_by_week(view, rates, PAST_WEEKS), made)


def evening_reports(
    book: BookReports,
    opened: OpenMoney,
    curves: Curves | None,
    placed: PlacedEvening,
    reasons_of: Callable[[PlacedAccount], list[Json]] | None = None,
) -> dict[str, Json]:
    """Every report by its name, validated.

    Args:
        book: what the ledger alone says.
        opened, curves: of each open item, in one order.
        reasons_of: see `serving.reports.account_lists.list_report`.

    They follow from the evening and its places alone: made again from the same, they are the same.

    Raises pydantic's `ValidationError` when a figure is not what its schema promises.
    """
    rates, day, everybody = book.rates, book.now.day, placed.queue.everybody()
    made = {
        **book.made,
        "cash-forecast": cash_report(opened, curves, rates, day, book.past),
        **{one.name: list_report(one, everybody, rates.base, reasons_of) for one in LISTS},
    }
    made = {"overview": overview_report(book.now, rates.base, len(opened), everybody, made), **made}
    bodies = {name: {"report": name, "as_of": day.isoformat(), **body} for name, body in made.items()}
    for name, body in bodies.items():
        REPORTS[name].model_validate(body)
    return bodies
