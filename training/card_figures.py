"""The figures of a model card: a version's own metrics, in the words of the backtest's page."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ledger.words import percent
from models.contender_names import NAMES
from training.figures import NONE, between, decimal, signed, signed_between
from training.measured import MODEL
from training.metrics import Interval
from training.promotion import HORIZONS

Metrics = Mapping[str, float | None]

HABIT = "habit"


@dataclass(frozen=True)
class Cell:
    """A figure and its 95 % interval as text; the interval is empty where none was drawn."""

    text: str
    bounds: str = ""


@dataclass(frozen=True)
class Row:
    """A measure or a contender, with a cell for each horizon."""

    label: str
    cells: tuple[Cell, ...]
    mine: bool = False


def figure(metrics: Metrics, name: str) -> float:
    """A metric by its stable name; NaN where it was not measured."""
    value = metrics.get(name)
    return math.nan if value is None else value


def bounded(metrics: Metrics, name: str) -> Interval:
    """A metric with its bounds, NaN where they were not drawn."""
    return Interval(*(figure(metrics, one) for one in (name, f"{name}_low", f"{name}_high")))


def _plain(value: Interval) -> Cell:
    return Cell(decimal(value.value), _known(between(value)))


def _difference(value: Interval) -> Cell:
    return Cell(signed(value.value), _known(signed_between(value)))


def _share(value: Interval) -> Cell:
    told = NONE if math.isnan(value.low) else f"{percent(value.low)} to {percent(value.high)}"
    return Cell(percent(value.value), _known(told))


def _points(value: Interval) -> Cell:
    times = Interval(*(100.0 * one for one in (value.value, value.low, value.high)))
    return Cell(signed(times.value, 1), _known(signed_between(times, 1)))


def _count(value: Interval) -> Cell:
    return Cell(NONE if math.isnan(value.value) else f"{value.value:,.0f}")


MEASURES: tuple[tuple[str, str, Callable[[Interval], Cell]], ...] = (
    ("Rows judged (an open item on an evening)", "n", _count),
    ("Of them still unpaid", "unpaid_share", _share),
    ("AUC", "auc", _plain),
    ("AUC among overdue items", "overdue_auc", _plain),
    ("Gain in AUC over the best simple order", "auc_gain", _difference),
    ("Late items in the first fifth of the list", "found20", _share),
    ("Late money in the first fifth of the list", "money_found20", _share),
    ("Gain in late items, points", "found_gain", _points),
    ("Log loss", "log_loss", _plain),
    ("Log loss by money", "money_log_loss", _plain),
    ("Brier score", "brier", _plain),
    ("Calibration error (ECE)", "ece", _plain),
    ("Calibration error that chance alone shows", "ece_noise", _plain),
    ("Calibration slope (1 is right)", "slope", _plain),
)
OF_THE_ROWS = ("n", "unpaid_share")
"""Figures of what was judged, whoever is judged on it."""


def quality(metrics: Metrics, who: str = MODEL) -> list[Row]:
    """Every measure of the model, or of the habit curve, at both horizons; those that nobody took are left out."""
    rows = []
    for label, measure, told in MEASURES:
        name = measure if who == MODEL or measure in OF_THE_ROWS else f"{who}_{measure}"
        found = [bounded(metrics, f"{name}_{horizon}") for horizon in HORIZONS]
        if not all(math.isnan(one.value) for one in found):
            rows.append(Row(label, tuple(told(one) for one in found)))
    return rows


def rivals(metrics: Metrics, who: str = MODEL) -> list[Row]:
    """AUC of everybody at both horizons and, where `who` is the model, its paired gain over each."""
    rows = []
    for name, label in NAMES.items():
        own = "" if name == MODEL else f"{name}_"
        found = [bounded(metrics, f"{own}auc_{horizon}") for horizon in HORIZONS]
        if all(math.isnan(one.value) for one in found):
            continue
        gains = [bounded(metrics, f"auc_gain_over_{name}_{horizon}") for horizon in HORIZONS if who == MODEL]
        cells = [Cell(decimal(one.value)) for one in found] + [_difference(one) for one in gains]
        rows.append(Row(label, tuple(cells), name == who))
    return rows


def date_error(metrics: Metrics, who: str = MODEL) -> str:
    """How far the payment dates were off, in a sentence; empty where it was not measured."""
    own = "" if who == MODEL else f"{who}_"
    mean = bounded(metrics, f"{own}date_error_days")
    if math.isnan(mean.value):
        return ""
    interval = "" if math.isnan(mean.low) else f" (95% {between(mean, 1)})"
    return (
        f"The expected payment day was off by {decimal(mean.value, 1)} days on average{interval}, "
        f"{decimal(figure(metrics, f'{own}date_error_median_days'), 1)} at the median, over items paid by now; "
        f"{percent(figure(metrics, f'{own}no_date_share'))} of the rows had no date in sight."
    )


def _known(bounds: str) -> str:
    return "" if bounds == NONE else bounds
