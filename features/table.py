"""`FeatureTable`: rows of features, and whose they are.

The same table trains and serves. A row answers one question: what did we know about this item on that evening?
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
from pandas.api.types import is_numeric_dtype

Matrix = npt.NDArray[np.float32]
"""Numbers of features, shape (n_rows, n_numbers)."""

KEY_COLUMNS = (
    "item_id", "customer_id", "day", "issued_on", "due_on", "dpd", "amount_minor", "open_minor", "currency",
    "source_row",
)  # fmt: skip
"""Whose row it is and on which evening (`day`, whole days); amounts in minor units of `currency`, `dpd` in days.
`open_minor` is exact. All as known that evening."""


@dataclass(frozen=True, eq=False)
class FeatureTable:
    """Rows and their keys, aligned by position.

    Attributes:
        keys: the columns of `KEY_COLUMNS`, shape (n_rows, 10).
        values: one column per feature of the catalogue, in its order: float32 (NaN where the fact is missing) or
            text for categories; index 0..n-1.
        fingerprint: the catalogue that made the rows; a bundle refuses rows of another one.
    """

    keys: pd.DataFrame
    values: pd.DataFrame
    fingerprint: str

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def digest(self) -> str:
        """SHA-256 of all rows, keys and values to the bit, in their order."""
        told = hashlib.sha256(self.fingerprint.encode())
        for name, column in (*self.keys.items(), *self.values.items()):
            told.update(f"\0{name}\0".encode())
            if is_numeric_dtype(column.dtype):
                told.update(column.to_numpy().tobytes())
            else:
                told.update("\0".join(column.fillna("\1").astype(str).tolist()).encode("utf-8", "surrogatepass"))
        return told.hexdigest()

    def kept_by(self, keep: Callable[[Matrix], Matrix]) -> "FeatureTable":
        """The same rows, their numbers as `keep` gives them back: in other memory, shape (n_rows, n_numbers)."""
        numeric = [name for name, column in self.values.items() if is_numeric_dtype(column.dtype)]
        matrix = keep(self.values[numeric].to_numpy(dtype=np.float32))
        values = pd.DataFrame(matrix, columns=numeric, copy=False)
        for place, name in enumerate(self.values.columns):
            if name not in values.columns:
                values.insert(place, name, self.values[name])
        return FeatureTable(self.keys, values, self.fingerprint)

    def take(self, rows: "pd.Series[int] | list[int]") -> "FeatureTable":
        """The rows at these positions, in this order."""
        return FeatureTable(
            self.keys.iloc[rows].reset_index(drop=True), self.values.iloc[rows].reset_index(drop=True), self.fingerprint
        )
