"""Columns of money: amounts as the API says them (`MoneyOut`), and of days (`Day`)."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from ledger.money import plain_amount
from serving.published.columns import Rows, Written
from serving.published.schemas import MoneyOut

_MONEY = Rows(MoneyOut)


def moneys(minor: Sequence[int], currencies: Sequence[str]) -> Written:
    """Amounts in minor units of their currencies, exact."""
    return _MONEY.written(amount=list(map(plain_amount, minor, currencies)), currency=currencies)


def moneys_or_null(minor: Sequence[int | None], currencies: Sequence[str]) -> Written:
    """The same where some are not known."""
    known = [(amount, of) for amount, of in zip(minor, currencies, strict=True) if amount is not None]
    found = moneys([amount for amount, _ in known], [of for _, of in known])
    return found if len(known) == len(minor) else found.where([amount is not None for amount in minor])


def days(dates: Sequence[date | None]) -> list[str | None]:
    """Days as the API says them, and None for None."""
    return list(map(_day, dates))


@lru_cache(maxsize=1 << 12)
def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
