"""Pictures of a backtest as geometry: plain numbers for SVG attributes; the template draws them.

Everything that a picture shows stands in a table or a sentence too.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ledger.words import percent
from training.calibration import Bin
from training.figures import decimal, short
from training.measured import MODEL, AtHorizon, Month, Score
from training.metrics import Interval

WIDTH, HEIGHT = 400.0, 240.0
LEFT, RIGHT, TOP, BOTTOM = 40.0, 12.0, 10.0, 24.0
LABEL_ROOM = 78.0
"""Kept free at the right end of a line for its name."""

LABEL_GAP = 13.0
BAR_HEIGHT, BAR_STEP, BAR_LEFT, BAR_RIGHT = 14.0, 24.0, 112.0, 44.0


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: where, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Line:
    """A line by months, in pieces where months have no figure.

    Attributes:
        kind: `model` or `other`.
        pieces: each the points of an SVG polyline.
        points: (x, y) of every month with a figure.
        label, label_y: its name and where it stands, at the right end.
    """

    kind: str
    pieces: tuple[str, ...]
    points: tuple[tuple[float, float], ...]
    label: str
    label_y: float


@dataclass(frozen=True)
class MonthChart:
    """AUC by month; `lost` are the shaded months, as (x, width)."""

    lines: tuple[Line, ...]
    lost: tuple[tuple[float, float], ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    words: str


@dataclass(frozen=True)
class Dot:
    """One bin of the calibration picture: where it lies and its interval, if known; `words` tell it."""

    x: float
    y: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class CalibrationChart:
    """Said against happened, both from 0 to 100 %."""

    dots: tuple[Dot, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    diagonal: tuple[float, float, float, float]


@dataclass(frozen=True)
class FoundBar:
    """How much one found: `low` and `high` are the ends of its interval, if known."""

    kind: str
    label: str
    y: float
    width: float
    low: float | None
    high: float | None
    text: str


@dataclass(frozen=True)
class FoundChart:
    """Bars, the longest first, and the mark of what no order at all would find."""

    bars: tuple[FoundBar, ...]
    chance: float
    height: float
    words: str


def month_chart(found: AtHorizon, names: Sequence[str]) -> MonthChart | None:
    """AUC of the model and of the best simple order by month; None where no month has one.

    Args:
        found: the question.
        names: of its months, in their order.
    """
    told = {who: [_auc_of(month, who) for month in found.months] for who in (MODEL, found.best) if who}
    values = [value for line in told.values() for value in line if not math.isnan(value)]
    if not values:
        return None
    bottom, top = min(0.5, math.floor(min(values) * 10) / 10), min(1.0, math.ceil(max(values) * 10 + 1e-9) / 10)
    top = max(top, bottom + 0.1)
    step = (WIDTH - LEFT - LABEL_ROOM) / max(1, len(found.months))
    middles = [LEFT + step * (at + 0.5) for at in range(len(found.months))]

    def height(value: float) -> float:
        return _place(value, bottom, top)

    lines = [_line(who, line, middles, [height(value) for value in line]) for who, line in told.items()]
    lost = tuple(
        (round(x - step / 2, 1), round(step, 1))
        for x, month in zip(middles, found.months, strict=True)
        if month.lost_to
    )
    ticks = [bottom + 0.1 * at for at in range(round((top - bottom) * 10) + 1)]
    shown = sorted({0, len(names) // 2, len(names) - 1})
    return MonthChart(
        lines=_apart(lines),
        lost=lost,
        x_ticks=tuple(Tick(round(middles[at], 1), _short_month(names[at])) for at in shown),
        y_ticks=tuple(Tick(height(value), decimal(value, 1)) for value in ticks),
        words="; ".join(
            f"{short(who)}: " + ", ".join(f"{name} {decimal(v, 2)}" for name, v in zip(names, line, strict=True))
            for who, line in told.items()
        ),
    )


def calibration_chart(bins: Sequence[Bin]) -> CalibrationChart:
    """The bins over the diagonal."""
    ticks = [0.0, 0.25, 0.5, 0.75, 1.0]
    dots = tuple(
        Dot(
            _across(one.said),
            _place(one.happened.value, 0, 1),
            *_bounds(one.happened, lambda value: _place(value, 0, 1)),
            f"said {percent(one.said)}, happened {percent(one.happened.value)} of {one.rows:,}",
        )
        for one in bins
    )
    return CalibrationChart(
        dots,
        tuple(Tick(_across(value), percent(value)) for value in ticks),
        tuple(Tick(_place(value, 0, 1), percent(value)) for value in ticks),
        (_across(0), _place(0, 0, 1), _across(1), _place(1, 0, 1)),
    )


def found_chart(scores: Sequence[Score], measure: str) -> FoundChart:
    """Bars of `found20` or `money_found20`, the most first; those without an answer are left out."""
    told = [(score, _interval(score, measure)) for score in scores]
    told = [(score, value) for score, value in told if not math.isnan(value.value)]
    told.sort(key=lambda one: -one[1].value)
    room = WIDTH - BAR_LEFT - BAR_RIGHT

    def length(value: float) -> float:
        return round(value * room, 1)

    bars = tuple(
        FoundBar(
            "model" if score.name == MODEL else "other",
            short(score.name),
            8 + BAR_STEP * at,
            length(value.value),
            *_bounds(value, lambda bound: BAR_LEFT + length(bound)),
            percent(value.value),
        )
        for at, (score, value) in enumerate(told)
    )
    words = ", ".join(f"{bar.label} {bar.text}" for bar in bars)
    return FoundChart(bars, BAR_LEFT + length(0.2), 8 + BAR_STEP * len(bars) + 16, words)


def _interval(score: Score, measure: str) -> Interval:
    found: Interval = getattr(score, measure)
    return found


def _auc_of(month: Month, who: str) -> float:
    score = month.score(who)
    return score.auc.value if score else math.nan


def _place(value: float, bottom: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (value - bottom) / (top - bottom) * (HEIGHT - TOP - BOTTOM), 1)


def _across(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _line(who: str, values: Sequence[float], across: Sequence[float], heights: Sequence[float]) -> Line:
    pieces: list[list[str]] = []
    open_piece: list[str] = []
    points: list[tuple[float, float]] = []
    for value, x, y in zip(values, across, heights, strict=True):
        if math.isnan(value):
            pieces.append(open_piece)
            open_piece = []
        else:
            open_piece.append(f"{round(x, 1)},{y}")
            points.append((round(x, 1), y))
    pieces.append(open_piece)
    kind = "model" if who == MODEL else "other"
    drawn = tuple(" ".join(piece) for piece in pieces if piece)
    return Line(kind, drawn, tuple(points), short(who), points[-1][1] if points else HEIGHT / 2)


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """The lines with their names moved apart where they would touch."""
    if len(lines) < 2:
        return tuple(lines)
    upper, lower = sorted(lines, key=lambda line: line.label_y)
    near = max(0.0, LABEL_GAP - (lower.label_y - upper.label_y)) / 2
    return replace(upper, label_y=upper.label_y - near), replace(lower, label_y=lower.label_y + near)


def _short_month(name: str) -> str:
    """`January 2025` as `Jan 25`; a span of days by its first day."""
    first = name.split(" to ")[0].split()
    return f"{first[-2][:3]} {first[-1][-2:]}"


def _bounds(value: Interval, at: Callable[[float], float]) -> tuple[float | None, float | None]:
    return (None, None) if math.isnan(value.low) else (at(value.low), at(value.high))
