"""Texts as ordered whole numbers, so that a million ids sort and group at the speed of integers."""

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Texts: TypeAlias = "pd.Series[str] | pd.Index[str] | pd.Index[Any]"


def codes_of(texts: "pd.Series[str]") -> Ints:
    """Equal texts get equal numbers, and the numbers are in the order of the texts (by code point); shape (n,).

    >>> codes_of(pd.Series(["b", "a", "b"], dtype="str"))
    array([1, 0, 1])
    """
    array = as_arrow(texts)
    if len(array) > 1 and in_order(array):
        return np.cumsum(text_starts(array)) - 1
    encoded = array.dictionary_encode()
    order = pc.sort_indices(encoded.dictionary).to_numpy(zero_copy_only=False)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    codes: Ints = rank[encoded.indices.to_numpy(zero_copy_only=False)]
    return codes


def numbers_of(column: "pd.Series[Any]") -> Ints:
    """Equal values get equal numbers, in no promised order; shape (n,).

    >>> numbers_of(pd.Series(["b", "a", "b"], dtype="str"))
    array([0, 1, 0])
    """
    if not pd.api.types.is_string_dtype(column.dtype):
        return column.to_numpy(dtype=np.int64)
    numbers: Ints = as_arrow(column).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def as_arrow(texts: Texts) -> pa.Array:
    """The texts as one Arrow array."""
    array = pa.array(texts, type=pa.large_string())
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def in_order(texts: pa.Array) -> bool:
    """Whether no text is before the one that it follows."""
    return bool(pc.all(pc.less_equal(texts[:-1], texts[1:])).as_py()) if len(texts) > 1 else True


def as_numbers(column: "pd.Series[Any]") -> Ints:
    """A column of texts or whole numbers as numbers in the same order, shape (n,)."""
    if pd.api.types.is_string_dtype(column.dtype):
        return codes_of(column)
    return column.to_numpy(dtype=np.int64)


def joined(columns: Sequence[Ints]) -> Ints:
    """One number for each combination, in the order of the columns; all of shape (n,).

    >>> joined([np.array([1, 0, 1]), np.array([5, 9, 5])])
    array([5, 4, 5])
    """
    key = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        part = column - column.min() if len(column) else column
        key = key * (int(part.max(initial=0)) + 1) + part
    return key


def are_in(texts: Texts, among: Texts) -> Flags:
    """Which texts are among the others, shape (n,)."""
    if not len(texts) or not len(among):
        return np.zeros(len(texts), dtype=np.bool_)
    found = pc.is_in(as_arrow(texts), value_set=as_arrow(among))
    return np.asarray(found.to_numpy(zero_copy_only=False), dtype=np.bool_)


def sorted_by(frame: pd.DataFrame, *keys: Ints) -> tuple[pd.DataFrame, Ints]:
    """The frame in the order of `keys`, the first one leading, and that order; a frame in order stays as it is."""
    if _ascend(keys):
        return frame.reset_index(drop=True), np.arange(len(frame))
    order = np.lexsort(keys[::-1])
    return frame.take(order).reset_index(drop=True), order


def _ascend(keys: Sequence[Ints]) -> bool:
    """Whether rows are in the order of their keys, the first one leading."""
    equal = np.ones(max(len(keys[0]) - 1, 0), dtype=np.bool_)
    for key in keys:
        if (equal & (key[:-1] > key[1:])).any():
            return False
        equal &= key[:-1] == key[1:]
    return True


def text_starts(texts: "pd.Series[str] | pa.Array") -> Flags:
    """Where a run of equal texts begins, shape (n,)."""
    array = texts if isinstance(texts, pa.Array) else as_arrow(texts)
    begins = np.ones(len(array), dtype=np.bool_)
    if len(array) > 1:
        begins[1:] = pc.not_equal(array[1:], array[:-1]).to_numpy(zero_copy_only=False)
    return begins


def starts(codes: Ints) -> Flags:
    """Where a run of equal codes begins, shape (n,)."""
    begins = np.ones(len(codes), dtype=np.bool_)
    begins[1:] = codes[1:] != codes[:-1]
    return begins


def carried(column: "pd.Series[Any]", begins: Flags, blank: str | int) -> "pd.Series[Any]":
    """Each value, or where it is blank the one that was stated last in its run; blank where none was.

    >>> carried(pd.Series([-1, 5, -1, -1]), np.array([True, False, False, True]), -1).tolist()
    [-1, 5, 5, -1]
    """
    states = begins | (column != blank).to_numpy(dtype=np.bool_)
    if states.all():
        return column
    at = np.maximum.accumulate(np.where(states, np.arange(len(states)), 0))
    return column.iloc[at].set_axis(column.index)


def changes(frame: pd.DataFrame, begins: Flags, columns: list[str]) -> Flags:
    """The rows that begin a run, or say something else in one of the columns than the row before, shape (n,)."""
    again = np.flatnonzero(~begins)
    changed = np.zeros(len(again), dtype=np.bool_)
    for name in columns:
        values = frame[name]
        changed |= (values.iloc[again].array != values.iloc[again - 1].array).astype(np.bool_)
    news = begins.copy()
    news[again] = changed
    return news
