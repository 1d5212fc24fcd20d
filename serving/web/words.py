"""Figures in the words and the language of a page: money and days; what commands say too is in `serving.wording`."""

from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from markupsafe import Markup

from features.languages import ENGLISH
from features.spec import Unit
from features.wording import format_value
from ledger.money import EXPONENT
from ledger.words import percent
from serving.web.languages import LANGUAGE, speech, tr
from serving.wording import MINUS, points

NARROW = "\u00a0"
"""The blank between a number and its unit, at which no line ends."""

SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥", "INR": "₹"}

HIGH_RISK, MEDIUM_RISK = 0.6, 0.3
"""From here on a late risk is called high, or medium; below it is low."""


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
    text = speech().separated(f"{abs(rounded):,.{decimals}f}")
    symbol = SYMBOLS.get(currency)
    if LANGUAGE.get() != ENGLISH:
        return f"{sign}{text}{NARROW}{symbol or currency}"
    return f"{sign}{symbol}{text}" if symbol else f"{currency} {sign}{text}"


def share(part: float | None) -> str:
    """A share or chance as whole percent, see `ledger.words.percent`."""
    told = percent(part)
    return told if LANGUAGE.get() == ENGLISH or not told.endswith("%") else f"{told[:-1]}{NARROW}%"


def with_unit(told: str, unit: str) -> str:
    """A number with its unit behind a blank; in German at none of these ends a line."""
    return f"{told}{' ' if LANGUAGE.get() == ENGLISH else NARROW}{unit}"


def per_cent(value: float) -> str:
    """A number of percent, with one decimal: `12.3 %`."""
    return with_unit(tenths(value), "%")


def plain(value: float) -> str:
    """A number of an axis, with the decimals that it has."""
    return speech().separated(f"{value:g}")


def whole_share(part: float, whole: float) -> str:
    """A part of something in whole percent; an en dash where there is no whole."""
    return with_unit(f"{100 * part / whole:.0f}", "%") if whole else "–"


def whole_percent(whole: int) -> str:
    """A whole number of percent: `42%`."""
    return f"{whole}{'' if LANGUAGE.get() == ENGLISH else NARROW}%"


def count(number: int) -> str:
    """A whole number with its thousands."""
    return speech().separated(f"{number:,}")


def tenths(value: float) -> str:
    """A number with one decimal."""
    return decimals(value, 1)


def decimals(value: float | Decimal, places: int) -> str:
    """A number with so many decimals and its thousands."""
    return speech().separated(f"{value:,.{places}f}")


def tag(text: str, name: str) -> Markup:
    """A text in an element, to stand as a value in a sentence: `{{ _("By {name}", name=who|tag("bdi")) }}`.

    >>> str(tag("<b>", "bdi"))
    '<bdi>&lt;b&gt;</bdi>'
    """
    return Markup("<{0}>{1}</{0}>").format(name, text)


def role_name(role: str) -> str:
    """A role of a person in the language of the page."""
    return tr(role)


def risk_word(share: float | None) -> str:
    """High, medium or low; nothing where nothing was predicted."""
    if share is None:
        return ""
    return tr("High" if share >= HIGH_RISK else "Medium" if share >= MEDIUM_RISK else "Low")


def day(text: str | date | None) -> str:
    """A day of the API as people write it: `3 March 2026`; nothing for none."""
    if not text:
        return ""
    on = date.fromisoformat(text) if isinstance(text, str) else text
    if LANGUAGE.get() != ENGLISH:
        return f"{on.day}. {speech().months[on.month - 1]} {on.year}"
    return f"{on.day} {on:%B %Y}"


def short_day(text: str | date | None) -> str:
    """A day in a table: `3 Mar 2026`."""
    if not text:
        return ""
    on = date.fromisoformat(text) if isinstance(text, str) else text
    return f"{on.day} {on:%b %Y}" if LANGUAGE.get() == ENGLISH else f"{on:%d.%m.%Y}"


def day_short(on: date) -> str:
    """A day and its month in a picture: `3 Mar`."""
    return f"{on.day}{'' if LANGUAGE.get() == ENGLISH else '.'} {month_short(on)}"


def month_name(on: date) -> str:
    """The month of a day: `March`."""
    return speech().months[on.month - 1]


def month_short(on: date) -> str:
    """The month of a day in a picture: `Mar`."""
    return speech().months[on.month - 1][:3]


def weekday(text: str) -> str:
    """The weekday of a day of the API: `Tuesday`."""
    return speech().weekdays[date.fromisoformat(text).weekday()]


def instant(text: str) -> str:
    """An instant of the API in UTC: `4 March 2026, 05:10 UTC`."""
    at = datetime.fromisoformat(text)
    return f"{day(at.date())}, {at:%H:%M} UTC"


def due_words(dpd: int) -> str:
    """Where an item stands to its due day: `54 days past due`, `due today`, `due in 4 days`."""
    return format_value(Unit.DAYS_PAST_DUE, dpd, LANGUAGE.get())


def capital(text: str) -> str:
    """The text with its first letter large: a fact that opens a line."""
    return text[:1].upper() + text[1:]


def short_number(value: float) -> str:
    """A large number at a glance, three digits at most: thousands as k, millions as M.

    >>> short_number(870), short_number(112_345), short_number(4_560), short_number(2_340_000), short_number(999_700)
    ('870', '112k', '4.6k', '2.3M', '1.0M')
    """
    for size, unit in ((1e6, "M"), (1e3, "k")):
        if value >= 0.9995 * size:
            scaled = value / size
            return speech().separated(f"{scaled:.0f}" if scaled >= 99.5 else f"{scaled:.1f}") + tr(unit)
    return f"{value:.0f}"


def number(value: float) -> str:
    """A number as an attribute of a picture: at most two decimals, without needless zeros.

    >>> number(12.0), number(31.25), number(-0.001)
    ('12', '31.25', '0')
    """
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


FILTERS: dict[str, Any] = {
    "money": money,
    "percent": share,
    "whole_percent": whole_percent,
    "count": count,
    "tenths": tenths,
    "decimals": decimals,
    "plain": plain,
    "per_cent": per_cent,
    "tag": tag,
    "role_name": role_name,
    "risk_word": risk_word,
    "points": points,
    "day": day,
    "short_day": short_day,
    "weekday": weekday,
    "instant": instant,
    "due_words": due_words,
    "capital": capital,
    "number": number,
    "short_number": short_number,
}
