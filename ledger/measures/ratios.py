"""Ratios: exact, undefined where nothing stands below the line, rounded only to be shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

Number = int | Decimal | Fraction


def ratio(above: Number, below: Number) -> Fraction | None:
    """`above / below`, exact; None (undefined) when `below` is 0.

    >>> ratio(1, 3), ratio(1, 0)
    (Fraction(1, 3), None)
    """
    return Fraction(above) / Fraction(below) if below else None


def pct(above: Number, below: Number) -> Fraction | None:
    """`above` in percent of `below`; None when `below` is 0."""
    share = ratio(above, below)
    return None if share is None else 100 * share


def rounded(value: Fraction | None, places: int = 2) -> Decimal | None:
    """For showing: half to even, with exactly `places` decimals; None stays None.

    >>> rounded(Fraction(229, 3)), rounded(None)
    (Decimal('76.33'), None)
    """
    return None if value is None else Decimal(round(value * 10**places)).scaleb(-places)


@dataclass(frozen=True)
class Mean:
    """A mean with the count it rests on; `value` is None where the weights add up to 0, as with no items at all."""

    value: Fraction | None
    n: int


def weighted_mean(rows: Iterable[tuple[int, int]]) -> Mean:
    """The mean of (value, weight) rows. `n` counts the rows."""
    given = list(rows)
    return Mean(ratio(sum(value * weight for value, weight in given), sum(weight for _, weight in given)), len(given))
