"""The compiled loops: each walks once over the questions of a customer and the events of that customer, evening by
evening, and keeps whole-number sums of what holds.

All take groups: group `g` asks the questions `ask_start[g]` to `ask_start[g + 1]`, whose evenings never go back, about
the events `low[g]` to `high[g]` of a stream. An owner none of whose events was ever taken back is *steady*: its events
are added as they become known and let go as they leave the window. For the others each evening is worked out anew from
the events that held on it: sums could be subtracted, but not the newest, a streak or a run of decayed weights.
The clear version of the same is `features.oracle`; a law compares them on every row.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

from ledger.days import NEVER

Array = npt.NDArray[Any]

LAST, LAST_SUM, STREAK, LONGEST_STREAK, DECAYED_MEAN, NEWEST, OLDEST, DISTINCT = range(8)
"""Questions to events in their order (`in_order`)."""

QUANTILE, HIGHEST, PEAK = range(3)
"""Questions to counts by bin (`by_bin`)."""

COUNT, MONEY, DAYS, OLDEST_DPD = range(4)
"""Questions to the open book (`open_book`)."""

_STEP = 16
_SMALL = 40


def arranged(owner: Array, key: Array, owners: int) -> tuple[Array, Array]:
    """Where each owner's events begin, shape (owners + 1,), and the rows ordered by (owner, key), else as they are.

    `owner` counts from 0 to before `owners`; both columns hold whole numbers, shape (n,).
    """
    # One type for both: each other one would be compiled anew.
    found: tuple[Array, Array] = _arranged(
        np.ascontiguousarray(owner, dtype=np.int64), np.ascontiguousarray(key, dtype=np.int64), owners
    )
    return found


@njit(cache=True, nogil=True)
def _arranged(owner: Array, key: Array, owners: int) -> tuple[Array, Array]:
    start = np.zeros(owners + 1, dtype=np.int64)
    for at in range(len(owner)):
        start[owner[at] + 1] += 1
    for at in range(owners):
        start[at + 1] += start[at]
    place = start[:-1].copy()
    order = np.empty(len(owner), dtype=np.int32)
    keys = np.empty(len(owner), dtype=np.int64)
    for at in range(len(owner)):
        spot = place[owner[at]]
        order[spot], keys[spot] = at, key[at]
        place[owner[at]] = spot + 1
    for one in range(owners):
        _sort(keys, order, start[one], start[one + 1])
    return start, order


@njit(cache=True, nogil=True)
def _sort(keys: Array, rows: Array, low: int, high: int) -> None:
    """Sort rows `low` to `high` by key, equal ones as they are: short runs by insertion, then merged two by two."""
    for first in range(low, high, _SMALL):
        for at in range(first + 1, min(first + _SMALL, high)):
            moved, row, spot = keys[at], rows[at], at
            while spot > first and keys[spot - 1] > moved:
                keys[spot], rows[spot] = keys[spot - 1], rows[spot - 1]
                spot -= 1
            keys[spot], rows[spot] = moved, row
    width = _SMALL
    while width < high - low:
        for first in range(low, high - width, 2 * width):
            middle, last = first + width, min(first + 2 * width, high)
            if keys[middle - 1] <= keys[middle]:
                continue
            left_keys, left_rows = keys[first:middle].copy(), rows[first:middle].copy()
            left, right, spot = 0, middle, first
            while left < width and right < last:
                if left_keys[left] <= keys[right]:
                    keys[spot], rows[spot] = left_keys[left], left_rows[left]
                    left += 1
                else:
                    keys[spot], rows[spot] = keys[right], rows[right]
                    right += 1
                spot += 1
            while left < width:
                keys[spot], rows[spot] = left_keys[left], left_rows[left]
                left, spot = left + 1, spot + 1
        width *= 2


@njit(cache=True, nogil=True)
def newest_by(
    start: Array,
    known: Array,
    owner: Array,
    day: Array,
) -> Array:
    """The row of each owner's newest fact known by each evening, -1 for none; facts of an owner lie by `known`."""
    found = np.full(len(owner), -1, dtype=np.int64)
    for ask in range(len(owner)):
        if owner[ask] >= 0:
            row = start[owner[ask] + 1] - 1
            while row >= start[owner[ask]] and known[row] > day[ask]:
                row -= 1
            if row >= start[owner[ask]]:
                found[ask] = row
    return found


