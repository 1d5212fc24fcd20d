"""Columns gathered chunk by chunk: each chunk's distinct cells at once, the distinct cells of a column at the end."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ledger.reading.sheet import Cells

_ENCODED = pa.dictionary(pa.int32(), pa.large_string())


class TextColumns:
    """Text columns that grow by chunks; what is kept of a chunk is its distinct cells and a code per record."""

    def __init__(self, width: int) -> None:
        self._chunks: list[list[Any]] = [[] for _ in range(width)]

    def add_records(self, records: Iterable[Sequence[str]]) -> None:
        """A chunk of records, each as wide as the columns.

        Raises:
            UnicodeEncodeError: a cell holds half a character, as only stated encodings can make it.
        """
        for chunks, cells in zip(self._chunks, zip(*records, strict=True), strict=True):
            chunks.append(_encoded(pa.array(cells, pa.string())))

    def add_arrays(self, arrays: Iterable[Any]) -> None:
        """A chunk of columns, as Arrow strings without nulls."""
        for chunks, array in zip(self._chunks, arrays, strict=True):
            chunks.extend(_encoded(part) for part in (array.chunks if isinstance(array, pa.ChunkedArray) else [array]))

    def cells(self) -> tuple[Cells, ...]:
        """The columns, once; the chunks are let go on the way."""
        columns = []
        for at, chunks in enumerate(self._chunks):
            columns.append(_unified(chunks))
            self._chunks[at] = []
        return tuple(columns)


def encoded_cells(column: Any, texts: Sequence[str]) -> Cells:
    """Cells of a dictionary-encoded column whose distinct values read `texts`; a null is an empty cell."""
    parts = column.chunks if isinstance(column, pa.ChunkedArray) else [column]
    empty = len(texts)
    codes = [part.indices.fill_null(empty).to_numpy(zero_copy_only=False) for part in parts]
    told = Cells.of([*texts, ""] if column.null_count else texts)
    return Cells(told.codes[_joined(codes)], told.distinct, told.numbers)


def _encoded(array: Any) -> Any:
    if isinstance(array, pa.ChunkedArray):  # more than 2 GiB of text in one chunk
        array = array.cast(pa.large_string()).combine_chunks()
    encoded = array.dictionary_encode()
    return pa.DictionaryArray.from_arrays(encoded.indices, encoded.dictionary.cast(pa.large_string()))


def _unified(chunks: list[Any]) -> Cells:
    if not chunks:
        return Cells.of(())
    column = pa.chunked_array(chunks, type=_ENCODED).unify_dictionaries()
    distinct = column.chunk(0).dictionary
    codes = _joined([chunk.indices.to_numpy() for chunk in column.chunks])
    return Cells(codes, distinct, np.zeros(len(distinct), dtype=np.bool_))


def _joined(codes: list[NDArray[Any]]) -> NDArray[np.int32]:
    return np.concatenate(codes).astype(np.int32, copy=False) if codes else np.empty(0, dtype=np.int32)
