"""The clear version of the engine, in NumPy: for every evening cross out what did not hold, and look at what is left.

Slow, short, and independent of the compiled walks, whose judge it is: a law compares both on every row. It shares with
them the streams and the portfolio's rates, which SQL judges (`tests/feature_sql.py`). Tables have one row per question
of one customer and one column per event.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from features.everyone import Everyone
from features.facts import BoolArray, FloatArray, IntArray, Ints
from features.point_in_time import ALL_DAYS, Answers, Asked, Plan, weights_of
from features.primitives import BINS, IN_CURRENCY, Ask
from features.streams import Block, Stream


def answered_plainly(plan: Plan, block: Block, asked: Asked, everyone: Everyone) -> Answers:
    """The answers about one block, as `point_in_time.answered` gives them."""
    answers = {ask: everyone.answer(ask, asked.day) if ask.everyone else np.empty(len(asked.day)) for ask in plan.asks}
    account = asked.customer * block.currencies + asked.currency
    for one in np.unique(account):
        rows = np.flatnonzero(account == one)
        for ask in plan.asks:
            if not ask.everyone:
                answer = _over_book if not ask.over else _over_events
                answers[ask][rows] = answer(ask, block, asked.take(rows))
    return answers


# ------------------------------------------------------------------ over events


@dataclass(frozen=True, eq=False)
class _Events:
    """Events in the order in which they were learned, shape (n,); `holds`: which count, shape (evenings, n)."""

    day: IntArray
    value: IntArray
    holds: BoolArray

    @property
    def count(self) -> IntArray:
        return np.asarray(self.holds.sum(axis=1))

    def where_some(self, values: npt.NDArray[Any]) -> FloatArray:
        """The values, missing where no event holds."""
        return np.where(self.holds.any(axis=1), values, np.nan)


def _over_events(ask: Ask, block: Block, asked: Asked) -> FloatArray:
    stream = block.stream(ask.over)
    owner = int(asked.customer[0]) - block.low
    owner = owner * block.currencies + int(asked.currency[0]) if ask.over in IN_CURRENCY else owner
    events = _held(stream, slice(int(stream.start[owner]), int(stream.start[owner + 1])), ask, asked.day[:, None])
    answers: dict[str, Callable[[_Events, Ask], npt.NDArray[Any]]] = {
        "count": lambda events, ask: events.count,
        "sum": lambda events, ask: np.where(events.holds, events.value, 0).sum(axis=1),
        "last": lambda events, ask: events.where_some(_newest_sum(events, 1)),
        "last_sum": lambda events, ask: np.where(events.count >= ask.number, _newest_sum(events, ask.number), np.nan),
        "streak": lambda events, ask: events.where_some(_runs(events)[1]),
        "longest_streak": lambda events, ask: events.where_some(_runs(events)[0]),
        "decayed_mean": _decayed_mean,
        "days_since_newest": lambda events, ask: np.maximum(asked.day - _largest(events), 0),
        "days_since_oldest": lambda events, ask: np.maximum(asked.day - _smallest(events), 0),
        "distinct": lambda events, ask: _distinct(events),
        "highest": lambda events, ask: _largest(_in_bins(events, ask)),
        "quantile": _quantile,
        "peak": _peak,
    }
    return answers[ask.primitive](events, ask).astype(np.float64)


def _held(stream: Stream, rows: slice, ask: Ask, evening: Ints) -> _Events:
    day = stream.day[rows].astype(np.int64)
    holds = (stream.since[rows] <= evening) & (evening < stream.until[rows])
    holds &= (day <= evening) & (day > evening - (ask.window or ALL_DAYS))
    return _Events(day, stream.column(ask.column)[rows], holds)


def _newest_sum(events: _Events, count: int) -> IntArray:
    """The sum of the newest so many that hold."""
    from_newest = np.cumsum(events.holds[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(np.where(events.holds & (from_newest <= count), events.value, 0).sum(axis=1))


def _runs(events: _Events) -> tuple[IntArray, IntArray]:
    """The longest run of ones and the last one, event by event."""
    longest, run = (np.zeros(len(events.holds), dtype=np.int64) for _ in range(2))
    for at, value in enumerate(events.value):
        run = np.where(events.holds[:, at], np.where(value != 0, run + 1, 0), run)
        longest = np.maximum(longest, run)
    return longest, run


def _decayed_mean(events: _Events, ask: Ask) -> FloatArray:
    """Event by event: what was before weighs less by the days since the event before."""
    weights = weights_of((ask.number,))[0]
    part, whole = (np.zeros(len(events.holds)) for _ in range(2))
    before = np.full(len(events.holds), -1, dtype=np.int64)
    for at, value in enumerate(events.value):
        holds = events.holds[:, at]
        gap = np.minimum(events.day[at] - events.day[before], len(weights) - 1) if at else np.zeros_like(before)
        weight = np.where(before >= 0, weights[np.maximum(gap, 0)], 0.0)
        part = np.where(holds, part * weight + value, part)
        whole = np.where(holds, whole * weight + 1.0, whole)
        before = np.where(holds, at, before)
    return events.where_some(part / np.where(whole > 0, whole, 1.0))


def _distinct(events: _Events) -> IntArray:
    counts = [events.holds[:, events.value == one].any(axis=1) for one in np.unique(events.value)]
    return np.sum(counts, axis=0) if counts else np.zeros(len(events.holds), dtype=np.int64)


def _in_bins(events: _Events, ask: Ask) -> _Events:
    return _Events(events.day, np.clip(events.value, *BINS[ask.column]), events.holds)


def _quantile(events: _Events, ask: Ask) -> FloatArray:
    """The value at place ceil(n * percent / 100) of those that hold, in order."""
    value = _in_bins(events, ask).value
    order = np.argsort(value, kind="stable")
    place = np.cumsum(events.holds[:, order], axis=1)
    need = (events.count * ask.number + 99) // 100
    at = (place >= need[:, None]).argmax(axis=1) if len(value) else np.zeros(len(need), dtype=np.int64)
    return events.where_some(value[order][at] if len(value) else np.zeros(len(need)))


def _peak(events: _Events, ask: Ask) -> FloatArray:
    low, high = BINS[ask.column]
    counts = [(events.holds & (_in_bins(events, ask).value == one)).sum(axis=1) for one in range(low, high + 1)]
    return events.where_some(np.max(counts, axis=0))


def _largest(events: _Events) -> FloatArray:
    far = -(1 << 40)
    return events.where_some(np.where(events.holds, events.value, far).max(axis=1, initial=far))


def _smallest(events: _Events) -> FloatArray:
    far = 1 << 40
    return events.where_some(np.where(events.holds, events.value, far).min(axis=1, initial=far))


# ------------------------------------------------------------------ over the open book


def _over_book(ask: Ask, block: Block, asked: Asked) -> FloatArray:
    """Of one customer's invoices as they stood on each evening: tables of shape (evenings, revisions)."""
    held = block.receivable.take(block.receivable.customer == asked.customer[0])
    evening = asked.day[:, None].astype(np.int64)
    valid = (held.known <= evening) & (evening < held.superseded)
    paid = block.applications.take(np.isin(block.applications.item, held.item))
    known = paid.known <= evening
    by_item = np.where(known, paid.amount, 0) @ (paid.item[:, None] == held.item).astype(np.int64)
    left = np.where(valid, held.amount - by_item, 0)
    dpd = evening - held.due
    aged = dpd > ask.number
    unsettled = left > block.facts.tolerance(held)
    if ask.primitive == "open_count":
        return np.asarray((unsettled & aged).sum(axis=1), dtype=np.float64)
    if ask.primitive == "open_days":
        return np.asarray(np.where(unsettled & aged, dpd, 0).sum(axis=1), dtype=np.float64)
    if ask.primitive == "open_money":
        counts = (left > 0) & aged & (held.currency == asked.currency[0])
        return np.asarray(np.where(counts, left, 0).sum(axis=1), dtype=np.float64)
    far = -(1 << 40)
    oldest = np.where(unsettled, dpd, far).max(axis=1, initial=far)
    return np.where(unsettled.any(axis=1), oldest, np.nan).astype(np.float64)
