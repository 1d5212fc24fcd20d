"""Encoding: a table of features as the matrix of numbers that the trees read.

LightGBM refuses text, so categories become their place in a sorted list that is kept with the model;
a value never seen in training becomes -1, a missing one stays missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd


@dataclass(frozen=True)
class Encoding:
    """The columns of the matrix, in order, and the known categories of those that are text."""

    columns: tuple[str, ...]
    categories: Mapping[str, tuple[str, ...]]

    @classmethod
    def fit(cls, values: pd.DataFrame) -> "Encoding":
        """Learn the categories of a `FeatureTable.values` frame."""
        text = [name for name in values.columns if not pd.api.types.is_numeric_dtype(values[name])]
        known = {str(name): tuple(sorted(str(value) for value in values[name].dropna().unique())) for name in text}
        return cls(tuple(str(name) for name in values.columns), known)

    def matrix(self, values: pd.DataFrame) -> npt.NDArray[np.float32]:
        """The rows as float32, shape (n_rows, n_columns). Raises KeyError when a column is missing."""
        matrix = np.empty((len(values), len(self.columns)), dtype=np.float32)
        for at, name in enumerate(self.columns):
            column = values[name]
            matrix[:, at] = self._codes(name, column) if name in self.categories else column.to_numpy(dtype=np.float32)
        return matrix

    def _codes(self, name: str, column: "pd.Series[Any]") -> npt.NDArray[np.float32]:
        known = pd.Index(self.categories[name], dtype=object)
        codes = known.get_indexer(pd.Index(column, dtype=object)).astype(np.float32)  # -1 where it is not among them
        codes[column.isna().to_numpy()] = np.nan
        return codes

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values; `from_json` is the way back."""
        return {"columns": list(self.columns), "categories": {name: list(v) for name, v in self.categories.items()}}

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Encoding":
        return cls(tuple(found["columns"]), {name: tuple(values) for name, values in found["categories"].items()})
