"""The compiled walks over the open book: what a customer owes evening by evening, and when an item was unsettled."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[Any]

COUNT, MONEY, DAYS, OLDEST_DPD = range(4)
"""Questions to the open book (`open_book`)."""


@njit(cache=True, nogil=True)
def open_book(
    ask_start: Array,
    ask_day: Array,
    ask_currency: Array,
    low: Array,
    high: Array,
    item: Array,
    currency: Array,
    amount: Array,
    tolerance: Array,
    due: Array,
    known: Array,
    ends: Array,
    until: Array,
    paid_low: Array,
    paid_high: Array,
    paid_item: Array,
    paid_known: Array,
    paid_amount: Array,
    ends_low: Array,
    ends_high: Array,
    items: int,
    what: Array,
    bound: Array,
    out: Array,
) -> None:
    """What a customer owes on an evening, shape (n_picks, n_asked): pick `p` asks `what[p]` of the open invoices more
    than `bound[p]` days past due. Counts and days are of unsettled invoices in any currency, money (minor units) of
    every open amount in the group's currency; the oldest is NaN where nothing is unsettled.

    Revisions lie by (customer, known) at `low` to `high`; `ends` lists rows by (customer, until) at `ends_low` to
    `ends_high`, payments on any item that was ever the customer's by (customer, known) at `paid_low` to `paid_high`.
    """
    applied = np.zeros(items, dtype=np.int64)
    current = np.full(items, -1, dtype=np.int64)
    place = np.full(len(item), -1, dtype=np.int64)
    alive = np.empty(len(item), dtype=np.int64)
    picks = len(what)
    found = np.zeros(picks, dtype=np.int64)
    for group in range(len(low)):
        for row in range(low[group], high[group]):
            applied[item[row]], current[item[row]], place[row] = 0, -1, -1
        count, start, end, paid = 0, low[group], ends_low[group], paid_low[group]
        for ask in range(ask_start[group], ask_start[group + 1]):
            evening = ask_day[ask]
            while end < ends_high[group] and until[ends[end]] <= evening:
                row = ends[end]
                if current[item[row]] == row:
                    current[item[row]] = -1
                if place[row] >= 0:
                    count -= 1
                    alive[place[row]] = alive[count]
                    place[alive[count]] = place[row]
                    place[row] = -1
                end += 1
            while start < high[group] and known[start] <= evening:
                if until[start] > evening:
                    current[item[start]], alive[count], place[start] = start, start, count
                    count += 1
                start += 1
            while paid < paid_high[group] and paid_known[paid] <= evening:
                applied[paid_item[paid]] += paid_amount[paid]
                row = current[paid_item[paid]]
                if row >= 0 and place[row] < 0 and amount[row] > applied[paid_item[paid]]:
                    alive[count], place[row] = row, count
                    count += 1
                paid += 1
            found[:] = 0
            unsettled, oldest, at = 0, 0, 0
            while at < count:
                row = alive[at]
                left = amount[row] - applied[item[row]]
                if left <= 0:
                    count -= 1
                    alive[at] = alive[count]
                    place[alive[at]] = at
                    place[row] = -1
                    continue
                at += 1
                dpd = evening - due[row]
                is_open = left > tolerance[row]
                if is_open:
                    oldest = max(oldest, dpd) if unsettled else dpd
                    unsettled += 1
                same = currency[row] == ask_currency[group]
                for pick in range(picks):
                    if dpd > bound[pick]:
                        kind = what[pick]
                        if kind == MONEY:
                            if same:
                                found[pick] += left
                        elif is_open:
                            found[pick] += 1 if kind == COUNT else dpd
            for pick in range(picks):
                if what[pick] == OLDEST_DPD:
                    out[pick, ask] = oldest if unsettled else np.nan
                else:
                    out[pick, ask] = found[pick]


@njit(cache=True, nogil=True)
def unsettled_spans(
    start: Array,
    known: Array,
    until: Array,
    amount: Array,
    tolerance: Array,
    paid_start: Array,
    paid_known: Array,
    paid_amount: Array,
) -> tuple[Array, Array, Array]:
    """Spans of evenings on which an item had more open than its tolerance: revision row, first evening, evening after
    the last. Revisions of an item lie by `known` at `start[item]`, payments at `paid_start[item]`."""
    most = len(known) + len(paid_known)
    row = np.empty(most, dtype=np.int64)
    begins = np.empty(most, dtype=np.int32)
    ends = np.empty(most, dtype=np.int32)
    count = 0
    for item in range(len(start) - 1):
        applied, paid = 0, paid_start[item]
        for at in range(start[item], start[item + 1]):
            evening, is_open = known[at], False
            while evening < until[at]:
                while paid < paid_start[item + 1] and paid_known[paid] <= evening:
                    applied += paid_amount[paid]
                    paid += 1
                now = amount[at] > 0 and amount[at] - applied > tolerance[at]
                if now and not is_open:
                    row[count], begins[count] = at, evening
                elif is_open and not now:
                    ends[count] = evening
                    count += 1
                is_open = now
                evening = until[at]
                if paid < paid_start[item + 1]:
                    evening = min(evening, paid_known[paid])
            if is_open:
                ends[count] = until[at]
                count += 1
    return row[:count], begins[:count], ends[:count]