@njit(cache=True, nogil=True)
def summed_by(
    start: Array,
    known: Array,
    amount: Array,
    owner: Array,
    day: Array,
) -> Array:
    """The sum of each owner's amounts known by each evening; facts of an owner lie by `known`."""
    found = np.zeros(len(owner), dtype=np.int64)
    for ask in range(len(owner)):
        if owner[ask] >= 0:
            for row in range(start[owner[ask]], start[owner[ask] + 1]):
                if known[row] > day[ask]:
                    break
                found[ask] += amount[row]
    return found


@njit(cache=True, nogil=True)
def _steady(
    low: int,
    high: int,
    day: Array,
    since: Array,
    until: Array,
) -> bool:
    for at in range(low, high):  # noqa: SIM110 (a loop compiles, a generator does not)
        if until[at] != NEVER or since[at] != day[at]:
            return False
    return True


@njit(cache=True, nogil=True)
def sums(
    ask_start: Array,
    ask_day: Array,
    low: Array,
    high: Array,
    day: Array,
    since: Array,
    until: Array,
    values: Array,
    windows: Array,
    pick_window: Array,
    pick_column: Array,
    out: Array,
) -> None:
    """Sums of columns over windows, shape (n_picks, n_asked).

    `values` is (n_events, n_columns), `windows` days; pick `p` asks for column `pick_column[p]` over window
    `windows[pick_window[p]]`.
    """
    width, count = values.shape[1], len(windows)
    total = np.zeros((count, width), dtype=np.int64)
    tail = np.zeros(count, dtype=np.int64)
    for group in range(len(low)):
        first, last = low[group], high[group]
        if _steady(first, last, day, since, until):
            total[:] = 0
            tail[:] = first
            head = first
            for ask in range(ask_start[group], ask_start[group + 1]):
                evening = ask_day[ask]
                while head < last and day[head] <= evening:
                    for window in range(count):
                        for column in range(width):
                            total[window, column] += values[head, column]
                    head += 1
                for window in range(count):
                    begins = evening - windows[window]
                    at = tail[window]
                    while at < head and day[at] <= begins:
                        for column in range(width):
                            total[window, column] -= values[at, column]
                        at += 1
                    tail[window] = at
                for pick in range(len(pick_window)):
                    out[pick, ask] = total[pick_window[pick], pick_column[pick]]
        else:
            for ask in range(ask_start[group], ask_start[group + 1]):
                evening = ask_day[ask]
                total[:] = 0
                for at in range(first, last):
                    if day[at] > evening:
                        break
                    if since[at] <= evening < until[at]:
                        for window in range(count):
                            if day[at] > evening - windows[window]:
                                for column in range(width):
                                    total[window, column] += values[at, column]
                for pick in range(len(pick_window)):
                    out[pick, ask] = total[pick_window[pick], pick_column[pick]]


@njit(cache=True, nogil=True)
def in_order(
    ask_start: Array,
    ask_day: Array,
    low: Array,
    high: Array,
    day: Array,
    since: Array,
    until: Array,
    values: Array,
    what: Array,
    column: Array,
    number: Array,
    weights: Array,
    out: Array,
) -> None:
    """What depends on the order of events, over all that hold; NaN where nothing does. Shape (n_picks, n_asked).

    Pick `p` asks `what[p]` of column `column[p]`; `number[p]` is how many events, or the row of `weights` (by days
    between two events) of its half-life.
    """
    picks = len(what)
    whole = np.zeros((picks, 2), dtype=np.int64)
    part = np.zeros((picks, 2), dtype=np.float64)
    most = 0
    for group in range(len(low)):
        most = max(most, high[group] - low[group])
    held = np.empty(most, dtype=np.int64)
    seen = np.empty((picks, most if (what == DISTINCT).any() else 0), dtype=np.int64)
    for group in range(len(low)):
        first, last = low[group], high[group]
        steady = _steady(first, last, day, since, until)
        head, count = first, 0
        for ask in range(ask_start[group], ask_start[group + 1]):
            evening = ask_day[ask]
            if not steady:
                head, count = first, 0
            while head < last and day[head] <= evening:
                if steady or since[head] <= evening < until[head]:
                    for pick in range(picks):
                        value = values[head, column[pick]]
                        kind = what[pick]
                        if kind == DECAYED_MEAN:
                            weight = 0.0
                            if count:
                                gap = min(day[head] - day[held[count - 1]], weights.shape[1] - 1)
                                weight = weights[number[pick], gap]
                                part[pick, 0] = part[pick, 0] * weight + value
                                part[pick, 1] = part[pick, 1] * weight + 1.0
                            else:
                                part[pick, 0], part[pick, 1] = value, 1.0
                        elif kind in (STREAK, LONGEST_STREAK):
                            run = whole[pick, 0] + 1 if count and value else (1 if value else 0)
                            best = whole[pick, 1] if count else 0
                            whole[pick, 0], whole[pick, 1] = run, max(best, run)
                        elif kind == NEWEST:
                            whole[pick, 0] = max(whole[pick, 0], value) if count else value
                        elif kind == OLDEST:
                            whole[pick, 0] = min(whole[pick, 0], value) if count else value
                        elif kind == DISTINCT:
                            # Values seen lie in order; a new one is nearly always the largest.
                            size = whole[pick, 1] if count else 0
                            spot = size
                            while spot > 0 and seen[pick, spot - 1] > value:
                                spot -= 1
                            if spot == 0 or seen[pick, spot - 1] != value:
                                for back in range(size, spot, -1):
                                    seen[pick, back] = seen[pick, back - 1]
                                seen[pick, spot] = value
                                size += 1
                            whole[pick, 1] = size
                    held[count] = head
                    count += 1
                head += 1
            for pick in range(picks):
                kind = what[pick]
                found = np.nan
                if count == 0:
                    if kind == DISTINCT:
                        found = 0.0
                elif kind == LAST:
                    found = values[held[count - 1], column[pick]]
                elif kind == LAST_SUM:
                    if count >= number[pick]:
                        newest = 0
                        for back in range(number[pick]):
                            newest += values[held[count - 1 - back], column[pick]]
                        found = newest
                elif kind == STREAK:
                    found = whole[pick, 0]
                elif kind in (LONGEST_STREAK, DISTINCT):
                    found = whole[pick, 1]
                elif kind == DECAYED_MEAN:
                    found = part[pick, 0] / part[pick, 1]
                else:
                    found = max(evening - whole[pick, 0], 0)
                out[pick, ask] = found


