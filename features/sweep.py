"""The slow and obvious answer: take what was known about one customer that evening, and work it out.

Used for customers of whom something had been taken back (a bounced payment, a corrected invoice), and as the judge of
the fast engine: a law compares both on random ledgers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

import numpy as np

from features.facts import Applications, BoolArray, Episodes, Facts, FloatArray, IntArray, Revisions
from features.point_in_time import Asked, decay_weight, sample_std
from features.primitives import GRACE_DAYS, Ask

Columns = dict[str, IntArray]
Table = TypeVar("Table", Revisions, Applications, Episodes)


def swept(facts: Facts, asked: Asked, asks: Sequence[Ask]) -> dict[Ask, FloatArray]:
    """The answers to all of `asks` for each of the asked, one by one."""
    answers = {ask: np.full(len(asked.day), np.nan) for ask in asks}
    customers: dict[int, Customer] = {}
    for row, (customer, currency, day) in enumerate(zip(asked.customer, asked.currency, asked.day, strict=True)):
        if customer not in customers:
            customers[customer] = Customer.of(facts, int(customer))
        evening = customers[customer].on(int(day), int(currency))
        for ask in asks:
            answers[ask][row] = evening.answer(ask)
    return answers


@dataclass(frozen=True, eq=False)
class Customer:
    """All facts of one customer in the view, whenever learned."""

    code: int
    revisions: Revisions
    applications: Applications
    episodes: Episodes

    @classmethod
    def of(cls, facts: Facts, code: int) -> "Customer":
        own = facts.revisions.customer == code
        items = np.unique(facts.revisions.item[own])
        theirs = np.isin(facts.episodes.item, items) | (facts.episodes.customer == code)
        return cls(
            code=code,
            revisions=_rows(facts.revisions, own),
            applications=_rows(facts.applications, np.isin(facts.applications.item, items)),
            episodes=_rows(facts.episodes, theirs),
        )

    def on(self, day: int, currency: int) -> "Evening":
        """What was known on one evening, and nothing else."""
        items, applied, episodes = self.revisions, self.applications, self.episodes
        valid = (items.known <= day) & (day < items.superseded) & (items.amount > 0)
        items = _rows(items, valid)
        applied = _rows(applied, (applied.known <= day) & np.isin(applied.item, items.item))
        return Evening(day, currency, self.code, items, applied, _rows(episodes, episodes.known <= day))


@dataclass(frozen=True, eq=False)
class Evening:
    """One customer on one evening: its invoices, what was applied to them, and every time one had been settled."""

    day: int
    currency: int
    customer: int
    items: Revisions
    applications: Applications
    episodes: Episodes

    def answer(self, ask: Ask) -> float:
        """The value, NaN where there is none."""
        events = {
            "count": self._count, "sum": self._sum, "mean": self._mean, "std": self._std, "max": self._max,
            "last": self._last, "last_sum": self._last_sum, "streak": self._streak, "decayed_mean": self._decayed_mean,
            "days_since_newest": self._days_since_newest, "days_since_oldest": self._days_since_oldest,
        }  # fmt: skip
        if ask.primitive in events:
            return events[ask.primitive](self._events(ask.over, ask.window), ask)
        states: dict[str, Callable[[Ask], float]] = {
            "open_money": self._open_money, "overdue_money": self._overdue_money, "overdue_count": self._overdue_count,
            "overdue_days": self._overdue_days, "oldest_open_due": self._oldest_open_dpd,
        }  # fmt: skip
        return states[ask.primitive](ask)

    # -------------------------------------------------------------- over events

    def _count(self, events: Columns, ask: Ask) -> float:
        return len(events["day"])

    def _sum(self, events: Columns, ask: Ask) -> float:
        return float(events[ask.column].sum())

    def _mean(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(values.sum()) / len(values) if len(values) else np.nan

    def _std(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        facts = (len(values), values.sum(), (values * values).sum())
        return float(sample_std(*(np.array([fact], dtype=np.float64) for fact in facts))[0])

    def _max(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(values.max()) if len(values) else np.nan

    def _last(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(values[-1]) if len(values) else np.nan

    def _last_sum(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(values[-ask.number :].sum()) if len(values) >= ask.number else np.nan

    def _streak(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        if not len(values):
            return np.nan
        broken = np.flatnonzero(values == 0)
        return float(len(values) - 1 - broken[-1]) if len(broken) else float(len(values))

    def _decayed_mean(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        if not len(values):
            return np.nan
        weight = decay_weight(events["day"] - events["day"][0], ask.number)
        return float(np.cumsum(weight * values)[-1] / np.cumsum(weight)[-1])

    def _days_since_newest(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(max(0, self.day - values.max())) if len(values) else np.nan

    def _days_since_oldest(self, events: Columns, ask: Ask) -> float:
        values = events[ask.column]
        return float(max(0, self.day - values.min())) if len(values) else np.nan

    # -------------------------------------------------------------- of the state on that evening

    @cached_property
    def _open(self) -> IntArray:
        """Open amount of each invoice, minor units."""
        applied = np.zeros(len(self.items.item), dtype=np.int64)
        np.add.at(applied, np.searchsorted(self.items.item, self.applications.item), self.applications.amount)
        return self.items.amount - applied

    def _overdue_items(self, by_more_than: int) -> BoolArray:
        return self.day - self.items.due > by_more_than

    def _unsettled(self) -> BoolArray:
        return self._open > self.items.tolerance

    def _open_money(self, ask: Ask) -> float:
        return float(self._open[self.items.currency == self.currency].sum())

    def _overdue_money(self, ask: Ask) -> float:
        return float(self._open[(self.items.currency == self.currency) & self._overdue_items(ask.number)].sum())

    def _overdue_count(self, ask: Ask) -> float:
        return float((self._unsettled() & self._overdue_items(ask.number)).sum())

    def _overdue_days(self, ask: Ask) -> float:
        return float((self.day - self.items.due)[self._unsettled() & self._overdue_items(ask.number)].sum())

    def _oldest_open_dpd(self, ask: Ask) -> float:
        due = self.items.due[self._unsettled()]
        return float(self.day - due.min()) if len(due) else np.nan

    # -------------------------------------------------------------- the events known that evening

    def _events(self, over: str, window: int | None) -> Columns:
        """The events in the order in which they were learned, cut to the window."""
        events = self._all_events[over]
        return events if window is None else _cut(events, events["day"] > self.day - window)

    @cached_property
    def _all_events(self) -> dict[str, Columns]:
        items, found = self.items, self.episodes
        stands = _rows(found, (found.taken_back > self.day) & (found.customer == self.customer))
        late = (stands.days_late > GRACE_DAYS).astype(np.int64)
        cleared = {"day": stands.known, "days_late": stands.days_late, "late": late, "on_time": 1 - late}
        order = np.lexsort((stands.item, stands.cleared, stands.known))
        cleared = _cut(cleared, order)
        own = items.currency == self.currency
        cash = _rows(self.applications, self.applications.cash)
        cash = _rows(cash, np.argsort(cash.known, kind="stable"))
        return {
            "cleared": cleared,
            "settled": _cut(cleared, stands.by_cash[order]),
            "billed": {"day": items.known, "issued": items.issued},
            "billed_in_currency": {"day": items.known[own], "amount": items.amount[own]},
            "paid": {"day": cash.known, "happened": cash.happened},
            "part_paid": self._part_paid(cash),
        }

    def _part_paid(self, cash: Applications) -> Columns:
        _, firsts = np.unique(cash.item, return_index=True)
        days = [
            day
            for item, day in zip(cash.item[firsts], cash.known[firsts], strict=True)
            if not self._was_settled(int(item), int(day))
        ]
        return {"day": np.array(sorted(days), dtype=np.int64)}

    def _was_settled(self, item: int, day: int) -> bool:
        found = self.episodes
        return bool(((found.item == item) & (found.known <= day) & (day < found.taken_back)).any())


def _cut(columns: Columns, rows: "BoolArray | IntArray") -> Columns:
    return {name: column[rows] for name, column in columns.items()}


def _rows(table: Table, rows: "BoolArray | IntArray") -> Table:
    return type(table)(**{name: column[rows] for name, column in vars(table).items()})
