"""From answers to values: what an item shows by itself, and the arithmetic between answers. Whole columns at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from features.facts import FloatArray, IntArray
from features.primitives import Ask, Combined, Expression, OfItem


@dataclass(frozen=True, eq=False)
class ItemRows:
    """The asked items as known on their evenings, shape (n_rows,): days, minor units, decimals of the currency."""

    day: IntArray
    issued: IntArray
    due: IntArray
    amount: IntArray
    exponent: IntArray


def evaluate(expression: Expression, rows: ItemRows, answers: Mapping[Ask, FloatArray]) -> FloatArray:
    """The value of an expression for every row; NaN where it is missing."""
    if isinstance(expression, Ask):
        return answers[expression]
    if isinstance(expression, OfItem):
        return ITEM_FACTS[expression.fact](rows)
    assert isinstance(expression, Combined)
    parts = [evaluate(part, rows, answers) for part in expression.parts]
    with np.errstate(divide="ignore", invalid="ignore"):
        return ARITHMETIC[expression.how](*parts, *expression.numbers)


def _days_to_month_end(day: IntArray) -> FloatArray:
    """0 on the last day of a month."""
    month = day.astype("datetime64[D]").astype("datetime64[M]")
    last = (month + np.timedelta64(1, "M")).astype("datetime64[D]").astype(np.int64) - 1
    return (last - day).astype(np.float64)


def _month(day: IntArray) -> FloatArray:
    """1 for January to 12 for December."""
    return (day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12 + 1).astype(np.float64)


def _weekday(day: IntArray) -> FloatArray:
    """0 for Monday to 6 for Sunday; 1970-01-01 was a Thursday."""
    return ((day + 3) % 7).astype(np.float64)


ITEM_FACTS: dict[str, Callable[[ItemRows], FloatArray]] = {
    "dpd": lambda rows: (rows.day - rows.due).astype(np.float64),
    "terms_days": lambda rows: (rows.due - rows.issued).astype(np.float64),
    "amount": lambda rows: rows.amount.astype(np.float64),
    "amount_log10": lambda rows: np.log10(rows.amount / np.power(10.0, rows.exponent)),
    "due_weekday": lambda rows: _weekday(rows.due),
    "due_days_to_month_end": lambda rows: _days_to_month_end(rows.due),
    "days_to_month_end": lambda rows: _days_to_month_end(rows.day),
    "month": lambda rows: _month(rows.day),
}
"""What an item shows on an evening. The currency, the one category, is read from the keys."""

ARITHMETIC: dict[str, Callable[..., FloatArray]] = {
    "minus": lambda left, right: left - right,
    "plus": lambda left, right: left + right,
    "ratio": lambda part, whole: np.where(whole > 0, part / whole, np.nan),
    "share": lambda part, whole: np.where(whole > 0, np.clip(part / whole, 0.0, 1.0), np.nan),
    "shrunken_share": lambda part, whole, prior, weight: np.where(
        whole > 0, (part + weight * prior) / (whole + weight), np.nan
    ),
    "when_at_least": lambda value, events, needed: np.where(events >= needed, value, np.nan),
}
