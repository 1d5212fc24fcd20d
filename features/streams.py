"""Streams: what happened to customers, as events with a span of knowledge.

An event has the evening on which it was learned (`day`: it orders events and places them in windows) and the span in
which it holds: from `since` until the evening before `until`. Where nothing was taken back `since` is `day` and `until`
is `NEVER`. A question about an evening `t` and a window `W` counts the events with
`since <= t < until` and `t - W < day <= t`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from features.facts import BoolArray, Codes, Days, Facts, IntArray, Paid, Revisions, Settled
from features.kernels.arranging import arranged
from features.open_book import Book, pairs_of
from features.primitives import GRACE_DAYS, LATE_DAYS, MOST_DAYS
from ledger.days import NEVER

Makers = Mapping[str, Callable[[], npt.NDArray[Any]]]


@dataclass(frozen=True, eq=False)
class Stream:
    """Events ordered by (owner, day), those of one owner at `start[owner]` to `start[owner + 1]`.

    Attributes:
        start: shape (n_owners + 1,).
        day, since, until: whole days, shape (n_events,).
        order: which of the facts of the block each event is, shape (n_events,).
        makers: the columns, in the order of those facts; made when they are asked for.
    """

    start: IntArray
    day: Days
    since: Days
    until: Days
    order: IntArray
    makers: Makers

    def column(self, name: str) -> IntArray:
        """A column of whole numbers, shape (n_events,); `one` is 1 for every event, `name^2` the square of another.

        Besides what features ask for, each event can say which fact it is: `item` (with `told` and `happened` of a
        payment or credit), or the row of the contact or promise (`fact`) among those of the block.
        """
        if name == "one":
            return np.ones(len(self.day), dtype=np.int64)
        if name.endswith("^2"):
            return self.column(name.removesuffix("^2")) ** 2
        return np.asarray(self.makers[name]()[self.order], dtype=np.int64)


class Block:
    """A run of whole clusters of customers: its slices of the facts, and their streams.

    Owners of streams are the customers from `low`, counted from 0; for streams `_in_currency`, customer × currency.
    """

    def __init__(self, facts: Facts, low: int, high: int) -> None:
        self.facts, self.low, self.owners = facts, low, high - low
        self.currencies = max(1, len(facts.currencies))
        # Codes of the columns' own type: others would make a copy of the whole column to compare with.
        items = np.searchsorted(facts.homes, np.array([low, high], dtype=np.int32)).astype(np.int32)
        self.first_item = int(items[0])
        self.first_revision = int(np.searchsorted(facts.revisions.item, items[0]))
        self.revisions = facts.revisions.run(items)
        owed = self.revisions.amount > 0
        self.receivable = self.revisions if owed.all() else self.revisions.take(owed)
        self.applications = facts.applications.run(items)
        self.paid = facts.paid.run(items)
        self.settled = facts.settled.run(items)
        self.disputed = facts.disputed.run(items)
        self._customers = np.array([low, high], dtype=np.int32)
        self._made: dict[str, Stream] = {}

    def stream(self, over: str) -> Stream:
        """The stream of a name of `primitives.STREAMS`; made once."""
        # With one currency these are the streams of the customer.
        name = over.removesuffix("_in_currency") if self.currencies == 1 else over
        if name not in self._made:
            in_currency = name.endswith("_in_currency")
            makers: dict[str, Callable[[], Stream]] = {
                "settled": lambda: self._settlements(in_currency, by_cash=True),
                "cleared": lambda: self._settlements(in_currency, by_cash=False),
                "billed": lambda: self._billed(in_currency),
                "paid": lambda: self._payments(in_currency, self.paid),
                "first_paid": lambda: self._first_payments(in_currency),
                "credited": lambda: self._credits(in_currency),
                "disputed": self._disputes,
                "contacted": self._contacts,
                "promised": self._promises,
            }
            self._made[name] = makers[name.removesuffix("_in_currency")]()
        return self._made[name]

    @cached_property
    def book(self) -> Book:
        """What the customers owe."""
        return Book.of(self.facts, self.receivable, self.applications, self.low, self.owners, self.first_item)

    # -------------------------------------------------------------- the streams

    def _settlements(self, in_currency: bool, by_cash: bool) -> Stream:
        found = self.settled.take(self.settled.by_cash) if by_cash and not self.settled.by_cash.all() else self.settled
        # Facts of the item as they were known when it was settled.
        then = self.revisions.take(found.revision - self.first_revision)
        owner = self._owner(then.customer, then.currency if in_currency else None)
        makers = settlement_columns(found, then)
        return self._ordered(owner, in_currency, found.known, found.known, found.taken_back, makers, found.cleared)

    def _billed(self, in_currency: bool) -> Stream:
        """Each invoice from the evening its customer (and currency) had it; a correction changes what it says of it."""
        held = self.receivable
        day = held.known[self._runs(held.currency)] if in_currency else held.known[self._runs(None)]
        makers: Makers = {"item": lambda: held.item, "issued": lambda: held.issued, "amount": lambda: held.amount}
        owner = self._owner(held.customer, held.currency if in_currency else None)
        return self._ordered(owner, in_currency, day, held.known, held.superseded, makers)

    def _payments(self, in_currency: bool, paid: Paid, more: Makers | None = None) -> Stream:
        makers: Makers = {
            "item": lambda: paid.item,
            "told": lambda: paid.known,
            "happened": lambda: paid.happened,
            "weekday": lambda: (paid.happened.astype(np.int64) + 3) % 7,
            "month_part": lambda: _month_part(paid.happened),
            **(more or {}),
        }
        return self._of_items(in_currency, paid.item, paid.known, paid.taken_back, makers, paid.happened)

    def _first_payments(self, in_currency: bool) -> Stream:
        """The first payment of each item; `in_part` where it left the item unsettled that evening."""
        first = self.paid.take(np.diff(self.paid.item, prepend=-1) != 0)
        settled = np.zeros(len(first), dtype=np.bool_)
        if len(self.settled):
            key = (self.settled.item.astype(np.int64) << 32) + self.settled.known
            row = np.searchsorted(key, (first.item.astype(np.int64) << 32) + first.known, side="right") - 1
            settled = (row >= 0) & (self.settled.item[row] == first.item) & (self.settled.taken_back[row] > first.known)
        return self._payments(in_currency, first, {"in_part": lambda: ~settled})

    def _credits(self, in_currency: bool) -> Stream:
        told = self.applications.take(self.applications.credit)
        never = np.broadcast_to(np.int32(NEVER), len(told))
        makers: Makers = {
            "item": lambda: told.item,
            "told": lambda: told.known,
            "happened": lambda: told.happened,
            "amount": lambda: told.amount,
        }
        return self._of_items(in_currency, told.item, told.known, never, makers, told.happened)

    def _of_items(self, in_currency: bool, item: Codes, known: Days, until: Days, makers: Makers, tie: Days) -> Stream:
        """Events of items, with the customer (and currency) that has the item, for as long as it has it."""
        held = self.receivable
        run = self._runs(held.currency if in_currency else None)
        starts = np.flatnonzero(run == np.arange(len(run)))
        row, at = pairs_of(item - self.first_item, held.item[starts] - self.first_item)
        if len(row) != len(item) or not len(row) or (row != np.arange(len(row))).any():
            makers = {name: lambda make=make: make()[row] for name, make in makers.items()}  # type: ignore[misc]
            known, until, tie = known[row], until[row], tie[row]
        day = np.maximum(known, held.known[starts][at])
        until = np.minimum(until, self._run_ends(run)[starts][at])
        owner = self._owner(held.customer[starts][at], held.currency[starts][at] if in_currency else None)
        return self._ordered(owner, in_currency, day, day, until, makers, tie, where=day < until)

    def _disputes(self) -> Stream:
        """Each dispute once, with the customer that had the item when it was raised."""
        raised = self.disputed.take(self.disputed.first)
        row = self.facts.revision_at(raised.item, raised.start)
        row = np.where(row >= 0, row, self.facts.revisions_start[raised.item])
        owner = self._owner(self.facts.revisions.customer[row], None)
        never = np.full(len(raised), NEVER, dtype=np.int32)
        return self._ordered(owner, False, raised.start, raised.start, never, {"item": lambda: raised.item})

    def _contacts(self) -> Stream:
        told = self.facts.contacted.run(self._customers)
        never = np.full(len(told), NEVER, dtype=np.int32)
        owner = self._owner(told.customer, None)
        makers: Makers = {"fact": lambda: np.arange(len(told)), "unanswered": lambda: told.unanswered}
        return self._ordered(owner, False, told.known, told.known, never, makers)

    def _promises(self) -> Stream:
        told = self.facts.promised.run(self._customers)
        owner = self._owner(told.customer, None)
        makers: Makers = {
            "fact": lambda: np.arange(len(told)),
            "pending": lambda: told.pending,
            "kept": lambda: told.kept,
            "broken": lambda: told.broken,
        }
        return self._ordered(owner, False, told.day, told.since, told.until, makers)

    # -------------------------------------------------------------- helpers

    def _runs(self, currency: Codes | None) -> IntArray:
        """For each receivable revision the row that began its run: the same item with the same customer (and currency)
        without a gap."""
        held = self.receivable
        again = (held.item[1:] == held.item[:-1]) & (held.customer[1:] == held.customer[:-1])
        again &= held.known[1:] == held.superseded[:-1]
        if currency is not None:
            again &= currency[1:] == currency[:-1]
        begins = np.ones(len(held), dtype=np.bool_)
        begins[1:] = ~again
        return np.maximum.accumulate(np.where(begins, np.arange(len(held)), 0))

    def _run_ends(self, run: IntArray) -> Days:
        """The evening on which the run of each row ended."""
        last = np.ones(len(run), dtype=np.bool_)
        last[:-1] = run[1:] != run[:-1]
        ends = np.empty(len(run), dtype=np.int32)
        ends[run[last]] = self.receivable.superseded[last]
        return ends[run]

    def _owner(self, customer: Codes, currency: Codes | None) -> IntArray:
        local = customer.astype(np.int64) - self.low
        return local if currency is None else local * self.currencies + currency

    def _ordered(
        self, owner: IntArray, in_currency: bool, day: Days, since: Days, until: Days, makers: Makers,
        tie: Days | None = None, where: BoolArray | None = None,
    ) -> Stream:  # fmt: skip
        """The events by (owner, day, tie), else as they came: by item."""
        key = day.astype(np.int64) << 32
        if tie is not None:
            key += tie
        owners = self.owners * self.currencies if in_currency else self.owners
        if where is None or where.all():
            start, order = arranged(owner, key, owners)
        else:
            rows = np.flatnonzero(where)
            start, order = arranged(owner[rows], key[rows], owners)
            order = rows[order]
        return Stream(start, day[order], day[order] if since is day else since[order], until[order], order, makers)


def settlement_columns(found: Settled, then: Revisions) -> Makers:
    """What is asked about invoices that were settled; `then`: the revision of each that counted on that evening."""
    late = found.cleared - then.due
    return {
        "item": lambda: found.item,
        "days_late": lambda: late,
        "on_time": lambda: late <= GRACE_DAYS,
        **{f"late_{days}": lambda days=days: late > days for days in LATE_DAYS},  # type: ignore[misc]
        "days_to_pay": lambda: found.cleared - then.issued,
        "amount": lambda: then.amount,
        "amount_days_late": lambda: then.amount * np.clip(late, -MOST_DAYS, MOST_DAYS),
    }


def _month_part(day: Days) -> IntArray:
    """Which five days of its month: 0 for the 1st to 5th, …, 5 for the 26th to the end."""
    date = day.astype("datetime64[D]")
    in_month = (date - date.astype("datetime64[M]")).astype(np.int64)
    return np.asarray(np.minimum(in_month // 5, 5))
