"""What is asked about everyone: the portfolio's rates on an evening, towards which thin histories shrink.

The only feature facts that cross customers. They are sums per day over the whole ledger, made first and looked up by
all blocks, and like everything else they hold nothing that was learned after their evening.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.facts import Days, Facts, FloatArray, IntArray, Ints, Settled
from features.primitives import Ask
from features.streams import Makers, settlement_columns


@dataclass(frozen=True, eq=False)
class Everyone:
    """The answers about everyone on some evenings.

    They are sums of whole numbers over items, none of which reaches 2^53: what parts of a ledger come to adds up to
    the answers of the whole, to the last bit, and a part can be taken away again.

    Attributes:
        evenings: whole days, ascending, each once; shape (n,).
        sums: of each question, on each evening; shape (n,).
    """

    evenings: Days
    sums: Mapping[Ask, FloatArray]

    @classmethod
    def of(cls, facts: Facts, days: Ints, asks: Iterable[Ask]) -> "Everyone":
        """The answers to these questions on these days, over all items of the facts."""
        evenings = np.unique(days).astype(np.int32)
        sums = _Sums(facts, evenings)
        return cls(evenings, {ask: sums.of(ask) for ask in asks})

    def answer(self, ask: Ask, days: Ints) -> FloatArray:
        """The answer on each of the days; they are among the evenings. Shape (n,)."""
        return self.sums[ask][np.searchsorted(self.evenings, days)]

    def __add__(self, other: "Everyone") -> "Everyone":
        """With the items of another part, on the same evenings."""
        return self._with(other, np.add)

    def __sub__(self, other: "Everyone") -> "Everyone":
        """Without the items of a part."""
        return self._with(other, np.subtract)

    def _with(self, other: "Everyone", put: Callable[[FloatArray, FloatArray], FloatArray]) -> "Everyone":
        return Everyone(self.evenings, {ask: put(sums, other.sums[ask]) for ask, sums in self.sums.items()})


class _Sums:
    """Sums over the items of some facts by each of the evenings."""

    def __init__(self, facts: Facts, evenings: Days) -> None:
        self._facts, self._evenings = facts, evenings
        self._ends: dict[int | None, IntArray] = {}

    def of(self, ask: Ask) -> FloatArray:
        """What is asked, on each evening."""
        return self._open_count(ask) if ask.primitive == "open_count" else self._over_settled(ask)

    def _over_settled(self, ask: Ask) -> FloatArray:
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
        spans, due = self._facts.to_come, self._facts.revisions.due
        entered = np.maximum(spans.start, due[spans.revision] + ask.number + 1)
        late = entered < spans.end
        ones = np.ones(int(late.sum()))
        return self._added(self._place(entered[late]), ones) - self._added(self._place(spans.end[late]), ones)

    def _place(self, days: Days) -> IntArray:
        """The first of the evenings that is not before each day."""
        return np.searchsorted(self._evenings, days)

    def _added(self, place: IntArray, values: FloatArray) -> FloatArray:
        """The sums of whole-number values up to each evening."""
        sums: FloatArray = np.cumsum(np.bincount(place, values, len(self._evenings) + 1)[:-1])
        return sums

    @cached_property
    def _settled(self) -> Settled:
        found = self._facts.settled
        return found if found.by_cash.all() else found.take(found.by_cash)

    @cached_property
    def _columns(self) -> Makers:
        return settlement_columns(self._settled, self._facts.revisions.take(self._settled.revision))

    @cached_property
    def _known(self) -> IntArray:
        return self._place(self._settled.known)
