"""A value in the collector's words: the feature's phrase with its number, or the phrase for having none.

It states; whether that is good or bad news is told by the arrow beside it.
"""

import math
from collections.abc import Callable

from features.catalogue import CATALOGUE_BY_NAME
from features.primitives import FASTEST_DAYS, SLOWEST_DAYS
from features.spec import Feature, Unit

Value = float | str | None

_EXACT_ZERO = frozenset({Unit.SHARE, Unit.TIMES, Unit.MONEY_LOG10_PLUS_1})
"""Units of which a little is not told as nothing; of the others what rounds to 0 is."""

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def tell(feature: Feature, value: Value) -> str:
    """The fact in words; the phrase for missing when `value` is None or NaN.

    >>> tell(CATALOGUE_BY_NAME["days_late_mean_180d"], 12.2)
    'paid 12 days late on average over the last 180 days'
    >>> tell(CATALOGUE_BY_NAME["days_late_mean_180d"], float("nan"))
    'no invoice settled in the last 180 days'
    """
    window = feature.window.words if feature.window else ""
    if is_missing(value):
        return feature.phrase_when_missing.format(window=window)
    if feature.phrase_when_zero and _reads_as_zero(feature.unit, value):
        return feature.phrase_when_zero.format(window=window)
    return feature.phrase.format(value=format_value(feature.unit, value), window=window)


def speaker(name: str) -> Feature:
    """The feature that tells a column: itself, or the plain one behind a smoothed one."""
    return CATALOGUE_BY_NAME[CATALOGUE_BY_NAME[name].spoken_by or name]


def format_value(unit: Unit, value: Value) -> str:
    """A value that is there, with its unit in words.

    >>> [format_value(Unit.DAYS_LATE, days) for days in (12.0, 1.0, 0.2, -3.0)]
    ['12 days late', '1 day late', 'on the due day', '3 days early']
    >>> format_value(Unit.SHARE, 0.71), format_value(Unit.TIMES, 3.42), format_value(Unit.INVOICES, 1)
    ('71 %', '3.4 times', '1 invoice')
    """
    return str(value) if unit is Unit.CATEGORY else _FORMATS[unit](float(value or 0.0))


def is_missing(value: Value) -> bool:
    """None and NaN of any width; pandas' missing text counts too, being unequal to itself."""
    return value is None or value != value


def _reads_as_zero(unit: Unit, value: Value) -> bool:
    if isinstance(value, str) or value is None:
        return False
    return value == 0 if unit in _EXACT_ZERO else round(value) == 0


def _counted(number: float, noun: str) -> str:
    whole = round(abs(number))
    return f"{whole:,} {noun}" if whole == 1 else f"{whole:,} {noun}s"


def _days(value: float) -> str:
    return f"-{_counted(value, 'day')}" if round(value) < 0 else _counted(value, "day")


def _days_after(value: float) -> str:
    if round(value) == 0:
        return "on"
    return _counted(value, "day") + (" after" if value > 0 else " before")


def _days_late(value: float) -> str:
    if round(value) == 0:
        return "on the due day"
    return _counted(value, "day") + (" late" if value > 0 else " early")


def _days_late_held(value: float) -> str:
    if value >= SLOWEST_DAYS:
        return f"{SLOWEST_DAYS} days late or more"
    return f"{-FASTEST_DAYS} days early or more" if value <= FASTEST_DAYS else _days_late(value)


def _days_past_due(value: float) -> str:
    if round(value) == 0:
        return "due today"
    return f"{_counted(value, 'day')} past due" if value > 0 else f"due in {_counted(value, 'day')}"


def _days_shift(value: float) -> str:
    if round(value) == 0:
        return "no later"
    return _counted(value, "day") + (" later" if value > 0 else " earlier")


def _share(value: float) -> str:
    percent = round(100 * value)
    if percent == 0 and value > 0:
        return "under 1 %"
    if percent == 100 and value < 1:
        return "over 99 %"
    return f"{percent} %"


def _money(log10: float) -> str:
    return _money_amount(10.0**log10)


def _money_amount(amount: float) -> str:
    """As an amount "about" so much: four figures of it are told, for a rounded logarithm knows no more."""
    if amount >= 10_000:
        step = 10 ** (math.floor(math.log10(amount)) - 3)
        return f"{round(amount / step) * step:,}"
    return f"{amount:,.2f}" if amount < 10 else f"{amount:,.0f}"


def _times(value: float) -> str:
    if value < 0.05:
        return "under 0.1 times"
    return f"{value:,.1f} times" if value < 10 else f"{value:,.0f} times"


_FORMATS: dict[Unit, Callable[[float], str]] = {
    Unit.DAYS: _days,
    Unit.DAYS_AFTER: _days_after,
    Unit.DAYS_LATE: _days_late,
    Unit.DAYS_LATE_HELD: _days_late_held,
    Unit.DAYS_PAST_DUE: _days_past_due,
    Unit.DAYS_SHIFT: _days_shift,
    Unit.SHARE: _share,
    Unit.RATIO: _share,
    Unit.COUNT: lambda value: f"{round(value):,}",
    Unit.INVOICES: lambda value: _counted(value, "invoice"),
    Unit.TIMES: _times,
    Unit.MONEY_LOG10: _money,
    Unit.MONEY_LOG10_PLUS_1: lambda value: _money_amount(10.0**value - 1.0),
    Unit.PROMISES: lambda value: _counted(value, "promise"),
    Unit.DISPUTES: lambda value: _counted(value, "dispute"),
    Unit.TRIES: lambda value: "try" if round(value) == 1 else f"{round(value):,} tries",
    Unit.WEEKDAY: lambda value: _WEEKDAYS[round(value)],
    Unit.MONTH: lambda value: _MONTHS[round(value) - 1],
}
