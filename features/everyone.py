"""Questions about everyone: the portfolio's rates on an evening, towards which thin histories shrink.

The only feature facts that cross customers. They are sums per day over the whole ledger, made first and looked up by
all blocks, and like everything else they hold nothing that was learned after their evening.
"""

from functools import cached_property
from typing import TypeVar

import numpy as np

from features.facts import Days, Facts, FloatArray, IntArray, Ints, Settled, Spans
from features.primitives import Ask
from features.streams import Makers, settlement_columns

Some = TypeVar("Some", Settled, Spans)


class Everyone:
    """Answers for the evenings asked about, whole-ledger sums made when first needed.

    `items`: only what these items (codes) add to them, None for all.
    """

    def __init__(self, facts: Facts, days: Ints, items: "Ints | None" = None) -> None:
        self.facts = facts
        self.evenings = np.unique(days).astype(np.int32)
        self._items = items
        self._answers: dict[Ask, FloatArray] = {}
        self._ends: dict[int | None, IntArray] = {}

    def answer(self, ask: Ask, days: Ints) -> FloatArray:
        """The answer on each of the days; they are among the evenings given. Shape (n,)."""
        if ask not in self._answers:
            self._answers[ask] = self._open_count(ask) if ask.primitive == "open_count" else self._sum(ask)
        return self._answers[ask][np.searchsorted(self.evenings, days)]

    def _sum(self, ask: Ask) -> FloatArray:
        """Over settlements by cash."""
        assert ask.over == "settled", ask
        found = self._settled
        values = np.ones(len(found)) if ask.column == "one" else self._columns[ask.column]().astype(np.float64)
        return self._added(self._known, values) - self._added(self._left(ask.window), values)

    def _left(self, window: int | None) -> IntArray:
        """From which of the evenings each settlement counts no more."""
        if window not in self._ends:
            left = self._settled.taken_back
            left = left if window is None else np.minimum(left, self._settled.known + window)
            self._ends[window] = self._place(left)
        return self._ends[window]

    def _open_count(self, ask: Ask) -> FloatArray:
        """Of unsettled invoices more than so many days past due."""
        spans, due = self._of_items(self.facts.to_come), self.facts.revisions.due
        entered = np.maximum(spans.start, due[spans.revision] + ask.number + 1)
        late = entered < spans.end
        ones = np.ones(int(late.sum()))
        return self._added(self._place(entered[late]), ones) - self._added(self._place(spans.end[late]), ones)

    def _place(self, days: Days) -> IntArray:
        """The first of the evenings that is not before each day."""
        return np.searchsorted(self.evenings, days)

    def _added(self, place: IntArray, values: FloatArray) -> FloatArray:
        """The sums of whole-number values up to each evening; exact, for no sum of counts or days reaches 2^53."""
        sums: FloatArray = np.cumsum(np.bincount(place, values, len(self.evenings) + 1)[:-1])
        return sums

    def _of_items(self, events: Some) -> Some:
        if self._items is None:
            return events
        wanted = np.zeros(len(self.facts.item_rank), dtype=np.bool_)
        wanted[self._items] = True
        return events.take(wanted[events.item])

    @cached_property
    def _settled(self) -> Settled:
        found = self._of_items(self.facts.settled)
        return found if found.by_cash.all() else found.take(found.by_cash)

    @cached_property
    def _columns(self) -> Makers:
        return settlement_columns(self._settled, self.facts.revisions.take(self._settled.revision))

    @cached_property
    def _known(self) -> IntArray:
        return self._place(self._settled.known)


class EveryoneSupposed(Everyone):
    """Everyone's answers on evenings of which some items' facts are supposed to be other ones.

    The whole, less what these items add to it, plus what they are supposed to add: sums of whole numbers, so this is to
    the last bit what the whole ledger with the supposed facts would answer.

    Attributes:
        everyone: of the whole ledger.
        known: of these items as they are; supposed: as they are supposed to be.
    """

    def __init__(self, everyone: Everyone, known: Everyone, supposed: Everyone) -> None:
        super().__init__(everyone.facts, everyone.evenings)
        self.everyone, self.known, self.supposed = everyone, known, supposed

    def answer(self, ask: Ask, days: Ints) -> FloatArray:
        """The answer on each of the days; they are among the evenings of all three. Shape (n,)."""
        changed: FloatArray = self.supposed.answer(ask, days) - self.known.answer(ask, days)
        return self.everyone.answer(ask, days) + changed
