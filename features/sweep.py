"""The slow and obvious answer: lay one customer's facts beside the evenings asked about, cross out what was not known
or had been taken back on each, and work out what is left.

Used for customers of whom something had been taken back (a bounced payment, a corrected invoice), and as the judge of
the fast engine: a law compares both on random ledgers. Tables have one row per evening and one column per fact.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from features.facts import Applications, BoolArray, Episodes, Facts, FloatArray, IntArray, Revisions
from features.point_in_time import Asked, decay_weight, sample_std
from features.primitives import GRACE_DAYS, Ask
from ledger.days import NEVER

Table = TypeVar("Table", Revisions, Applications, Episodes)

CELLS = 1_000_000
"""The largest table, in cells; a customer with more facts is worked out for fewer evenings at a time."""


def swept(facts: Facts, asked: Asked, asks: Sequence[Ask]) -> dict[Ask, FloatArray]:
    """The answers to all of `asks` for each of the asked, customer by customer."""
    answers = {ask: np.full(len(asked.day), np.nan) for ask in asks}
    for code, rows in _by_customer(asked.customer):
        customer = Customer.of(facts, code)
        step = max(1, CELLS // max(1, customer.facts_count))
        for some in (rows[at : at + step] for at in range(0, len(rows), step)):
            evenings = Evenings(customer, asked.day[some], asked.currency[some])
            for ask in asks:
                answers[ask][some] = evenings.answer(ask)
    return answers


@dataclass(frozen=True, eq=False)
class Customer:
    """All facts of one customer in the view, whenever learned: invoices, applications, settlements; no credit memos."""

    revisions: Revisions
    applications: Applications
    episodes: Episodes
    first_cash: Applications
    """The first cash of each item that it did not settle: what makes a part payment."""

    @classmethod
    def of(cls, facts: Facts, code: int) -> "Customer":
        revisions = _rows(facts.revisions, (facts.revisions.customer == code) & (facts.revisions.amount > 0))
        applied = _rows(facts.applications, np.isin(facts.applications.item, revisions.item))
        episodes = _rows(facts.episodes, np.isin(facts.episodes.item, revisions.item))
        cash = _rows(applied, applied.cash)
        first = _rows(cash, np.unique(cash.item, return_index=True)[1])
        settled_by_it = [
            bool(((episodes.item == item) & (episodes.known <= day) & (day < episodes.taken_back)).any())
            for item, day in zip(first.item, first.known, strict=True)
        ]
        return cls(
            revisions=revisions,
            applications=applied,
            episodes=_rows(facts.episodes, facts.episodes.customer == code),
            first_cash=_rows(first, ~np.array(settled_by_it, dtype=bool)),
        )

    @property
    def facts_count(self) -> int:
        """The widest table this customer needs."""
        return max(len(self.revisions.item), len(self.applications.item), len(self.episodes.item))


@dataclass(frozen=True, eq=False)
class Events:
    """Events in the order in which they were learned: `day` and columns, shape (n,); `known`: which count on each
    evening, shape (evenings, n)."""

    day: IntArray
    columns: dict[str, IntArray]
    known: BoolArray

    def values(self, ask: Ask) -> IntArray:
        """The column asked about."""
        return self.columns[ask.column]


class Evenings:
    """One customer on several evenings, each with the currency of the item asked about. Shapes (evenings,)."""

    def __init__(self, customer: Customer, day: IntArray, currency: IntArray) -> None:
        self.customer, self.day, self.currency = customer, day, currency
        self._streams: dict[str, Events] = {}

    def answer(self, ask: Ask) -> FloatArray:
        """The value on each evening, NaN where there is none."""
        over_events: dict[str, Callable[[Events, Ask], npt.NDArray[Any]]] = {
            "count": _count, "sum": _sum, "mean": _mean, "std": _std, "max": _max, "last": _last,
            "last_sum": _last_sum, "streak": _streak, "decayed_mean": _decayed_mean,
            "days_since_newest": lambda events, ask: np.maximum(self.day - _max(events, ask), 0.0),
            "days_since_oldest": lambda events, ask: np.maximum(self.day - _min(events, ask), 0.0),
        }  # fmt: skip
        of_the_state: dict[str, Callable[[Ask], npt.NDArray[Any]]] = {
            "open_money": lambda ask: self._money(self._same_currency),
            "overdue_money": lambda ask: self._money(self._same_currency & self._overdue(ask)),
            "overdue_count": lambda ask: (self._unsettled & self._overdue(ask)).sum(axis=1),
            "overdue_days": lambda ask: np.where(self._unsettled & self._overdue(ask), self._dpd, 0).sum(axis=1),
            "oldest_open_due": lambda ask: _largest(self._dpd, self._unsettled),
        }
        if ask.primitive in of_the_state:
            found = of_the_state[ask.primitive](ask)
        else:
            found = over_events[ask.primitive](self._events(ask), ask)
        return found.astype(np.float64)

    # -------------------------------------------------------------- invoices by evening, shape (evenings, revisions)

    @cached_property
    def _valid(self) -> BoolArray:
        """The revision that counts of each invoice."""
        held = self.customer.revisions
        return (held.known <= self._days) & (self._days < held.superseded)

    @cached_property
    def _open(self) -> IntArray:
        """Open amount, minor units."""
        held, applied = self.customer.revisions, self.customer.applications
        items, column = np.unique(held.item, return_inverse=True)
        money = np.zeros((len(items), len(self.day)), dtype=np.int64)
        np.add.at(
            money, np.searchsorted(items, applied.item), np.where(applied.known <= self._days, applied.amount, 0).T
        )
        return held.amount - money.T[:, column]

    @cached_property
    def _unsettled(self) -> BoolArray:
        return self._valid & (self._open > self.customer.revisions.tolerance)

    @cached_property
    def _dpd(self) -> IntArray:
        return self._days - self.customer.revisions.due

    @cached_property
    def _same_currency(self) -> BoolArray:
        same: BoolArray = self.customer.revisions.currency == self.currency[:, None]
        return self._valid & same

    @cached_property
    def _days(self) -> IntArray:
        return self.day[:, None]

    def _overdue(self, ask: Ask) -> BoolArray:
        return self._dpd > ask.number

    def _money(self, which: BoolArray) -> IntArray:
        return np.asarray(np.where(which, self._open, 0).sum(axis=1))

    # -------------------------------------------------------------- the events known on each evening

    def _events(self, ask: Ask) -> Events:
        if ask.over not in self._streams:
            self._streams[ask.over] = self._stream(ask.over)
        events = self._streams[ask.over]
        if ask.window is None:
            return events
        return Events(events.day, events.columns, events.known & (events.day > self._days - ask.window))

    def _stream(self, over: str) -> Events:
        held = self.customer.revisions
        if over in ("settled", "cleared"):
            return self._settlements(by_cash=over == "settled")
        if over == "billed":
            return Events(held.known, {"issued": held.issued}, self._valid)
        if over == "billed_in_currency":
            return Events(held.known, {"amount": held.amount}, self._same_currency)
        if over == "paid":
            return self._payments(_rows(self.customer.applications, self.customer.applications.cash))
        return self._payments(self.customer.first_cash)

    def _settlements(self, by_cash: bool) -> Events:
        found = self.customer.episodes
        found = _rows(found, found.by_cash) if by_cash else found
        found = _rows(found, np.lexsort((found.item, found.cleared, found.known)))
        late = (found.days_late > GRACE_DAYS).astype(np.int64)
        stands = (found.known <= self._days) & (self._days < found.taken_back)
        return Events(found.known, {"days_late": found.days_late, "late": late, "on_time": 1 - late}, stands)

    def _payments(self, cash: Applications) -> Events:
        """Counted while the invoice is one of this customer's."""
        held = self.customer.revisions
        items, column = np.unique(held.item, return_inverse=True)
        theirs = np.zeros((len(items), len(self.day)), dtype=bool)
        np.logical_or.at(theirs, column, self._valid.T)
        known = (cash.known <= self._days) & theirs[np.searchsorted(items, cash.item)].T
        return Events(cash.known, {"happened": cash.happened}, known)


