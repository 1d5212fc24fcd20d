"""Looking ids up among ids, and adding money up by them: a million at a time, exactly.

Ids are texts in Arrow memory; they are hashed there and never become Python objects. Sums are of whole numbers.
"""

import math
from bisect import bisect_right
from collections.abc import Sequence
from operator import methodcaller
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.ordering import Ints, as_arrow, in_order

_AT_ONCE = 1 << 15
"""Ids that are hashed at a time where both sides stand in order: what a processor's cache holds."""

_COUNTED, _COUNTED_A_ROW = 1 << 24, 16
"""Values below it, and below so many for each row, are counted in place; what may be larger is sorted."""


def positions(ids: "pd.Series[Any]", among: "pd.Series[Any]") -> Ints:
    """For each of `ids` its row in `among` (the first, counted from 0), or -1 where it is not there.

    Where there are many and both sides stand in order they are looked up run by run: no table of all is made.
    """
    if not len(ids) or not len(among):
        return np.full(len(ids), -1, dtype=np.int64)
    asked, known = as_arrow(ids), as_arrow(among)
    if len(known) <= _AT_ONCE or not (in_order(asked) and in_order(known)):
        return _hashed(asked, known)
    found, low = [], 0
    for start in range(0, len(known), _AT_ONCE):
        run = known[start : start + _AT_ONCE]
        high = rows_until(asked, run[-1].as_py(), low) if start + _AT_ONCE < len(known) else len(asked)
        at = _hashed(asked[low:high], run)
        found.append(np.where(at < 0, -1, at + start))
        low = high
    return np.concatenate(found)


def _hashed(ids: pa.Array, among: pa.Array) -> Ints:
    return np.asarray(pc.fill_null(pc.index_in(ids, value_set=among), -1)).astype(np.int64)


def rows_until(ids: pa.Array, last: str, low: int = 0) -> int:
    """How many of the first ids, which ascend, are not after the last; at least `low` of them are not."""
    return bisect_right(ids, last, low, key=methodcaller("as_py"))


def summed_at(rows: Ints, amounts: Ints, length: int) -> Ints:
    """The sums of `amounts` by row, shape (length,); what stands at row -1 is left out."""
    sums = np.zeros(length, dtype=np.int64)
    there = rows >= 0
    if there.all():
        np.add.at(sums, rows, amounts)
    else:
        np.add.at(sums, rows[there], amounts[there])
    return sums


def grouped(keys: pd.DataFrame, by: Sequence[str]) -> tuple[Ints, pd.DataFrame]:
    """The group of each row, shape (n,), and the keys of the groups that occur, in order.

    Args:
        keys: the rows; text columns.
        by: the columns that make a group, the first leading in the order.
    """
    packed = np.zeros(len(keys), dtype=np.int64)
    factors = [pd.factorize(keys[name], sort=True) for name in by]
    for codes, values in factors:
        packed = packed * max(1, len(values)) + codes
    groups, row_group = _numbered(packed, math.prod(max(1, len(values)) for _, values in factors))
    found: dict[str, Any] = {}
    rest = groups
    for name, (_, values) in zip(reversed(by), reversed(factors), strict=True):
        rest, code = np.divmod(rest, max(1, len(values)))
        found[name] = pd.Series(values.take(code), dtype="str")
    return row_group, pd.DataFrame({name: found[name] for name in by})


def _numbered(values: Ints, below: int) -> tuple[Ints, Ints]:
    """The values that occur, ascending, and the place of each among them; all are from 0 to under `below`."""
    if below > min(_COUNTED, _COUNTED_A_ROW * len(values)):
        groups, place = np.unique(values, return_inverse=True)
        return groups, place.astype(np.int64)
    groups = np.flatnonzero(np.bincount(values, minlength=below))
    places = np.zeros(below, dtype=np.int64)
    places[groups] = np.arange(len(groups))
    return groups, places[values]


def whole(values: "pd.Series[Any]") -> Ints:
    """Money or days as 64-bit whole numbers; an empty column may come without a type."""
    return values.to_numpy(dtype=np.int64)
