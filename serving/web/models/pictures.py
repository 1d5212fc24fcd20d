"""The pictures of a backtest as geometry: late money found as a list is worked down, and whether 70 % means 70 %.

As `plots.py` has it: across in percent of the width, down in pixels. What a picture shows stands in a table too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from models.contender_names import SHORT
from serving.web.languages import tr
from serving.web.models.words import percent
from serving.web.plots import LEFT, RIGHT, Ticks, polyline
from serving.web.words import count

Json = dict[str, Any]

TOP, PLOT = 12.0, 228.0
HEIGHT = TOP + PLOT + 26

FIFTH = 0.2
"""The part of the list at which each line is told in figures."""

TABLE = (0.05, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0)
"""The parts of the list that the table tells."""

LABEL_AT: Mapping[str, float] = {"shown": 0.45, "champion": 0.72, "rule": 0.46, "other_rule": 0.6}
"""Where along the list the name of each line stands, so that names of lines that run together do not."""

Kind = Literal["shown", "champion", "rule", "other_rule"]


@dataclass(frozen=True)
class CaptureLine:
    """One line: a polyline for a 1000 wide box, its name where it stands, and its figures.

    Attributes:
        x, y: of the name, in percent and pixels.
        fifth, fifth_y: what it finds in the first fifth, as text, and its pixels from the top.
        table: shares in the first `TABLE` parts of the list.
    """

    kind: Kind
    points: str
    name: str
    x: float
    y: float
    fifth: str
    fifth_y: float
    table: tuple[str, ...]


@dataclass(frozen=True)
class CapturePicture:
    """Late money found: `reach` is the part of the list that the team can work, in percent of the width."""

    lines: tuple[CaptureLine, ...]
    reach: float | None
    fifth_x: float
    x_ticks: Ticks
    y_ticks: Ticks
    parts: tuple[str, ...] = tuple(percent(part) for part in TABLE)
    height: float = HEIGHT


@dataclass(frozen=True)
class Bin:
    """Rows of about one chance: where its point lies, the ends of its interval, and what it says."""

    x: float
    y: float
    low: float | None
    high: float | None
    words: str


@dataclass(frozen=True)
class ReliabilityPicture:
    """Said against happened; `diagonal` is a line for a 1000 wide box."""

    bins: tuple[Bin, ...]
    diagonal: str
    x_ticks: Ticks
    y_ticks: Ticks
    height: float = HEIGHT


def capture_picture(curves: Sequence[tuple[Kind, str, Sequence[float]]], reach: float | None) -> CapturePicture | None:
    """The picture of some capture curves; None where none is known.

    Args:
        curves: kind, name and shares at equal steps of the list of each, the one that is shown first.
        reach: share of the list that the team can work.
    """
    lines = tuple(_line(kind, name, tuple(found)) for kind, name, found in curves if found)
    if not lines:
        return None
    return CapturePicture(
        lines=_apart(lines),
        reach=None if reach is None else _x(reach),
        fifth_x=_x(FIFTH),
        x_ticks=tuple((_x(at / 5), f"{at * 20} %") for at in range(6)),
        y_ticks=_y_ticks(),
    )


def reliability_picture(bins: Sequence[Json]) -> ReliabilityPicture | None:
    """The picture of the bins of a calibration; None without any."""
    if not bins:
        return None
    return ReliabilityPicture(
        bins=tuple(_bin(one) for one in bins),
        diagonal=polyline([(_x(0), _y(0)), (_x(1), _y(1))]),
        x_ticks=tuple((_x(at / 4), f"{at * 25} %") for at in range(5)),
        y_ticks=_y_ticks(),
    )


def _line(kind: Kind, name: str, found: tuple[float, ...]) -> CaptureLine:
    steps = len(found) - 1
    named_at = LABEL_AT[kind]
    above = kind in ("shown", "champion")
    value = share_at(found, named_at)
    return CaptureLine(
        kind=kind,
        points=polyline((_x(at / steps), _y(share)) for at, share in enumerate(found)),
        name=tr(SHORT[name]) if name in SHORT else name,
        x=_x(named_at),
        y=_y(value) + (-9 if above else 18),
        fifth=percent(share_at(found, FIFTH)),
        fifth_y=_y(share_at(found, FIFTH)),
        table=tuple(percent(share_at(found, part)) for part in TABLE),
    )


def _apart(lines: tuple[CaptureLine, ...]) -> tuple[CaptureLine, ...]:
    """Where two lines run together in the first fifth only the upper one says its figure there."""
    told: list[CaptureLine] = []
    for line in lines:
        close = any(abs(line.fifth_y - other.fifth_y) < 15 for other in told if other.fifth)
        told.append(replace(line, fifth="") if close else line)
    return tuple(told)


def share_at(found: Sequence[float], part: float) -> float:
    """The share found in the first `part` of the list, between two known steps in a straight line."""
    place = part * (len(found) - 1)
    at = min(int(place), len(found) - 2)
    return found[at] + (found[at + 1] - found[at]) * (place - at)


def _bin(one: Json) -> Bin:
    happened = one["happened"]
    low, high = happened["low"], happened["high"]
    between = "" if low is None else f" ({tr('{first} to {last}', first=percent(low), last=percent(high))})"
    return Bin(
        x=_x(one["said"]),
        y=_y(happened["value"]),
        low=None if low is None else _y(low),
        high=None if high is None else _y(high),
        words=tr(
            "said {said}, happened {happened}{between} of {count} rows",
            said=percent(one["said"]),
            happened=percent(happened["value"]),
            between=between,
            count=count(one["rows"]),
        ),
    )


def _y_ticks() -> Ticks:
    return tuple((_y(at / 4), f"{at * 25} %") for at in range(5))


def _x(share: float) -> float:
    return round(LEFT + (RIGHT - LEFT) * share, 2)


def _y(share: float) -> float:
    return round(TOP + PLOT * (1 - share), 1)
