"""Money of many items told in one reporting currency, each item by itself.

Every amount is converted alone and rounded once, half to even, as accounting systems revalue open items. Sums in the
reporting currency are sums of such amounts: tables add up, and an aging, a customer's row and a roll-forward tie.
"""

from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ledger.money import Rates, exponent_of
from ledger.ordering import Ints

if TYPE_CHECKING:
    from ledger.view import LedgerView


def rates_of(view: "LedgerView", base: str) -> Rates:
    """The rates into `base` that the view knows; of a rate told again for its day, the one known last."""
    exponent_of(base)
    there = view.rates[view.rates["base"] == base]
    columns = (there["currency"].tolist(), there["rate_on"].tolist(), there["rate"].tolist())
    quotes = zip(*columns, strict=True)
    return Rates.of(base, ((str(currency), int(day), Decimal(str(rate))) for currency, day, rate in quotes))


def convert_each(minor: Ints, currency: str, day: int, rates: Rates) -> Ints:
    """Each amount in minor units of `rates.base` at the rate of the day, rounded half to even by itself.

    Args:
        minor: amounts in minor units of `currency`, shape (n,).
        day: the evening whose rate counts; the newest quote on or before it.

    Raises `MissingRate` when there is none, `OverflowError` when an amount leaves 64 bits.

    >>> convert_each(np.array([100, 333, -50]), "USD", 1, Rates.of("EUR", [("USD", 0, Decimal("0.9"))])).tolist()
    [90, 300, -45]
    """
    if currency == rates.base:
        return minor
    factor = rates.rate(currency, day).scaleb(exponent_of(rates.base) - exponent_of(currency))
    numerator, denominator = factor.as_integer_ratio()
    largest = int(np.abs(minor).max(initial=0))
    if largest * numerator < 2**62 and denominator < 2**62:
        return _rounded(minor * numerator, denominator)
    told = [round(Fraction(int(m) * numerator, denominator)) for m in minor]
    return np.array(told, dtype=np.int64)


def convert_rows(minor: Ints, currencies: "pd.Series[Any]", days: Ints, rates: Rates) -> Ints:
    """Amounts of several currencies and days, row by row as `convert_each` does; raises `MissingRate`."""
    told = np.zeros(len(minor), dtype=np.int64)
    codes, names = pd.factorize(currencies)
    for code, currency in enumerate(names):
        of_currency = np.flatnonzero(codes == code)
        if currency == rates.base:
            told[of_currency] = minor[of_currency]
            continue
        for day in np.unique(days[of_currency]):
            rows = of_currency[days[of_currency] == day]
            told[rows] = convert_each(minor[rows], str(currency), int(day), rates)
    return told


def _rounded(scaled: Ints, denominator: int) -> Ints:
    """`scaled / denominator` in whole numbers, halves to the even one."""
    whole, rest = np.divmod(scaled, denominator)
    up = (2 * rest > denominator) | ((2 * rest == denominator) & (whole % 2 != 0))
    rounded: Ints = whole + up
    return rounded
