"""Reading the histories of all customers from a view, in a few passes over its columns."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import pandas as pd

from ledger.activity import LIVE_OUTCOMES
from ledger.days import NEVER, to_day
from ledger.frames import where
from ledger.lookup import whole
from ledger.ordering import codes_of, sorted_by
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
from serving.accounts.own_rows import Owned, own_rows


def histories_of(view: LedgerView, settled: pd.DataFrame) -> dict[str, History]:
    """The history of every customer that has one.

    Args:
        settled: the settlements of the view that stand, by customer in the order in which they were settled.
    """
    since = to_day(view.day) - HISTORY_DAYS
    invoices = _settled(where(settled, whole(settled["due_on"]) >= since))
    promises, contacts = _promises(view, since), _contacts(view, since)
    return {
        customer_id: History(
            invoices.last(customer_id, MOST_SETTLED),
            invoices.count(customer_id),
            promises.last(customer_id, MOST_PROMISES),
            contacts.last(customer_id, MOST_CONTACTS),
        )
        for customer_id in invoices.rows.keys() | promises.rows.keys() | contacts.rows.keys()
    }


def _settled(recent: pd.DataFrame) -> Owned[Settled]:
    recent, _ = sorted_by(recent, codes_of(recent["customer_id"]), whole(recent["due_on"]))
    columns = [recent["item_id"], _dates(recent["due_on"]), _dates(recent["cleared_on"])]
    columns += [recent["days_late"], recent["amount_minor"], recent["currency"]]
    return Owned(list(map(Settled, *_lists(columns))), own_rows(recent["customer_id"]))


def _promises(view: LedgerView, since: int) -> Owned[Promised]:
    """Each promise as the evening knows it, by the promised day."""
    spans = view.promise_spans
    newest = where(spans, (whole(spans["taken_back_on"]) == NEVER) & (whole(spans["promised_on"]) >= since))
    newest = newest.sort_values(["customer_id", "promised_on", "promise_id"], kind="stable")
    columns = [newest["promise_id"], _dates(newest["promised_on"]), newest["amount_minor"], newest["currency"]]
    return Owned(list(map(Promised, *_lists([*columns, newest["state"]]))), own_rows(newest["customer_id"]))


def _contacts(view: LedgerView, since: int) -> Owned[Contacted]:
    happened = whole(view.contacts["happened_on"])
    counts = (happened >= since) & (happened <= to_day(view.day))
    recent = where(view.contacts, counts).sort_values(["customer_id", "happened_on", "contact_id"], kind="stable")
    columns = [_dates(recent["happened_on"]), recent["channel"], recent["outcome"]]
    columns += [recent["outcome"].isin(LIVE_OUTCOMES)]
    return Owned(list(map(Contacted, *_lists(columns))), own_rows(recent["customer_id"]))


def _dates(days: "pd.Series[int]") -> list[date]:
    dates: list[date] = whole(days).astype("datetime64[D]").tolist()
    return dates


def _lists(columns: Iterable[Any]) -> Iterator[list[Any]]:
    return (column if isinstance(column, list) else column.tolist() for column in columns)
