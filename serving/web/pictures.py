"""The strip of invoices paid last, as geometry: plain numbers for SVG attributes, which the templates draw.

Everything that a picture says stands in its text too. The larger pictures: `waterfall.py`, `timeline.py`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from features.spec import Unit
from features.wording import format_value
from serving.web.languages import LANGUAGE, counted, tr

STRIP_SLOTS = 12
SLOT, BAR = 7.0, 5.0
STRIP_WIDTH = STRIP_SLOTS * SLOT
LATE_HEIGHT, EARLY_HEIGHT = 22.0, 6.0
FULL_LATE, FULL_EARLY = 45, 15
"""Days at which a bar has its full height; the title still tells the true number."""

MUCH_LATE = 15

Kind = Literal["late", "slight", "on_time", "early"]


@dataclass(frozen=True)
class Bar:
    """One paid invoice: above the line late, a dot on it on time, below it early."""

    kind: Kind
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Strip:
    """The strip and its words."""

    bars: tuple[Bar, ...]
    words: str


def strip(paid_days_late: Sequence[int]) -> Strip:
    """The picture of the invoices settled last, oldest first; the newest stands at the right end."""
    paid = list(paid_days_late)[-STRIP_SLOTS:]
    bars = tuple(_bar(days, (STRIP_SLOTS - len(paid) + at) * SLOT) for at, days in enumerate(paid))
    if not paid:
        return Strip((), tr("No invoice paid yet."))
    late = sum(days > 0 for days in paid)
    told = ", ".join(days_words(days) for days in paid)
    one = "{late} of the last {count} invoice paid late. Oldest first: {told}."
    many = "{late} of the last {count} invoices paid late. Oldest first: {told}."
    return Strip(bars, counted(len(paid), one, many, late=late, told=told))


def _bar(days: int, x: float) -> Bar:
    if days > 0:
        height = max(3.0, min(days, FULL_LATE) / FULL_LATE * LATE_HEIGHT)
        return Bar("late" if days > MUCH_LATE else "slight", x, round(LATE_HEIGHT - height, 1), round(height, 1))
    if days < 0:
        return Bar("early", x, LATE_HEIGHT + 1, round(max(2.0, min(-days, FULL_EARLY) / FULL_EARLY * EARLY_HEIGHT), 1))
    return Bar("on_time", x, LATE_HEIGHT - 2, 2)


def days_words(days: int) -> str:
    """Days late in words.

    >>> days_words(1), days_words(0), days_words(-4)
    ('1 day late', 'on time', '4 days early')
    """
    return format_value(Unit.DAYS_LATE, days, LANGUAGE.get()) if days else tr("on time")
