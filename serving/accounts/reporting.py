"""The reporting currency: what the money of one list is compared in, and the rates that lead there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd

Quote = tuple[str, int, Decimal]

NO_CURRENCY = "EUR"
"""Of a list without any item, which has no money to tell."""


@dataclass(frozen=True)
class Reporting:
    """The currency, its quotes as (currency, day, rate) rows, and what a reader must know about the choice."""

    currency: str
    quotes: tuple[Quote, ...]
    notices: tuple[str, ...]


def reporting_currency_of(wanted: str | None, currencies: Iterable[str], rates: pd.DataFrame) -> Reporting:
    """The currency of an evening's figures.

    The one that is set; else the only one there is; else the base of the ledger's rates, if they have one; else the
    currency of most open items, and a notice says that it was chosen so.

    Args:
        currencies: of each open item.
        rates: the rates of a `LedgerView` (`RATE_COLUMNS`), as known that evening.
    """
    counts = Counter(currencies)
    bases = sorted(set(rates["base"]))
    if wanted:
        return _reporting(wanted, rates)
    if len(counts) <= 1:
        return _reporting(next(iter(counts), NO_CURRENCY), rates)
    if len(bases) == 1:
        return _reporting(str(bases[0]), rates)
    most = min(counts, key=lambda currency: (-counts[currency], currency))
    return _reporting(
        most,
        rates,
        f"No reporting currency is set: money is compared in {most}, the currency of most open items. "
        "Set PAYRISK_REPORTING_CURRENCY.",
    )


def _reporting(currency: str, rates: pd.DataFrame, *notices: str) -> Reporting:
    there = rates[rates["base"] == currency]
    quotes = tuple(
        (str(row.currency), int(row.rate_on), Decimal(str(row.rate)))  # type: ignore[arg-type]
        for row in there.itertuples(index=False)
    )
    return Reporting(currency, quotes, notices)
