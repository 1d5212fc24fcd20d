"""Figures and names as a backtest says them, on its page and in the terminal; an en dash where nothing was measured."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import date

from models.contender_names import NAMES, SEGMENTS, SHORT
from training.measured import Month, Segment
from training.metrics import Interval

NONE = "–"
MINUS = "−"


def name(contender: str) -> str:
    """A contender or order in a sentence."""
    return NAMES.get(contender, contender)


def short(contender: str) -> str:
    """The same in a table or at a line."""
    return SHORT.get(contender, contender)


def segment(one: Segment) -> str:
    """A kind of rows in words."""
    return SEGMENTS.get((one.kind, one.name), f"{one.kind} {one.name}")


def decimal(value: float, places: int = 3) -> str:
    """A figure with its places.

    >>> decimal(0.8014), decimal(-0.5, 2), decimal(float("nan"))
    ('0.801', '−0.50', '–')
    """
    if math.isnan(value):
        return NONE
    text = f"{abs(value):.{places}f}"
    return f"{MINUS}{text}" if value < 0 and float(text) else text


def signed(value: float, places: int = 3) -> str:
    """A difference with its sign.

    >>> signed(0.05), signed(-0.05), signed(0.0001)
    ('+0.050', '−0.050', '0.000')
    """
    text = decimal(value, places)
    return f"+{text}" if value > 0 and float(text) else text


def between(value: Interval, places: int = 3) -> str:
    """The bounds of an interval; an en dash where they are not known.

    >>> between(Interval(0.8, 0.78, 0.82), 2)
    '0.78 to 0.82'
    """
    return NONE if math.isnan(value.low) else f"{decimal(value.low, places)} to {decimal(value.high, places)}"


def signed_between(value: Interval, places: int = 3) -> str:
    """The bounds of a difference, with their signs."""
    return NONE if math.isnan(value.low) else f"{signed(value.low, places)} to {signed(value.high, places)}"


def differs(value: Interval) -> bool:
    """Whether a difference is more than chance: its interval excludes 0."""
    return value.low > 0 or value.high < 0


def detectable(value: Interval) -> float:
    """The smallest difference that would have been found in 4 of 5 such backtests, judged by the interval's width."""
    return (value.high - value.low) / 2 / 1.96 * (1.96 + 0.84)


def day(on: date) -> str:
    """`3 March 2026`."""
    return f"{on.day} {on:%B %Y}"


def month_names(months: Sequence[Month]) -> list[str]:
    """Each fold by the month that its middle lies in; by its days where two share one."""
    middles = [month.first_day + (month.last_day - month.first_day) / 2 for month in months]
    names = [f"{middle:%B %Y}" for middle in middles]
    shared = {one for one, count in Counter(names).items() if count > 1}
    return [
        f"{day(month.first_day)} to {day(month.last_day)}" if one in shared else one
        for month, one in zip(months, names, strict=True)
    ]
