"""Reading the histories of all customers from a view, in a few passes over its columns."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from ledger.activity import LIVE_OUTCOMES
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import whole
from ledger.view import LedgerView
from serving.accounts.history import (
    HISTORY_DAYS,
    MOST_CONTACTS,
    MOST_PROMISES,
    MOST_SETTLED,
    Contacted,
    History,
    Promised,
    Settled,
)

_Event = TypeVar("_Event")


def histories_of(view: LedgerView, settled: pd.DataFrame) -> dict[str, History]:
    """The history of every customer that has one.

    Args:
        settled: the settlements of the view that stand, by customer in the order in which they were settled.
    """
    since = to_day(view.day) - HISTORY_DAYS
    recent = where(settled, whole(settled["due_on"]) >= since)
    recent = recent.take(np.argsort(whole(recent["due_on"]), kind="stable"))
    by_customer = recent.groupby("customer_id", sort=False)
    counts = by_customer.size().to_dict()
    invoices = _by_customer(_settled(by_customer.tail(MOST_SETTLED)))
    promises = _by_customer(_promises(view, since))
    contacts = _by_customer(_contacts(view, since))
    return {
        customer_id: History(
            tuple(invoices.get(customer_id, ())),
            int(counts.get(customer_id, 0)),
            tuple(promises.get(customer_id, ())[-MOST_PROMISES:]),
            tuple(contacts.get(customer_id, ())[-MOST_CONTACTS:]),
        )
        for customer_id in invoices.keys() | promises.keys() | contacts.keys()
    }


def _settled(shown: pd.DataFrame) -> Iterator[tuple[str, Settled]]:
    columns = [shown["item_id"], _dates(shown["due_on"]), _dates(shown["cleared_on"])]
    columns += [shown["days_late"], shown["amount_minor"], shown["currency"]]
    for customer_id, *told in _rows(shown["customer_id"], *columns):
        yield customer_id, Settled(*told)


def _promises(view: LedgerView, since: int) -> Iterator[tuple[str, Promised]]:
    """Each promise as the evening knows it, by the promised day."""
    spans = view.promise_spans
    newest = where(spans, (whole(spans["taken_back_on"]) == NEVER) & (whole(spans["promised_on"]) >= since))
    newest = newest.sort_values(["promised_on", "promise_id"], kind="stable")
    columns = [newest["promise_id"], _dates(newest["promised_on"]), newest["amount_minor"], newest["currency"]]
    for customer_id, *told in _rows(newest["customer_id"], *columns, newest["state"]):
        yield customer_id, Promised(*told)


def _contacts(view: LedgerView, since: int) -> Iterator[tuple[str, Contacted]]:
    happened = whole(view.contacts["happened_on"])
    counts = (happened >= since) & (happened <= to_day(view.day))
    recent = where(view.contacts, counts).sort_values(["happened_on", "contact_id"], kind="stable")
    columns = [_dates(recent["happened_on"]), recent["channel"], recent["outcome"]]
    for customer_id, *told in _rows(recent["customer_id"], *columns, recent["outcome"].isin(LIVE_OUTCOMES)):
        yield customer_id, Contacted(*told)


def _by_customer(events: Iterator[tuple[str, _Event]]) -> dict[str, list[_Event]]:
    found: dict[str, list[_Event]] = defaultdict(list)
    for customer_id, event in events:
        found[customer_id].append(event)
    return found


def _dates(days: "pd.Series[int]") -> list[date]:
    dates: list[date] = whole(days).astype("datetime64[D]").tolist()
    return dates


def _rows(*columns: Any) -> Iterator[tuple[Any, ...]]:
    return zip(*(column if isinstance(column, list) else column.tolist() for column in columns), strict=True)
