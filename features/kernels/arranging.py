"""Compiled loops over columns: order by owner, what was newest or had added up by an evening, rows of a matrix."""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import njit

Array = npt.NDArray[Any]

_SMALL = 40
"""Rows that are sorted by insertion."""


def arranged(owner: Array, key: Array, owners: int) -> tuple[Array, Array]:
    """Where each owner's events begin, shape (owners + 1,), and the rows ordered by (owner, key), else as they are.

    `owner` counts from 0 to before `owners`; both columns hold whole numbers, shape (n,).
    """
    # Memory of numpy's comes in large pages, which cost much less to touch first; and one type for both columns, for
    # each other one would be compiled anew.
    start, order = np.zeros(owners + 1, dtype=np.int64), np.empty(len(owner), dtype=np.int32)
    place, keys = np.empty(owners, dtype=np.int64), np.empty(len(owner), dtype=np.int64)
    owner, key = np.ascontiguousarray(owner, dtype=np.int64), np.ascontiguousarray(key, dtype=np.int64)
    _arranged(owner, key, owners, start, place, order, keys)
    return start, order


@njit(cache=True, nogil=True)
def _arranged(owner: Array, key: Array, owners: int, start: Array, place: Array, order: Array, keys: Array) -> None:
    for at in range(len(owner)):
        start[owner[at] + 1] += 1
    for at in range(owners):
        start[at + 1] += start[at]
    place[:] = start[:-1]
    for at in range(len(owner)):
        spot = place[owner[at]]
        order[spot], keys[spot] = at, key[at]
        place[owner[at]] = spot + 1
    for one in range(owners):
        _sort(keys, order, start[one], start[one + 1])


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
