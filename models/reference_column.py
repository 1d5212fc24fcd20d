"""How the values of one column lay: counts in some ten bins, and how far they usually move from month to month."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

BINS = 10
"""Bins that the middle of a number's range is cut into; a value of a tenth of the rows gets a bin of its own."""

QUARTER = 13
"""Evenings, the newest ones, whose rows the shares are of: a quarter of a year, with every phase of a month."""

MONTH, AHEAD = 4, 6
"""Replayed is the month (4 evenings) that ends 6 evenings after the quarter: as far as a model is from its training."""

LEAST_REPLAYS = 3
"""With fewer replayed months (some 23 evenings in all) nobody knows what is usual."""

RARE = 0.01
"""Categories of a smaller share are counted together."""


@dataclass(frozen=True)
class Column:
    """How the values of one feature lay.

    Attributes:
        cuts: of a number, the upper ends of its bins, rising, the end itself within. The first bin is below all that
            was seen in the year before training and the last above it. Empty for text.
        categories: of text, the frequent values, each a bin; then come the rare ones together, and those never seen.
        rare: the rare values.
        counts: rows of the last quarter in each bin; the last bin holds the missing.
        usual: the largest index between a replayed month and the quarter before it, at least 0; None for a history
            too short to tell.
        commonest: the largest share that one value had among the rows with a value, in [0, 1].
        is_text: whether the values are categories instead of numbers.
        of_the_evening: whether all items of an evening have one value (the month, the portfolio's late share): then a
            few evenings have a few values, and an index of them says nothing.
    """

    cuts: tuple[float, ...]
    categories: tuple[str, ...]
    rare: tuple[str, ...]
    counts: tuple[int, ...]
    usual: float | None
    commonest: float
    is_text: bool
    of_the_evening: bool

    def counted(self, values: "pd.Series[Any]") -> Ints:
        """How many of these rows fall into each bin."""
        return np.bincount(self._bins(values), minlength=len(self.counts))

    def missing(self) -> float:
        """The share of rows without a value; 0 without rows."""
        return self.counts[-1] / max(1, sum(self.counts))

    def strange(self, values: "pd.Series[Any]") -> float:
        """Of the rows with a value the share that lies where none lay in the year before training; 0 without any.

        Of a feature of the evening, further away than three times its range: each evening is a new value.
        """
        if self.is_text:
            held = self.counted(values)[:-1]
            return float(held[-1] / max(1, held.sum()))
        number = values.to_numpy(dtype=np.float64)
        number = number[~np.isnan(number)]
        if not len(number) or not self.cuts:
            return 0.0 if not len(number) else 1.0
        low, high = self.cuts[0], self.cuts[-1]
        margin = 3 * (high - low) if self.of_the_evening else 0.0
        return float(((number <= low - margin) | (number > high + margin)).mean())

    def _bins(self, values: "pd.Series[Any]") -> Ints:
        if not self.is_text:
            number = values.to_numpy(dtype=np.float32)
            at = np.searchsorted(np.array(self.cuts, dtype=np.float32), number, side="left")
            return np.where(np.isnan(number), len(self.counts) - 1, at).astype(np.int64)
        place = {value: at for at, value in enumerate(self.categories)}
        place |= dict.fromkeys(self.rare, len(self.categories))
        unseen, missing = len(self.categories) + 1, len(self.categories) + 2
        said = values.astype(object).where(values.notna(), None)
        return np.array([missing if v is None else place.get(str(v), unseen) for v in said], dtype=np.int64)


def psi(then: npt.ArrayLike, now: npt.ArrayLike) -> float:
    """Population stability index of two counts over the same bins: sum of (p - q) x log(p / q), at least 0.

    Half a row is added to each bin, so that an empty one is finite.

    >>> psi([50, 50], [50, 50]), round(psi([9999, 9999], [13332, 6666]), 3)  # (2/3 - 1/2) x log 2
    (0.0, 0.116)
    """
    a, b = np.asarray(then, dtype=np.float64) + 0.5, np.asarray(now, dtype=np.float64) + 0.5
    p, q = a / a.sum(), b / b.sum()
    index: float = ((p - q) * np.log(p / q)).sum()
    return float(index)


