"""The pictures of the portfolio as geometry: the aging bar, the past-due line, the weeks of cash.

As `plots.py` has it: across in percent of the width, down in pixels. What a picture shows stands in a table beside it
too.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from math import ceil, floor, log10
from typing import Any

from serving.web.plots import LEFT, RIGHT, Ticks, polyline
from serving.web.words import day as day_words
from serving.web.words import day_short, month_short, per_cent, plain, with_unit

Json = dict[str, Any]

TOP, PLOT = 14.0, 150.0
CASH_TOP, CASH_PLOT = 16.0, 268.0
"""Pixels above the plot of a picture, and of the plot."""

PAST_BARS = 8
"""Past weeks drawn beside those ahead."""


@dataclass(frozen=True)
class Slice:
    """One bucket of an aging bar, in percent of the width; its place in the buckets gives its colour."""

    place: int
    x: float
    width: float


def aging_bar(amounts: Sequence[float]) -> tuple[Slice, ...]:
    """The bar of the buckets, youngest first; a bucket without money has no slice, and no money at all no bar.

    >>> aging_bar([75.0, 0.0, 25.0])
    (Slice(place=0, x=0.0, width=75.0), Slice(place=2, x=75.0, width=25.0))
    """
    total = sum(amounts)
    if total <= 0:
        return ()
    ends = [0.0, *accumulate(amounts)]
    return tuple(
        Slice(place, round(ends[place] / total * 100, 2), round(amount / total * 100, 2))
        for place, amount in enumerate(amounts)
        if amount > 0
    )


@dataclass(frozen=True)
class Level:
    """A scale from a low to a high value over the pixels of a plot, with whole steps for its lines."""

    low: float
    high: float
    top: float
    plot: float
    step: float

    @classmethod
    def over(cls, values: Sequence[float], top: float, plot: float, *, from_zero: bool, lines: int = 4) -> "Level":
        """The scale for these values: ends on whole steps, `lines` of them at most."""
        low, high = (0.0 if from_zero else min(values, default=0.0)), max(values, default=1.0)
        step = _step((high - low) / lines or high / lines or 1.0)
        first, last = floor(low / step) * step, ceil(high / step) * step
        return cls(first, last if last > first else first + step, top, plot, step)

    def y(self, value: float) -> float:
        """Pixels from the top."""
        return round(self.top + self.plot * (self.high - value) / (self.high - self.low), 1)

    def levels(self) -> list[tuple[float, float]]:
        """The lines across: pixels from the top, and the value."""
        count = round((self.high - self.low) / self.step)
        return [(self.y(self.low + at * self.step), self.low + at * self.step) for at in range(count + 1)]


def _step(least: float) -> float:
    """The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `least`."""
    power = 10.0 ** floor(log10(least))
    return next(times * power for times in (1.0, 2.0, 2.5, 5.0, 10.0) if times * power >= least * (1 - 1e-9))


@dataclass(frozen=True)
class Trend:
    """The past-due line: its points as (x in percent, y, title), the line for a 1000 wide box, and its axes.

    Attributes:
        last, last_y: what stands beside the last point, and its pixels from the top.
    """

    points: tuple[tuple[float, float, str], ...]
    line: str
    levels: Ticks
    months: Ticks
    last: str
    last_y: float
    height: float = TOP + PLOT + 30


def trend(points: Sequence[Json]) -> Trend | None:
    """The share past due over time; None with fewer than two evenings that have one."""
    told = [
        (date.fromisoformat(one["as_of"]), one["past_due_pct"]) for one in points if one["past_due_pct"] is not None
    ]
    if len(told) < 2:
        return None
    level = Level.over([share for _, share in told], TOP, PLOT, from_zero=False)
    first, last = told[0][0], told[-1][0]

    def x(day: date) -> float:
        return round(LEFT + (RIGHT - LEFT) * (day - first).days / (last - first).days, 2)

    every = 1 if len(told) <= 7 else 2
    named = [day for day, _ in told[:-1]][::every]
    return Trend(
        points=tuple((x(day), level.y(share), f"{day_words(day)}: {per_cent(share)}") for day, share in told),
        line=polyline((x(day), level.y(share)) for day, share in told),
        levels=tuple((y, with_unit(plain(value), "%")) for y, value in level.levels()),
        months=tuple(
            (x(day), f"{month_short(day)} ’{day:%y}" if at == 0 else month_short(day)) for at, day in enumerate(named)
        ),
        last=per_cent(told[-1][1]),
        # On the side of the last point that the line does not come from.
        last_y=level.y(told[-1][1]) + (18 if told[-2][1] > told[-1][1] else -10),
    )


@dataclass(frozen=True)
class CashBar:
    """One week: its bar in percent across and pixels down, and what it says."""

    x: float
    y: float
    height: float
    kind: str
    title: str


@dataclass(frozen=True)
class CashPicture:
    """The weeks behind and ahead; `band` is a polygon for a 1000 wide box, `today` the line between them in percent."""

    bars: tuple[CashBar, ...]
    width: float
    band: str
    today: float | None
    levels: Ticks
    weeks: Ticks
    height: float = CASH_TOP + CASH_PLOT + 24


def cash_picture(forecast: Json, unit: float, words: Callable[[Json], str]) -> CashPicture | None:
    """The picture of a forecast; None where nothing came and nothing is expected.

    Args:
        unit: what the axis counts in, e.g. a million.
        words: what a week says when it is pointed at.
    """
    past, ahead = forecast["past"][-PAST_BARS:], forecast["weeks"]
    amounts = [_value(week["received"]) for week in past] + [_value(week["expected"]) for week in ahead]
    if not any(amounts):
        return None
    level = Level.over(
        [0.0, *(amount / unit for amount in amounts), *(_value(week["high"]) / unit for week in ahead)],
        CASH_TOP, CASH_PLOT, from_zero=True,
    )  # fmt: skip
    slot = (RIGHT + 3 - LEFT) / len(amounts)
    begins = [round(LEFT + slot * at, 3) for at in range(len(amounts))]
    floor_y = level.y(0.0)
    bars = []
    for at, (begin, week, amount) in enumerate(zip(begins, [*past, *ahead], amounts, strict=True)):
        y = level.y(max(0.0, amount) / unit)
        kind = "past" if at < len(past) else "ahead"
        bars.append(CashBar(round(begin + slot * 0.18, 2), y, round(floor_y - y, 1), kind, words(week)))
    middles = [begin + slot / 2 for begin in begins[len(past) :]]
    upper = [(x, level.y(_value(week["high"]) / unit)) for x, week in zip(middles, ahead, strict=True)]
    lower = [(x, level.y(_value(week["low"]) / unit)) for x, week in zip(middles, ahead, strict=True)]
    named = [0, *range(len(past), len(amounts), 4)] if past and ahead else [*range(0, len(amounts), 4)]
    days = [date.fromisoformat(week["from"]) for week in [*past, *ahead]]
    return CashPicture(
        bars=tuple(bars),
        width=round(slot * 0.64, 2),
        band=polyline([*upper, *reversed(lower)]),
        today=round(begins[len(past)], 2) if past and ahead else None,
        levels=tuple((y, plain(value)) for y, value in level.levels()),
        weeks=tuple((round(begins[at] + slot / 2, 2), day_short(days[at])) for at in dict.fromkeys(named)),
    )


def _value(money: Json) -> float:
    return float(money["amount"])