@njit(cache=True, nogil=True)
def by_bin(
    ask_start: Array,
    ask_day: Array,
    low: Array,
    high: Array,
    day: Array,
    since: Array,
    until: Array,
    bins: Array,
    size: int,
    window: int,
    what: Array,
    number: Array,
    out: Array,
) -> None:
    """Counts of events by bin, asked for a quantile (`number[p]` percent), the highest bin that holds one, or how many
    the fullest holds; NaN without events. `bins` are 0 to `size` - 1, shape (n_events,); out (n_picks, n_asked)."""
    coarse_size = (size + _STEP - 1) // _STEP
    fine = np.zeros(coarse_size * _STEP, dtype=np.int64)
    coarse = np.zeros(coarse_size, dtype=np.int64)
    for group in range(len(low)):
        first, last = low[group], high[group]
        steady = _steady(first, last, day, since, until)
        head, tail, count = first, first, 0
        fine[:] = 0
        coarse[:] = 0
        for ask in range(ask_start[group], ask_start[group + 1]):
            evening = ask_day[ask]
            begins = evening - window
            if not steady:
                head, tail, count = first, first, 0
                fine[:] = 0
                coarse[:] = 0
            while head < last and day[head] <= evening:
                if steady or (since[head] <= evening < until[head] and day[head] > begins):
                    fine[bins[head]] += 1
                    coarse[bins[head] // _STEP] += 1
                    count += 1
                head += 1
            while steady and tail < head and day[tail] <= begins:
                fine[bins[tail]] -= 1
                coarse[bins[tail] // _STEP] -= 1
                count -= 1
                tail += 1
            for pick in range(len(what)):
                if count == 0:
                    out[pick, ask] = np.nan
                elif what[pick] == PEAK:
                    fullest = 0
                    for at in range(size):
                        fullest = max(fullest, fine[at])
                    out[pick, ask] = fullest
                else:
                    # The smallest bin up to which `need` events lie; for the highest, all of them.
                    need = count if what[pick] == HIGHEST else (count * number[pick] + 99) // 100
                    below, block = 0, 0
                    while below + coarse[block] < need:
                        below += coarse[block]
                        block += 1
                    at = block * _STEP
                    while below + fine[at] < need:
                        below += fine[at]
                        at += 1
                    out[pick, ask] = at


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


@njit(cache=True, nogil=True)
def put_rows(
    columns: Array,
    which: Array,
    rows: Array,
) -> None:
    """Write columns, shape (n_columns, n), as the rows `which` of a matrix, shape (·, n_columns)."""
    for at in range(len(which)):
        row = which[at]
        for column in range(columns.shape[0]):
            rows[row, column] = columns[column, at]