def column_of(values: "pd.Series[Any]", evening: Ints, recent: Bools) -> Column:
    """From all rows of some weekly evenings.

    Args:
        values: shape (n_rows,); numbers or text.
        evening: place of each row's evening among the evenings, from 0, the newest last, shape (n_rows,).
        recent: whether the evening is one of the last `QUARTER`, shape (n_rows,).
    """
    numeric = pd.api.types.is_numeric_dtype(values)
    cuts = cuts_of(values.to_numpy(dtype=np.float32)) if numeric else ()
    categories, rare = ((), ()) if numeric else _categories(values)
    bins = len(cuts) + 2 if numeric else len(categories) + 3
    empty = Column(cuts, categories, rare, (0,) * bins, None, 0.0, is_text=not numeric, of_the_evening=False)
    places = empty._bins(values)
    by_evening = np.bincount(evening * bins + places, minlength=(int(evening.max()) + 1) * bins).reshape(-1, bins)
    return Column(
        cuts=cuts,
        categories=categories,
        rare=rare,
        counts=tuple(int(count) for count in by_evening[-QUARTER:].sum(axis=0)),
        usual=_usual(by_evening),
        commonest=commonest_share(values[recent]),
        is_text=not numeric,
        of_the_evening=numeric and _is_of_the_evening(values, evening),
    )


def cuts_of(values: npt.NDArray[np.float32]) -> tuple[float, ...]:
    """Upper ends of bins of about equally many rows, a frequent value alone, and all that was seen between two ends.

    >>> cuts_of(np.arange(1, 101, dtype=np.float32))[1:]
    (10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0, 90.0, 100.0)
    """
    there = values[~np.isnan(values)]
    if not len(there):
        return ()
    distinct, count = np.unique(there, return_counts=True)
    below = np.cumsum(count)
    quantiles = distinct[np.searchsorted(below, np.arange(1, BINS) * len(there) / BINS)]
    frequent = distinct[count * BINS >= len(there)]
    just_below = np.nextafter(np.append(frequent, distinct[0]), np.float32(-np.inf))
    return tuple(float(cut) for cut in np.unique(np.concatenate([just_below, frequent, quantiles, distinct[-1:]])))


def _categories(values: "pd.Series[Any]") -> tuple[tuple[str, ...], tuple[str, ...]]:
    shares = values.dropna().astype(str).value_counts(normalize=True)
    frequent = tuple(sorted(str(name) for name in shares.index[shares >= RARE]))
    return frequent, tuple(sorted(str(name) for name in shares.index[shares < RARE]))


def _usual(by_evening: Ints) -> float | None:
    """The largest index of a replayed month against the quarter before it; None without enough of them."""
    ends = range(QUARTER, len(by_evening) - AHEAD + 1, 2)
    replayed: list[float] = [
        psi(by_evening[end - QUARTER : end].sum(axis=0), by_evening[end + AHEAD - MONTH : end + AHEAD].sum(axis=0))
        for end in ends
    ]
    return max(replayed) if len(replayed) >= LEAST_REPLAYS else None


def commonest_share(values: "pd.Series[Any]") -> float:
    """The largest share that one value has among the rows with a value; 0 without any."""
    there = values.dropna()
    return float(there.value_counts(sort=False).max() / len(there)) if len(there) else 0.0


def _is_of_the_evening(values: "pd.Series[Any]", evening: Ints) -> bool:
    """One value on each evening that has any, but not always the same; told apart only where evenings have rows."""
    if len(values) < 5 * (int(evening.max()) + 1):
        return False
    grouped = values.groupby(evening)
    low, high = grouped.min(), grouped.max()
    return bool((low.isna() | (low == high)).all() and low.nunique() > 1)
