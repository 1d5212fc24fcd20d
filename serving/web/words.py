"""Figures in the words of the page: money, chances, points, days."""

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from ledger.money import EXPONENT

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}

HIGH_RISK, MEDIUM_RISK = 0.6, 0.3
"""From here on a late risk is called high, or medium; below it is low."""

MINUS = "−"


def money(amount: dict[str, str] | None, *, exact: bool = False) -> str:
    """An amount of the API in words, in whole units unless `exact`; an en dash for none.

    >>> money({"amount": "136518.49", "currency": "EUR"}), money({"amount": "-5.50", "currency": "CHF"}, exact=True)
    ('€136,518', 'CHF −5.50')
    """
    if amount is None:
        return "–"
    value, currency = Decimal(amount["amount"]), amount["currency"]
    decimals = EXPONENT[currency] if exact else 0
    rounded = value.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_EVEN)
    sign = MINUS if rounded < 0 else ""
    text = f"{abs(rounded):,.{decimals}f}"
    symbol = SYMBOLS.get(currency)
    return f"{sign}{symbol}{text}" if symbol else f"{currency} {sign}{text}"


def percent(share: float | None) -> str:
    """A chance as whole percent; what is neither impossible nor certain is never shown as 0 or 100.

    >>> percent(0.774), percent(0.001), percent(0.9999), percent(1.0), percent(None)
    ('77%', '<1%', '>99%', '100%', '–')
    """
    if share is None:
        return "–"
    whole = round(share * 100)
    if whole == 0 and share > 0:
        return "<1%"
    return ">99%" if whole == 100 and share < 1 else f"{whole}%"


def risk_word(share: float | None) -> str:
    """High, medium or low; nothing where nothing was predicted."""
    if share is None:
        return ""
    return "High" if share >= HIGH_RISK else "Medium" if share >= MEDIUM_RISK else "Low"


def points(whole: int | None) -> str:
    """Whole probability points with their sign, as typeset; what rounds to nothing is less than one.

    >>> points(26), points(-5), points(0)
    ('+26', '−5', '<1')
    """
    if whole is None:
        return ""
    if whole == 0:
        return "<1"
    return f"{'+' if whole > 0 else MINUS}{abs(whole)}"


def whole_points(base: float | None, shares: Sequence[float | None], total: float | None) -> list[int | None]:
    """The points of each reason as whole numbers that add up as they are shown: round(base) + sum = round(total).

    Each is its share × 100 rounded down or up; the largest remainders are rounded up. None without a prediction.

    >>> whole_points(0.31, [0.254, 0.124, -0.048], 0.64)
    [25, 13, -5]
    """
    if base is None or total is None or any(share is None for share in shares):
        return [None] * len(shares)
    exact = [(share or 0.0) * 100 for share in shares]
    down = [math.floor(value) for value in exact]
    missing = round(total * 100) - round(base * 100) - sum(down)
    by_remainder = sorted(range(len(exact)), key=lambda at: (down[at] - exact[at], at))
    for at in by_remainder[: max(0, missing)]:
        down[at] += 1
    for at in by_remainder[len(down) + min(0, missing) :]:  # both ends rounded towards each other
        down[at] -= 1
    return list(down)


def day(text: str | date | None) -> str:
    """A day of the API as people write it: `3 March 2026`; nothing for none."""
    if not text:
        return ""
    on = date.fromisoformat(text) if isinstance(text, str) else text
    return f"{on.day} {on:%B %Y}"


def short_day(text: str | None) -> str:
    """A day in a table: `3 Mar 2026`."""
    if not text:
        return ""
    on = date.fromisoformat(text)
    return f"{on.day} {on:%b %Y}"


def long_day(text: str) -> str:
    """A day with its weekday: `Tuesday 3 March 2026`."""
    on = date.fromisoformat(text)
    return f"{on:%A} {day(on)}"


def instant(text: str) -> str:
    """An instant of the API in UTC: `4 March 2026, 05:10 UTC`."""
    at = datetime.fromisoformat(text)
    return f"{day(at.date())}, {at:%H:%M} UTC"


def due_words(dpd: int) -> str:
    """Where an item stands to its due day: `54 days past due`, `due today`, `due in 4 days`."""
    if dpd == 0:
        return "due today"
    unit = "day" if abs(dpd) == 1 else "days"
    return f"{dpd} {unit} past due" if dpd > 0 else f"due in {-dpd} {unit}"


def capital(text: str) -> str:
    """The text with its first letter large: a fact that opens a line."""
    return text[:1].upper() + text[1:]


FILTERS: dict[str, Any] = {
    "money": money,
    "percent": percent,
    "risk_word": risk_word,
    "points": points,
    "day": day,
    "short_day": short_day,
    "long_day": long_day,
    "instant": instant,
    "due_words": due_words,
    "capital": capital,
}
