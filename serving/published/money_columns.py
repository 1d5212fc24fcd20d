"""Columns of money: amounts as the API says them (`MoneyOut`), and of days (`Day`)."""

from collections.abc import Sequence
from datetime import date
from itertools import compress

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ledger.money import exponent_of, plain_amount
from ledger.ordering import Ints
from serving.published.columns import Few, Rows, Texts, Written, few, joined, objects_of
from serving.published.schemas import MoneyOut

_CURRENCY = Rows(MoneyOut, only=("currency",))


def moneys(minor: Sequence[int], currencies: Sequence[str]) -> Written:
    """Amounts in minor units of their currencies, exact."""
    told = _CURRENCY.members(currency=few(currencies))
    return objects_of(MoneyOut, joined('"amount":"', plain_amounts(minor, currencies), '",', told))


def plain_amounts(minor: Sequence[int], currencies: Sequence[str]) -> Texts:
    """What `ledger.money.plain_amount` says of each; at once where all currencies have as many decimals."""
    exponents = set(map(exponent_of, set(currencies)))
    if len(exponents) != 1:
        return pa.array(list(map(plain_amount, minor, currencies)), pa.binary())
    amounts, (exponent,) = np.array(minor, dtype=np.int64), exponents
    whole, parts = np.divmod(np.abs(amounts), 10**exponent)
    sign = pc.if_else(pa.array(amounts < 0), b"-", b"")
    decimals = (".", _digits(parts, exponent)) if exponent else ()
    return joined(sign, _digits(whole), *decimals)


def _digits(numbers: Ints, least: int = 1) -> Texts:
    """Whole numbers of at least so many digits."""
    return pc.ascii_lpad(pa.array(numbers).cast(pa.string()), least, "0").cast(pa.binary())


def moneys_or_null(minor: Sequence[int | None], currencies: Sequence[str]) -> Written:
    """The same where some are not known."""
    known = [amount for amount in minor if amount is not None]
    if len(known) == len(minor):
        return moneys(known, currencies)
    there = [amount is not None for amount in minor]
    return moneys(known, list(compress(currencies, there))).where(there)


def days(dates: Sequence[date | None]) -> Few:
    """Days as the API says them, and null for None."""
    return Few.of(dates, lambda day: None if day is None else day.isoformat())
