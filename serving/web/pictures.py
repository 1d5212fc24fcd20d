"""Small pictures as geometry: the strip of invoices paid last, and the waterfall of reasons.

Plain numbers for SVG attributes; the templates draw them. Everything that a picture says stands in its text too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from serving.wording import whole_points

STRIP_SLOTS = 12
SLOT, BAR = 7.0, 5.0
STRIP_WIDTH = STRIP_SLOTS * SLOT
LATE_HEIGHT, EARLY_HEIGHT = 22.0, 6.0
FULL_LATE, FULL_EARLY = 45, 15
"""Days at which a bar has its full height; the title still tells the true number."""

MUCH_LATE = 15
REASONS_SHOWN = 6

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


@dataclass(frozen=True)
class Step:
    """One row of a waterfall: from the typical account over the reasons to this account.

    `x` and `width` are percent of the axis, which runs from 0 to `Waterfall.top`.
    """

    text: str
    arrow: str
    whole: int | None
    x: float
    width: float
    kind: Literal["typical", "up", "down", "none", "total"]


def strip(paid_days_late: Sequence[int]) -> Strip:
    """The picture of the invoices settled last, oldest first; the newest stands at the right end."""
    paid = list(paid_days_late)[-STRIP_SLOTS:]
    bars = tuple(_bar(days, (STRIP_SLOTS - len(paid) + at) * SLOT) for at, days in enumerate(paid))
    if not paid:
        return Strip((), "No invoice paid yet.")
    late = sum(days > 0 for days in paid)
    told = ", ".join(_days_words(days) for days in paid)
    noun = "invoice" if len(paid) == 1 else "invoices"
    return Strip(bars, f"{late} of the last {len(paid)} {noun} paid late. Oldest first: {told}.")


def waterfall(body: dict[str, Any], shown: int = REASONS_SHOWN) -> tuple[Step, ...]:
    """The reasons of an account body as steps; what is too small to show stands together in one step.

    Without a prediction (mode `rule`) the steps are the bare facts.
    """
    reasons, base, risk = body["reasons"], body["base"], body["late_risk"]
    wholes = whole_points(base, [reason["points"] for reason in reasons], risk)
    if base is None or risk is None:
        return tuple(Step(reason["text"], "", None, 0, 0, "none") for reason in reasons)
    steps, at = [Step("Typical account", "", round(base * 100), 0, base * 100, "typical")], base
    for reason, whole in zip(reasons[:shown], wholes[:shown], strict=True):
        steps.append(_step(reason["text"], reason["arrow"], whole, at, reason["points"] or 0.0))
        at += reason["points"] or 0.0
    if rest := reasons[shown:]:
        moved = sum(reason["points"] or 0.0 for reason in rest)
        arrow = "▲" if moved >= 0.0005 else "▼" if moved <= -0.0005 else ""
        noun = "smaller reason" if len(rest) == 1 else "smaller reasons"
        steps.append(_step(f"{len(rest)} {noun}", arrow, sum(whole or 0 for whole in wholes[shown:]), at, moved))
    steps.append(Step("This account", "", round(risk * 100), 0, risk * 100, "total"))
    return tuple(steps)


def _step(text: str, arrow: str, whole: int | None, at: float, moved: float) -> Step:
    low, high = sorted((min(1.0, max(0.0, at)), min(1.0, max(0.0, at + moved))))
    kind: Literal["up", "down", "none"] = "up" if arrow == "▲" else "down" if arrow == "▼" else "none"
    return Step(text, arrow, whole, round(low * 100, 2), round(max(high - low, 0.008) * 100, 2), kind)


def _bar(days: int, x: float) -> Bar:
    if days > 0:
        height = max(3.0, min(days, FULL_LATE) / FULL_LATE * LATE_HEIGHT)
        return Bar("late" if days > MUCH_LATE else "slight", x, round(LATE_HEIGHT - height, 1), round(height, 1))
    if days < 0:
        return Bar("early", x, LATE_HEIGHT + 1, round(max(2.0, min(-days, FULL_EARLY) / FULL_EARLY * EARLY_HEIGHT), 1))
    return Bar("on_time", x, LATE_HEIGHT - 2, 2)


def _days_words(days: int) -> str:
    if days == 0:
        return "on time"
    unit = "day" if abs(days) == 1 else "days"
    return f"{abs(days)} {unit} {'late' if days > 0 else 'early'}"
