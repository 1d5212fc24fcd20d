"""From answers to values: what an item shows by itself, and the arithmetic between answers. Whole columns at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from features.facts import Codes, Days, Facts, FloatArray, IntArray, Ints
from features.primitives import Ask, Combined, Expression, OfItem
from features.working_days import days_to_working_day


@dataclass(frozen=True, eq=False)
class ItemRows:
    """The asked items as known on their evenings.

    Attributes:
        revision, item, day: row of the revision that counts, code of the item, whole days; each shape (n_rows,).
        open: the open amount, minor units.
    """

    facts: Facts
    revision: Codes
    item: Codes
    day: Days
    open: IntArray

    @property
    def issued(self) -> IntArray:
        """The day of the document."""
        return self.facts.revisions.issued[self.revision].astype(np.int64)

    @cached_property
    def due(self) -> IntArray:
        """The due day."""
        return self.facts.revisions.due[self.revision].astype(np.int64)

    @cached_property
    def amount(self) -> IntArray:
        """The original amount, minor units."""
        return self.facts.revisions.amount[self.revision]

    @cached_property
    def currency(self) -> IntArray:
        """The code of the currency."""
        return self.facts.revisions.currency[self.revision].astype(np.int64)

    @cached_property
    def exponent(self) -> FloatArray:
        """Decimals of the currency."""
        return self.facts.exponents[self.currency].astype(np.float64)

    @cached_property
    def about_customer(self) -> IntArray:
        """Row of what was known about the customer, -1 for nothing."""
        return self.facts.customer_at(self.facts.revisions.customer[self.revision].astype(np.int64), self.day)

    @cached_property
    def country(self) -> IntArray:
        """The code of the customer's country, -1 unknown."""
        if not len(self.facts.customers):
            return np.full(len(self.day), -1, dtype=np.int64)
        return np.where(self.about_customer >= 0, self.facts.customers.country[self.about_customer], -1)

    @property
    def credit_limit(self) -> FloatArray:
        """The customer's credit limit in the item's currency, minor units; missing where none is known in it."""
        about = self.facts.customers
        if not len(about):
            return np.full(len(self.day), np.nan)
        limit, row = about.credit_limit[self.about_customer], self.about_customer
        stated = (row >= 0) & (limit >= 0) & (about.limit_currency[row] == self.currency)
        return np.where(stated, limit, np.nan)


class Values:
    """The values of expressions for the rows of a block, each worked out once.

    Args:
        rows: the items asked about.
        answers: for each distinct customer, currency and evening.
        place: which of those each row is about, shape (n_rows,).
    """

    def __init__(self, rows: ItemRows, answers: Mapping[Ask, FloatArray], place: Ints) -> None:
        self.rows, self.place = rows, place
        count = len(next(iter(answers.values()))) if answers else 0
        self._one_each = len(place) == count  # every account is asked about once: places are 0, 1, 2, …
        self._of_account: dict[Expression, FloatArray] = {ask: answer for ask, answer in answers.items()}  # noqa: C416
        self._of_row: dict[Expression, FloatArray] = {}

    def of(self, expression: Expression) -> FloatArray:
        """The value for every row; NaN where it is missing."""
        if expression not in self._of_row:
            if isinstance(expression, OfItem):
                found = ITEM_FACTS[expression.fact](self.rows)
            elif expression.of_the_item:
                found = _combined(expression, self.of)
            else:
                found = self._account(expression)
                found = found if self._one_each else found[self.place]
            self._of_row[expression] = found
        return self._of_row[expression]

    def _account(self, expression: Expression) -> FloatArray:
        if expression not in self._of_account:
            self._of_account[expression] = _combined(expression, self._account)
        return self._of_account[expression]


def _combined(expression: Expression, value: Callable[[Expression], FloatArray]) -> FloatArray:
    assert isinstance(expression, Combined), expression
    with np.errstate(divide="ignore", invalid="ignore"):
        return ARITHMETIC[expression.how](*(value(part) for part in expression.parts), *expression.numbers)


def sample_std(n: FloatArray, total: FloatArray, squares: FloatArray) -> FloatArray:
    """The sample standard deviation from a count, a sum and a sum of squares (all whole); NaN below two."""
    enough = np.where(n >= 2, n, np.nan)
    spread: FloatArray = np.sqrt(np.maximum(enough * squares - total * total, 0.0) / (enough * (enough - 1.0)))
    return spread


def _days_to_month_end(day: Ints, months: int = 1) -> FloatArray:
    """0 on the last day of a month, or of a run of so many months that begins in January."""
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    after = month + (months - month.astype(np.int64) % months)
    return (after.astype("datetime64[D]").astype(np.int64) - 1 - day).astype(np.float64)


def _month(day: Ints) -> FloatArray:
    """1 for January to 12 for December."""
    return (day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(np.float64)


def _weekday(day: Ints) -> FloatArray:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return ((day + 3) % 7).astype(np.float64)


ITEM_FACTS: dict[str, Callable[[ItemRows], FloatArray]] = {
    "dpd": lambda rows: (rows.day - rows.due).astype(np.float64),
    "terms_days": lambda rows: (rows.due - rows.issued).astype(np.float64),
    "amount": lambda rows: rows.amount.astype(np.float64),
    "open": lambda rows: rows.open.astype(np.float64),
    "paid": lambda rows: np.maximum(rows.amount - rows.open, 0).astype(np.float64),
    "disputed": lambda rows: np.minimum(rows.facts.disputed_at(rows.item, rows.day), rows.open).astype(np.float64),
    "amount_log10": lambda rows: np.log10(rows.amount / np.power(10.0, rows.exponent)),
    "exponent": lambda rows: rows.exponent,
    "credit_limit": lambda rows: rows.credit_limit,
    "due_weekday": lambda rows: _weekday(rows.due),
    "due_days_to_month_end": lambda rows: _days_to_month_end(rows.due),
    "due_days_to_quarter_end": lambda rows: _days_to_month_end(rows.due, months=3),
    "due_days_to_working_day": lambda rows: days_to_working_day(rows.facts.countries, rows.country, rows.due),
    "days_to_month_end": lambda rows: _days_to_month_end(rows.day),
    "month": lambda rows: _month(rows.day),
}
"""What an item shows on an evening. The currency, the one category, is read from the keys."""

ARITHMETIC: dict[str, Callable[..., FloatArray]] = {
    "minus": lambda left, right: left - right,
    "plus": lambda left, right: left + right,
    "times": lambda value, number: value * number,
    "not_below_zero": lambda value: np.maximum(value, 0.0),
    "shifted": lambda value, number: value + number,
    "ratio": lambda part, whole: np.where(whole > 0, part / whole, np.nan),
    "share": lambda part, whole: np.where(whole > 0, np.clip(part / whole, 0.0, 1.0), np.nan),
    "shrunken": lambda part, whole, prior, weight: np.where(
        whole > 0, (part + weight * prior) / (whole + weight), np.nan
    ),
    "std": sample_std,
    "when_at_least": lambda value, events, needed: np.where(events >= needed, value, np.nan),
    "log10_money": lambda minor, exponent: np.log10(1.0 + minor / np.power(10.0, exponent)),
}
