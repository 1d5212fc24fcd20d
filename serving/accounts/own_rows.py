"""The rows of each customer in a frame in which they stand together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import pandas as pd

from ledger.ordering import text_starts

T = TypeVar("T")


def own_rows(customers: "pd.Series[str]") -> dict[str, slice]:
    """By customer the rows; `customers`: of each row, equal ones together."""
    begins = np.flatnonzero(text_starts(customers))
    ends = np.append(begins[1:], len(customers)) if len(begins) else begins
    return dict(zip(customers.take(begins).tolist(), map(slice, begins.tolist(), ends.tolist()), strict=True))


@dataclass(frozen=True, eq=False)
class Owned(Generic[T]):
    """Things of customers, each one's together; `rows`: which of them are whose."""

    things: Sequence[T]
    rows: dict[str, slice]

    def count(self, customer_id: str) -> int:
        """How many a customer has."""
        rows = self.rows.get(customer_id)
        return 0 if rows is None else int(rows.stop - rows.start)

    def last(self, customer_id: str, most: int) -> tuple[T, ...]:
        """The last of a customer, at most so many."""
        rows = self.rows.get(customer_id)
        return () if rows is None else tuple(self.things[max(rows.start, rows.stop - most) : rows.stop])
