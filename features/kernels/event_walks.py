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

_STEP = 16
"""Bins that are counted together too, so that a quantile is found in two short walks."""


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
