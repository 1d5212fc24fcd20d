"""The engine: what was known about many customers on many evenings, at once.

Events lie sorted by (customer, day known) with running sums beside them. An answer for an evening `t` and a window `W`
is the difference of two running sums, at `t` and at `t - W`, found by binary search: facts of the evening itself count,
facts of the evening `t - W` do not. Two tricks carry the rest:

- *overdue by more than k days at t* is a sum over the items that had reached due + k + 1 by `t`, less those settled by
  then: two running sums, each dated by the later of that day and the day of knowledge;
- the *oldest open item* is the first, by due day, whose running maximum of settlement days lies after `t`.

All sums are of whole numbers, so an answer is the same to the last bit from whatever later view it is asked.
Holds for customers none of whose facts had been taken back by `t`; the others are answered by `sweep`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from features.facts import Facts, FloatArray, IntArray, pack
from features.primitives import GRACE_DAYS, Ask
from features.timeline import Timeline
from ledger.days import NEVER


@dataclass(frozen=True, eq=False)
class Asked:
    """Who is asked about, on which evening: codes and whole days, each shape (n,)."""

    customer: IntArray
    currency: IntArray
    day: IntArray


class Engine:
    """Answers one `Ask` after another for the same customers and evenings."""

    def __init__(self, facts: Facts, asked: Asked) -> None:
        self.facts, self.asked = facts, asked
        self._ends: dict[tuple[str, int], IntArray] = {}
        self._timelines: dict[str, Timeline] = {}

    def answer(self, ask: Ask) -> FloatArray:
        """The value for each of the asked, NaN where there is none. Shape (n,)."""
        answers: dict[str, Callable[[Ask], FloatArray]] = {
            "count": self._count, "sum": self._sum, "mean": self._mean, "std": self._std, "max": self._max,
            "last": self._last, "last_sum": self._last_sum, "streak": self._streak,
            "decayed_mean": self._decayed_mean,
            "days_since_newest": self._days_since_newest, "days_since_oldest": self._days_since_oldest,
            "open_money": self._open_money, "overdue_money": self._open_money,
            "overdue_count": self._overdue, "overdue_days": self._overdue, "oldest_open_due": self._oldest_open_dpd,
        }  # fmt: skip
        return answers[ask.primitive](ask)

    # -------------------------------------------------------------- over events

    def _count(self, ask: Ask) -> FloatArray:
        low, high = self._reach(ask)
        return (high - low).astype(np.float64)

    def _sum(self, ask: Ask) -> FloatArray:
        return self._between(ask, ask.column)

    def _mean(self, ask: Ask) -> FloatArray:
        return _divided(self._between(ask, ask.column), self._count(ask))

    def _std(self, ask: Ask) -> FloatArray:
        n, total, squares = self._count(ask), self._between(ask, ask.column), self._between(ask, ask.column + "^2")
        return sample_std(n, total, squares)

    def _max(self, ask: Ask) -> FloatArray:
        low, high = self._reach(ask)
        some = high > low
        found = np.full(len(low), np.nan)
        found[some] = self._timeline(ask.over).largest(ask.column, low[some], high[some])
        return found

    def _last(self, ask: Ask) -> FloatArray:
        return self._at_newest(ask, self._timeline(ask.over).columns[ask.column])

    def _last_sum(self, ask: Ask) -> FloatArray:
        start, high = self._reach(ask)
        before = self._timeline(ask.over).before(ask.column)
        low = np.maximum(high - ask.number, 0)
        return np.where(high - start >= ask.number, before[high] - before[low], np.nan)

    def _streak(self, ask: Ask) -> FloatArray:
        line = self._timeline(ask.over)
        position = np.arange(len(line.key), dtype=np.int64)
        broken = np.where(line.columns[ask.column] == 0, position, line.start(line.owner) - 1)
        return self._at_newest(ask, position - np.maximum.accumulate(broken))

    def _decayed_mean(self, ask: Ask) -> FloatArray:
        line = self._timeline(ask.over)
        starts = np.flatnonzero(np.diff(line.owner, prepend=-1))
        first = line.day[line.start(line.owner)]
        weight = decay_weight(line.day - first, ask.number)
        sums = np.stack([weight * line.columns[ask.column], weight], axis=1)
        # One customer at a time: a float sum that runs across customers would change bits with its neighbours.
        for low, high in pairwise([*starts, len(line.key)]):
            np.cumsum(sums[low:high], axis=0, out=sums[low:high])
        return self._at_newest(ask, _divided(sums[:, 0], sums[:, 1]))

    def _days_since_newest(self, ask: Ask) -> FloatArray:
        line = self._timeline(ask.over)
        newest = np.maximum.accumulate(pack(line.owner, line.columns[ask.column])) - pack(
            line.owner, np.zeros_like(line.owner)
        )
        return np.maximum(self.asked.day - self._at_newest(ask, newest), 0.0)

    def _days_since_oldest(self, ask: Ask) -> FloatArray:
        line = self._timeline(ask.over)
        turned = np.maximum.accumulate(pack(line.owner, -line.columns[ask.column]))
        oldest = pack(line.owner, np.zeros_like(line.owner)) - turned
        return np.maximum(self.asked.day - self._at_newest(ask, oldest), 0.0)

    # -------------------------------------------------------------- of the state on that evening

    def _open_money(self, ask: Ask) -> FloatArray:
        """Money enters when it is billed and leaves when a payment is known; overdue money not before due + k + 1."""
        name = f"{ask.primitive}:{ask.number}"
        if name not in self._timelines:
            items, facts = self._billed_items, self.facts
            of_item = np.full(len(facts.item_ids), -1, dtype=np.int64)
            of_item[facts.revisions.item[items]] = items
            applied = facts.applications
            row = of_item[applied.item]
            row, applied_known, applied_amount = row[row >= 0], applied.known[row >= 0], applied.amount[row >= 0]
            rows = np.concatenate([items, row])
            known = np.concatenate([facts.revisions.known[items], applied_known])
            if ask.primitive == "overdue_money":
                known = np.maximum(known, facts.revisions.due[rows] + ask.number + 1)
            money = np.concatenate([facts.revisions.amount[items], -applied_amount])
            self._timelines[name] = Timeline(self._account(rows), known, {"money": money})
        return self._state(name, "money", self._asked_account)

    def _overdue(self, ask: Ask) -> FloatArray:
        """Unsettled items enter at due + k + 1 and leave when their settlement is known."""
        name = f"overdue:{ask.number}"
        if name not in self._timelines:
            items, held = self._billed_items, self.facts.revisions
            entered = np.maximum(held.known[items], held.due[items] + ask.number + 1)
            left = np.maximum(entered, self._settled_known[items])
            one = np.ones(len(items), dtype=np.int64)
            columns = {
                "items": np.concatenate([one, -one]),
                "due": np.concatenate([held.due[items], -held.due[items]]),
            }
            owner = np.concatenate([held.customer[items], held.customer[items]])
            self._timelines[name] = Timeline(owner, np.concatenate([entered, left]), columns)
        count = self._state(name, "items", self.asked.customer)
        if ask.primitive == "overdue_count":
            return count
        return count * self.asked.day - self._state(name, "due", self.asked.customer)

    def _oldest_open_dpd(self, ask: Ask) -> FloatArray:
        items, held = self._billed_items, self.facts.revisions
        line = Timeline(
            held.customer[items],
            held.due[items],
            {"due": held.due[items], "known": held.known[items], "settled": self._settled_known[items]},
            tie=(held.item[items],),
        )
        settled, known = line.columns["settled"], line.columns["known"]
        until = np.maximum.accumulate(pack(line.owner, settled))
        at = np.searchsorted(until, pack(self.asked.customer, self.asked.day), side="right")
        end = self._owner_end(line)
        found = np.full(len(at), np.nan)
        left = np.flatnonzero(at < end)
        # Nearly always the first hit counts; an invoice booked after t, or settled, is stepped over.
        while len(left):
            here, day = at[left], self.asked.day[left]
            is_open = (known[here] <= day) & (settled[here] > day)
            found[left[is_open]] = (day - line.columns["due"][here])[is_open]
            at[left] += 1
            left = left[~is_open & (at[left] < end[left])]
        return found

    # -------------------------------------------------------------- positions and timelines

    def _reach(self, ask: Ask) -> tuple[IntArray, IntArray]:
        """Positions of the events asked about: from the first to one after the last."""
        high = self._end(ask.over, 0)
        if ask.window is not None:
            return self._end(ask.over, ask.window), high
        return self._timeline(ask.over).start(self._owner(ask.over)), high

    def _end(self, over: str, days_before: int) -> IntArray:
        """Positions after the last event known so many days before each evening."""
        place = (over, days_before)
        if place not in self._ends:
            self._ends[place] = self._timeline(over).end(self._owner(over), self.asked.day - days_before)
        return self._ends[place]

    def _between(self, ask: Ask, column: str) -> FloatArray:
        low, high = self._reach(ask)
        before = self._timeline(ask.over).before(column)
        return (before[high] - before[low]).astype(np.float64)

    def _at_newest(self, ask: Ask, values: "FloatArray | IntArray") -> FloatArray:
        low, high = self._reach(ask)
        some = high > low
        found = np.full(len(low), np.nan)
        found[some] = values[high[some] - 1]
        return found

    def _state(self, name: str, column: str, owner: IntArray) -> FloatArray:
        line = self._timelines[name]
        before = line.before(column)
        return (before[line.end(owner, self.asked.day)] - before[line.start(owner)]).astype(np.float64)

    def _owner(self, over: str) -> IntArray:
        return self._asked_account if over == "billed_in_currency" else self.asked.customer

    def _owner_end(self, line: Timeline) -> IntArray:
        return np.searchsorted(line.owner, self.asked.customer, side="right")

    @cached_property
    def _asked_account(self) -> IntArray:
        return self.asked.customer * max(1, len(self.facts.currencies)) + self.asked.currency

    def _account(self, rows: IntArray) -> IntArray:
        held = self.facts.revisions
        return held.customer[rows] * max(1, len(self.facts.currencies)) + held.currency[rows]

    @cached_property
    def _billed_items(self) -> IntArray:
        """First revisions of receivables: the only ones a steady customer has."""
        return np.flatnonzero(self.facts.revisions.first & (self.facts.revisions.amount > 0))

    @cached_property
    def _settled_known(self) -> IntArray:
        """Per revision row, the first evening on which its item was known settled; `NEVER` while open."""
        episodes = self.facts.episodes
        known = np.full(len(self.facts.item_ids), NEVER, dtype=np.int64)
        np.minimum.at(known, episodes.item, episodes.known)
        return known[self.facts.revisions.item]

    def _timeline(self, over: str) -> Timeline:
        if over not in self._timelines:
            self._timelines[over] = self._make_timeline(over)
        return self._timelines[over]

    def _make_timeline(self, over: str) -> Timeline:
        held, episodes, applied = self.facts.revisions, self.facts.episodes, self.facts.applications
        items = self._billed_items
        if over in ("settled", "cleared"):
            rows = np.flatnonzero(np.diff(episodes.item, prepend=-1) != 0)
            rows = rows[episodes.by_cash[rows]] if over == "settled" else rows
            late = (episodes.days_late[rows] > GRACE_DAYS).astype(np.int64)
            columns = {"days_late": episodes.days_late[rows], "late": late, "on_time": 1 - late}
            tie = (episodes.cleared[rows], episodes.item[rows])
            return Timeline(episodes.customer[rows], episodes.known[rows], columns, tie)
        if over == "billed":
            return Timeline(held.customer[items], held.known[items], {"issued": held.issued[items]})
        if over == "billed_in_currency":
            return Timeline(self._account(items), held.known[items], {"amount": held.amount[items]})
        first_row = np.full(len(self.facts.item_ids), -1, dtype=np.int64)
        first_row[held.item[items]] = items
        cash = np.flatnonzero(applied.cash & (first_row[applied.item] >= 0))
        if over == "part_paid":
            cash = cash[np.diff(applied.item[cash], prepend=-1) != 0]
            cash = cash[self._settled_known[first_row[applied.item[cash]]] > applied.known[cash]]
        return Timeline(
            held.customer[first_row[applied.item[cash]]], applied.known[cash], {"happened": applied.happened[cash]}
        )


def sample_std(n: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    """The sample standard deviation from a count, a sum and a sum of squares (all whole); NaN below two."""
    enough = np.where(n >= 2, n, np.nan)
    spread: FloatArray = np.sqrt(np.maximum(enough * squares - total * total, 0.0) / (enough * (enough - 1.0)))
    return spread


def decay_weight(days_after_first: IntArray, half_life: int) -> FloatArray:
    """2^(days / half-life): a newer event weighs more; held below 2^1000 so that no history overflows."""
    weight: FloatArray = np.exp2(np.minimum(days_after_first / float(half_life), 1000.0))
    return weight


def _divided(part: FloatArray, whole: FloatArray) -> FloatArray:
    found: FloatArray = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found
