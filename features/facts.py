"""The facts of a view as whole-number columns, once, for the kernels that answer questions about them.

Ids become codes, money and days stay the integers they are. Here is also decided from which evening on a customer is
*unsteady*: from then on something it once showed had been taken back (a bounced payment, a corrected invoice), and
running sums no longer tell the truth about it.
"""

from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import NEVER
from ledger.settlement import tolerance_minor
from ledger.view import LedgerView

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]

DAY_SPAN = 1 << 23
"""More days than a key can meet: whole days lie within ±4 million (`NEVER` plus any window fits)."""


def pack(owner: IntArray, day: IntArray) -> IntArray:
    """One 64-bit key per (owner, day) that sorts by owner, then by day. `owner` below 2^39."""
    return owner * DAY_SPAN + (day + DAY_SPAN // 2)


@dataclass(frozen=True, eq=False)
class Revisions:
    """Every revision of every item, ordered by (item, known_on); `first` marks the earliest of each item."""

    item: IntArray
    customer: IntArray
    currency: IntArray
    amount: IntArray
    tolerance: IntArray
    issued: IntArray
    due: IntArray
    known: IntArray
    superseded: IntArray
    source_row: IntArray
    first: BoolArray


@dataclass(frozen=True, eq=False)
class Applications:
    """Every application, ordered by (item, known); never known before its item. `cash`: a payment, not a reversal."""

    item: IntArray
    amount: IntArray
    happened: IntArray
    known: IntArray
    cash: BoolArray


@dataclass(frozen=True, eq=False)
class Episodes:
    """Every time an item was known settled: from `known` until the evening before `taken_back`."""

    item: IntArray
    customer: IntArray
    cleared: IntArray
    known: IntArray
    taken_back: IntArray
    days_late: IntArray
    by_cash: BoolArray


@dataclass(frozen=True, eq=False)
class Facts:
    """A view in numbers.

    Attributes:
        item_ids, customer_ids, currencies: what the codes stand for, each sorted.
        unsteady_from: per customer code, the first evening on which some fact had been taken back; `NEVER` if none.
    """

    item_ids: pd.Index
    customer_ids: pd.Index
    currencies: pd.Index
    revisions: Revisions
    applications: Applications
    episodes: Episodes
    unsteady_from: IntArray
    revision_key: IntArray
    application_key: IntArray
    applied_before: IntArray

    def revision_at(self, item: IntArray, day: IntArray) -> IntArray:
        """Row of the revision that counts for each item on each evening; -1 when it was not known (or withdrawn)."""
        if not len(self.revision_key):
            return np.full(len(item), -1, dtype=np.int64)
        row = np.searchsorted(self.revision_key, pack(item, day), side="right") - 1
        held = self.revisions
        known = (row >= 0) & (held.item[row] == item) & (held.superseded[row] > day)
        return np.where(known, row, -1)

    def applied_by(self, item: IntArray, day: IntArray) -> IntArray:
        """What was applied to each item by each evening, minor units."""
        start = np.searchsorted(self.application_key, pack(item, np.full_like(day, -DAY_SPAN // 2)))
        end = np.searchsorted(self.application_key, pack(item, day), side="right")
        return self.applied_before[end] - self.applied_before[start]


def facts_of(view: LedgerView) -> Facts:
    """The view in numbers; made once per view."""
    found = _MADE.get(view)
    if found is None:
        found = _MADE[view] = _make(view)
    return found


_MADE: "WeakKeyDictionary[LedgerView, Facts]" = WeakKeyDictionary()


def _make(view: LedgerView) -> Facts:
    items = view.items
    item_code, item_ids = pd.factorize(items["item_id"], sort=True)
    customer_code, customer_ids = pd.factorize(items["customer_id"], sort=True)
    currency_code, currencies = pd.factorize(items["currency"], sort=True)
    item_index, customer_index, currency_index = pd.Index(item_ids), pd.Index(customer_ids), pd.Index(currencies)

    order = np.lexsort((_days(items["known_on"]), item_code))
    item = item_code[order].astype(np.int64)
    amount = _days(items["amount_minor"])[order]
    revisions = Revisions(
        item=item,
        customer=customer_code[order].astype(np.int64),
        currency=currency_code[order].astype(np.int64),
        amount=amount,
        tolerance=_tolerance(amount, currency_code[order], currency_index),
        issued=_days(items["issued_on"])[order],
        due=_days(items["due_on"])[order],
        known=_days(items["known_on"])[order],
        superseded=_days(items["superseded_on"])[order],
        source_row=_days(items["source_row"])[order],
        first=np.concatenate([np.ones(min(1, len(item)), dtype=bool), item[1:] != item[:-1]]),
    )
    applications = _applications(view.applications, item_index, revisions)
    episodes = _episodes(view.settlements, item_index, customer_index)
    return Facts(
        item_ids=item_index,
        customer_ids=customer_index,
        currencies=currency_index,
        revisions=revisions,
        applications=applications,
        episodes=episodes,
        unsteady_from=_unsteady_from(len(customer_index), revisions, applications, episodes),
        revision_key=pack(revisions.item, revisions.known),
        application_key=pack(applications.item, applications.known),
        applied_before=np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(applications.amount)]),
    )


def _applications(frame: pd.DataFrame, item_ids: pd.Index, revisions: Revisions) -> Applications:
    item = item_ids.get_indexer(pd.Index(frame["item_id"])).astype(np.int64)
    ours = item >= 0
    item, frame = item[ours], frame[ours]
    # A payment cannot be known before its invoice; where a file says so, it counts from the invoice on.
    known = np.maximum(_days(frame["known_on"]), revisions.known[revisions.first][item])
    happened, amount = _days(frame["happened_on"]), _days(frame["amount_minor"])
    order = np.lexsort((amount, happened, known, item))
    return Applications(
        item=item[order],
        amount=amount[order],
        happened=happened[order],
        known=known[order],
        cash=((frame["kind"] == "cash").to_numpy(dtype=bool) & (amount > 0))[order],
    )


def _episodes(frame: pd.DataFrame, item_ids: pd.Index, customer_ids: pd.Index) -> Episodes:
    item = item_ids.get_indexer(pd.Index(frame["item_id"])).astype(np.int64)
    known = _days(frame["known_on"])
    order = np.lexsort((known, item))
    return Episodes(
        item=item[order],
        customer=customer_ids.get_indexer(pd.Index(frame["customer_id"])).astype(np.int64)[order],
        cleared=_days(frame["cleared_on"])[order],
        known=known[order],
        taken_back=_days(frame["taken_back_on"])[order],
        days_late=_days(frame["days_late"])[order],
        by_cash=frame["by_cash"].to_numpy(dtype=bool)[order],
    )


def _unsteady_from(customers: int, revisions: Revisions, applied: Applications, episodes: Episodes) -> IntArray:
    """By facts known by then only: a question about an earlier evening takes the same path from any later view."""
    since_item = np.full(int(revisions.item.max(initial=-1)) + 1, NEVER, dtype=np.int64)
    ended = revisions.superseded < NEVER
    np.minimum.at(since_item, revisions.item[ended], revisions.superseded[ended])
    np.minimum.at(since_item, revisions.item[~revisions.first], revisions.known[~revisions.first])
    taken = applied.amount < 0
    np.minimum.at(since_item, applied.item[taken], applied.known[taken])
    reopened = episodes.taken_back < NEVER
    np.minimum.at(since_item, episodes.item[reopened], episodes.taken_back[reopened])

    since = np.full(customers, NEVER, dtype=np.int64)
    np.minimum.at(since, revisions.customer, since_item[revisions.item])
    np.minimum.at(since, episodes.customer, since_item[episodes.item])
    return since


def _tolerance(amount: IntArray, currency: IntArray, currencies: pd.Index) -> IntArray:
    codes = currencies.to_numpy(dtype=object)[currency] if len(currency) else np.array([], dtype=object)
    return np.asarray(tolerance_minor(amount, codes), dtype=np.int64)


def _days(column: pd.Series) -> IntArray:
    return column.to_numpy(dtype=np.int64)
