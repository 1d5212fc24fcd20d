"""All reports of an evening, as the JSON that is published with its list."""

from collections.abc import Callable
from typing import Any

from ledger.books.reconcile import reconcile
from ledger.mapped import let_go
from ledger.view import LedgerView
from models.readings import Curves
from serving.listing.placing import PlacedEvening
from serving.listing.queue import PlacedAccount
from serving.reports.account_lists import LISTS, list_report
from serving.reports.aging import aging_report
from serving.reports.book_year import BookYear
from serving.reports.cash_forecast import PAST_WEEKS, cash_report
from serving.reports.cash_received import received_by_week
from serving.reports.dso import dso_report
from serving.reports.effectiveness import effectiveness_report
from serving.reports.overview import overview_report
from serving.reports.past_due import past_due_report
from serving.scoring.scored_evening import OpenMoney
from serving.web.reports.schemas import REPORTS

Json = dict[str, Any]


def evening_reports(
    view: LedgerView,
    opened: OpenMoney,
    curves: Curves | None,
    placed: PlacedEvening,
    reasons_of: Callable[[PlacedAccount], list[Json]] | None = None,
) -> dict[str, Json]:
    """Every report by its name, validated.

    Args:
        view: the whole evening.
        opened, curves: of each open item, in one order.
        reasons_of: see `serving.reports.account_lists.list_report`.

    They follow from the evening and its places alone: made again from the same, they are the same.

    Raises pydantic's `ValidationError` when a figure is not what its schema promises.
    """
    rates = placed.rates
    year = BookYear.of(view, rates.base)
    let_go()
    everybody = placed.queue.everybody()
    past = received_by_week(view, rates, PAST_WEEKS)
    let_go()
    counted = reconcile(view, rates=rates)
    let_go()
    made = {
        "aging": aging_report(counted, year),
        "past-due": past_due_report(year),
        "dso": dso_report(year),
        "effectiveness": effectiveness_report(view, year),
        "cash-forecast": cash_report(opened, curves, rates, view.day, past),
        **{one.name: list_report(one, everybody, rates.base, reasons_of) for one in LISTS},
    }
    let_go()
    made = {"overview": overview_report(year, len(opened), everybody, made), **made}
    bodies = {name: {"report": name, "as_of": view.day.isoformat(), **body} for name, body in made.items()}
    for name, body in bodies.items():
        REPORTS[name].model_validate(body)
    return bodies