# ------------------------------------------------------------------ over events, shape (evenings,)


def _count(events: Events, ask: Ask) -> IntArray:
    return np.asarray(events.known.sum(axis=1))


def _sum(events: Events, ask: Ask) -> IntArray:
    return np.asarray(np.where(events.known, events.values(ask), 0).sum(axis=1))


def _mean(events: Events, ask: Ask) -> FloatArray:
    return _or_missing(_sum(events, ask) / np.maximum(_count(events, ask), 1), events)


def _std(events: Events, ask: Ask) -> FloatArray:
    squares = np.where(events.known, events.values(ask) ** 2, 0).sum(axis=1)
    whole = (_count(events, ask), _sum(events, ask), squares)
    return sample_std(*(part.astype(np.float64) for part in whole))


def _max(events: Events, ask: Ask) -> FloatArray:
    return _largest(events.values(ask)[None, :], events.known)


def _min(events: Events, ask: Ask) -> FloatArray:
    return -_largest(-events.values(ask)[None, :], events.known)


def _last(events: Events, ask: Ask) -> FloatArray:
    return _max(Events(events.day, events.columns, events.known & (_from_newest(events) == 1)), ask)


def _last_sum(events: Events, ask: Ask) -> FloatArray:
    newest = Events(events.day, events.columns, events.known & (_from_newest(events) <= ask.number))
    return np.where(_count(events, ask) >= ask.number, _sum(newest, ask), np.nan)


def _streak(events: Events, ask: Ask) -> FloatArray:
    """The events newer than the newest with a 0."""
    place = np.arange(1, len(events.day) + 1)
    broken = np.where(events.known & (events.values(ask) == 0), place, 0).max(axis=1, initial=0)
    return _or_missing((events.known & (place > broken[:, None])).sum(axis=1), events)


def _decayed_mean(events: Events, ask: Ask) -> FloatArray:
    first = np.where(events.known, events.day, NEVER).min(axis=1, initial=NEVER)
    weight = np.where(events.known, decay_weight(events.day - first[:, None], ask.number), 0.0)
    weighted = np.cumsum(weight * events.values(ask), axis=1)[:, -1:].sum(axis=1)
    whole = np.cumsum(weight, axis=1)[:, -1:].sum(axis=1)
    return _or_missing(weighted / np.where(whole > 0, whole, 1.0), events)


def _from_newest(events: Events) -> IntArray:
    """1 for the newest known event of an evening, 2 for the one before, …"""
    return np.asarray(np.cumsum(events.known[:, ::-1], axis=1)[:, ::-1])


def _largest(values: IntArray, which: BoolArray) -> FloatArray:
    found = np.where(which, values, -NEVER).max(axis=1, initial=-NEVER)
    return np.where(which.any(axis=1), found, np.nan)


def _or_missing(values: npt.NDArray[Any], events: Events) -> FloatArray:
    return np.where(events.known.any(axis=1), values, np.nan)


def _rows(table: Table, rows: "BoolArray | IntArray") -> Table:
    return type(table)(**{name: column[rows] for name, column in vars(table).items()})


def _by_customer(customer: IntArray) -> Iterator[tuple[int, IntArray]]:
    order = np.argsort(customer, kind="stable")
    starts = np.unique(customer[order], return_index=True)[1]
    for start, end in pairwise([*starts, len(order)]):
        yield int(customer[order[start]]), order[start:end]
