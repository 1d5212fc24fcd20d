"""Columns of the ledger as Arrow has them: days, exact amounts, texts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ledger.days import NEVER
from ledger.money import exponent_of
from ledger.ordering import Flags, Ints
from serving.star_schema.tables import StarTable
from serving.tabular.parquet_file import ARROW, schema_of

_FACTOR = pa.decimal128(5, 4)


def texts(values: "pd.Series[Any] | Sequence[str] | np.ndarray[Any, Any]") -> pa.Array:
    """Texts; '' stays ''."""
    return pa.array(np.asarray(values, dtype=object), pa.string())


def days(values: Ints) -> pa.Array:
    """Whole days as dates; `NEVER` as nothing."""
    never = values >= NEVER
    return pa.array(np.where(never, 0, values).astype(np.int32), pa.int32(), mask=never).cast(pa.date32())


def amounts(minor: Ints, currencies: Sequence[str], *, unknown: Flags | None = None) -> pa.Array:
    """Minor units as exact decimals, each in its currency; nothing where `unknown`."""
    names, codes = np.unique(np.asarray(currencies, dtype=str), return_inverse=True)
    factors = pa.array([Decimal(1).scaleb(-exponent_of(str(name))) if name else Decimal(0) for name in names], _FACTOR)
    whole = pa.array(minor, pa.int64()).cast(pa.decimal128(19, 0))
    exact = pc.multiply(whole, factors.take(pa.array(codes))).cast(ARROW["amount"])
    return exact if unknown is None else pc.if_else(pa.array(unknown), pa.scalar(None, ARROW["amount"]), exact)


def whole_numbers(values: Ints, *, unknown: Flags | None = None) -> pa.Array:
    """Whole numbers; nothing where `unknown`."""
    return pa.array(values, pa.int64(), mask=unknown)


def arrow_of(table: StarTable, columns: dict[str, pa.Array]) -> pa.Table:
    """The table with exactly its declared columns."""
    arrays = [columns[column.name].cast(ARROW[column.kind]) for column in table.columns]
    return pa.Table.from_arrays(arrays, schema=schema_of(table.columns))
