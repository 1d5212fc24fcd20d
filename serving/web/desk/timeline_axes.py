"""The two axes of a payment history: days of the calendar in percent of the width, days late in pixels."""

from calendar import monthrange
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil

from serving.web.plots import Ticks
from serving.web.words import month_short

LEAST_SPAN = 182
"""Days before the evening that a picture shows at least, so that one invoice does not fill it."""

TOP, PLOT = 26.0, 128.0
"""Pixels above the plot, and of the plot."""

ALWAYS_SHOWN = 180
"""Days late that are always drawn to scale; beyond, what nine tenths of the invoices stay within."""

LINES = 6
"""The most lines across, above and below the due line together."""


@dataclass(frozen=True)
class Days:
    """From the first of a month to a little after the last thing drawn; both days are on the axis."""

    first: date
    last: date

    @classmethod
    def around(cls, as_of: date, drawn: Sequence[date], *, whole: bool) -> "Days":
        """The axis for what is drawn; unless the history is `whole`, it begins where what we have begins."""
        least = [as_of - timedelta(LEAST_SPAN)] if whole or not drawn else []
        first = min([*drawn, as_of, *least]).replace(day=1)
        last = max([*drawn, as_of])
        return cls(first, last + timedelta(max(5, (last - first).days // 30)))

    def at(self, on: date) -> float:
        """Percent of the width."""
        return round((on - self.first).days / (self.last - self.first).days * 100, 2)

    def months(self) -> Ticks:
        """The months named, January by its year; without a January the first one with its year."""
        count = (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1
        every = 1 if count <= 8 else 2 if count <= 16 else 3
        named, month = [], self.first
        while month <= self.last:
            if (month.month - 1) % every == 0:
                named.append(month)
            month += timedelta(monthrange(month.year, month.month)[1])
        with_year = [month for month in named if month.month == 1] or named[:1]
        return tuple((self.at(month), _month_name(month, with_year=month in with_year)) for month in named)


@dataclass(frozen=True)
class Height:
    """`late` days above the due line, whole steps, and `early` below it."""

    step: int
    late: int
    early: int

    @classmethod
    def over(cls, days: Sequence[int]) -> "Height":
        """The axis for these days late, negative for early."""
        late, early = reach([one for one in days if one > 0]), reach([-one for one in days if one < 0])
        step = next(step for step in _steps() if ceil(late / step) + early // step <= LINES)
        return cls(step, max(1, ceil(late / step)) * step, early)

    @property
    def due_y(self) -> float:
        """Pixels of the due line."""
        return self.at(0)

    def at(self, days: float) -> float:
        """Pixels from the top; what lies beyond the axis stands at its end."""
        inside = min(self.late, max(-self.early, days))
        return round(TOP + PLOT * (self.late - inside) / (self.late + self.early), 1)

    def holds(self, days: int) -> bool:
        """Whether the axis reaches so far."""
        return -self.early <= days <= self.late

    def levels(self) -> Ticks:
        """The lines across, from early to late."""
        days = range(-(self.early // self.step) * self.step, self.late + 1, self.step)
        return tuple((self.at(at), f"+{at}" if at > 0 else f"−{-at}" if at else "due") for at in days)


def reach(days: Sequence[int]) -> int:
    """How many days the axis has to reach: all of them to `ALWAYS_SHOWN`, beyond that nine tenths of them.

    >>> reach([]), reach([3, 90]), reach([400]), reach([*[20] * 19, 400])
    (0, 90, 400, 180)
    """
    if not days:
        return 0
    in_order = sorted(days)
    return min(in_order[-1], max(ALWAYS_SHOWN, in_order[ceil(0.9 * len(in_order)) - 1]))


def _steps() -> Iterator[int]:
    yield from (5, 10, 15, 30)
    step = 60
    while True:
        yield step
        step *= 2


def _month_name(month: date, *, with_year: bool) -> str:
    if month.month == 1:
        return str(month.year)
    name = month_short(month)
    return f"{name} ’{month:%y}" if with_year else name
