"""What came of logged decisions, by the ledger as a later evening knows it.

The outcome of an account on an evening is the share of its callable money-days that came in during the 45 days after:
1 where everything was paid the next morning (less the day), 0 where nothing was. A decision is asked about only once
its 45 days have passed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.books.conversion import convert_rows, rates_of
from ledger.days import NEVER, to_date, to_day
from ledger.frames import where
from ledger.lookup import positions, summed_at, whole
from ledger.returned_cash import standing_cash
from ledger.view import LedgerView
from serving.effect.logged import Flags, Floats, Ints

HORIZON_DAYS = 45

WORKED_WITHIN_DAYS = 4
"""A list is worked on the next business day: a contact this many days after its evening was made for it."""

_PEOPLE = ("phone", "visit")
"""Channels by which a person is called upon."""


@dataclass(frozen=True, eq=False)
class CameOf:
    """What came of decisions; shape (n,) each, in the order in which they were asked about.

    Attributes:
        judged: whether there is an outcome: the 45 days have passed, and money was callable that evening in a currency
            that a rate leads from.
        share: of the callable money-days, what came in; 0 where it was not judged.
        before: of what was or came due, the share that was paid in the 45 days up to the evening: known beforehand.
        called: whether somebody called or visited within four days.
    """

    judged: Flags
    share: Floats
    before: Floats
    called: Flags


def last_judged(view: LedgerView) -> date:
    """The last evening whose decisions can be judged."""
    return view.day - timedelta(days=HORIZON_DAYS)


def outcomes_of(decisions: pd.DataFrame, view: LedgerView, base: str) -> CameOf:
    """What became of each decision.

    Of an item, cash counts by the day it was paid, money that bounced not at all, and a credit or discount brings none.
    Cash that was paid by the evening and booked later counts as paid the day after, as nobody knew of it.

    Args:
        decisions: with `account_id`, `as_of` (dates) and `item_ids` (of each, a sequence).
        view: the evening that is looked back from; nothing known later is used.
        base: reporting currency, in which items of several currencies are weighed, at the rates of the decision's
            evening.
    """
    n = len(decisions)
    judged, called = np.zeros(n, dtype=np.bool_), np.zeros(n, dtype=np.bool_)
    share, before = np.zeros(n), np.zeros(n)
    cash = standing_cash(view.applications)
    cash = where(cash, whole(cash["taken_back_on"]) == NEVER)
    for day, rows in _by_evening(decisions, to_day(last_judged(view))):
        asked = decisions.iloc[rows]
        evening = view.earlier(to_date(day))
        open_items = _weighed(evening, base)
        at, row = _items_of(asked, open_items)
        there = at >= 0
        minor, worth = whole(open_items["open_minor"])[at[there]], whole(open_items["base_minor"])[at[there]]
        came = _money_days(open_items, cash, day)[at[there]]
        total = np.bincount(row[there], weights=worth, minlength=len(rows))
        gained = np.bincount(row[there], weights=worth * came / (HORIZON_DAYS * minor), minlength=len(rows))
        judged[rows] = total > 0
        share[rows] = np.divide(gained, total, out=np.zeros(len(rows)), where=total > 0)
        before[rows] = _paid_before(asked["account_id"], evening, open_items, cash, base)
        called[rows] = asked["account_id"].isin(called_for(view.contacts, day)).to_numpy()
    return CameOf(judged, np.clip(share, 0.0, 1.0), before, called)


def _by_evening(decisions: pd.DataFrame, last: int) -> Iterator[tuple[int, Ints]]:
    days = np.array([to_day(day) for day in decisions["as_of"]], dtype=np.int64)
    for day in np.unique(days[days <= last]):
        yield int(day), np.flatnonzero(days == day)


def _weighed(evening: LedgerView, base: str) -> pd.DataFrame:
    """The overdue items of an evening that a rate leads from, with `base_minor`."""
    items, rates = evening.open_items(), rates_of(evening, base)
    day = to_day(evening.day)
    known = np.array([rates.base == it or rates.knows(it, day) for it in items["currency"]], dtype=np.bool_)
    items = where(items, (whole(items["open_minor"]) > 0) & (whole(items["dpd"]) > 0) & known).reset_index(drop=True)
    days = np.full(len(items), day, dtype=np.int64)
    return items.assign(base_minor=convert_rows(whole(items["open_minor"]), items["currency"], days, rates))


def _items_of(asked: pd.DataFrame, items: pd.DataFrame) -> tuple[Ints, Ints]:
    """Of each decision's items: the row among `items` (-1: not overdue), and the decision."""
    lists = [list(ids) for ids in asked["item_ids"]]
    row = np.repeat(np.arange(len(lists)), [len(ids) for ids in lists])
    ids = pd.Series([item_id for of_one in lists for item_id in of_one], dtype="str")
    return positions(ids, items["item_id"]), row


def _money_days(items: pd.DataFrame, cash: pd.DataFrame, day: int) -> Floats:
    """Minor units times days that came in of each item within the horizon, at most all of it; shape (n_items,)."""
    ahead = np.maximum(whole(cash["happened_on"]) - day, 1)
    news = (whole(cash["known_on"]) > day) & (ahead < HORIZON_DAYS)
    came = where(cash, news).assign(ahead=ahead[news]).sort_values(["item_id", "ahead", "amount_minor"], kind="stable")
    at = positions(came["item_id"], items["item_id"])
    came, at = came[at >= 0], at[at >= 0]
    so_far = came.groupby("item_id")["amount_minor"].cumsum().to_numpy(dtype=np.int64)
    amount, owed = whole(came["amount_minor"]), whole(items["open_minor"])[at]
    counts = np.minimum(so_far, owed) - np.minimum(so_far - amount, owed)
    return summed_at(at, counts * (HORIZON_DAYS - whole(came["ahead"])), len(items)).astype(np.float64)


def _paid_before(
    accounts: "pd.Series[str]", evening: LedgerView, overdue: pd.DataFrame, cash: pd.DataFrame, base: str
) -> Floats:
    """Cash of the 45 days up to the evening over itself and what is overdue, by account; 0 where there is neither."""
    day, rates = to_day(evening.day), rates_of(evening, base)
    happened, known = whole(cash["happened_on"]), whole(cash["known_on"])
    recent = where(cash, (happened > day - HORIZON_DAYS) & (known <= day))
    items = evening.billed()
    at = positions(recent["item_id"], items["item_id"])
    recent, at = recent[at >= 0], at[at >= 0]
    currency = items["currency"].iloc[at].reset_index(drop=True)
    ok = np.array([rates.base == it or rates.knows(it, day) for it in currency], dtype=np.bool_)
    minor, owner = whole(recent["amount_minor"])[ok], items["customer_id"].iloc[at].reset_index(drop=True)[ok]
    worth = convert_rows(minor, currency[ok], np.full(len(minor), day, dtype=np.int64), rates)
    paid = summed_at(positions(owner, accounts), worth, len(accounts))
    owed = summed_at(positions(overdue["customer_id"], accounts), whole(overdue["base_minor"]), len(accounts))
    both = (paid + owed).astype(np.float64)
    return np.divide(paid, both, out=np.zeros(len(both)), where=both > 0)


def called_for(contacts: pd.DataFrame, day: int) -> npt.NDArray[np.object_]:
    """Who was called or visited for the list of an evening, a whole day."""
    after = whole(contacts["happened_on"]) - day
    made = (after > 0) & (after <= WORKED_WITHIN_DAYS) & contacts["channel"].isin(_PEOPLE).to_numpy(dtype=np.bool_)
    return contacts.loc[made, "customer_id"].unique()
