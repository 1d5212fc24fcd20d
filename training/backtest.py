"""Backtest: the curve against the simple orders, on evenings that came after everything it learned.

The question is the collector's: of the items that will be past due in 14 (or 30) days, which will still be unpaid then?
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from features.compute import feature_rows, open_questions
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import to_date, to_day
from ledger.view import LedgerView
from models.baseline import amount_order, bucket_order, bucket_risk, oldest_first
from models.errors import NothingToFit
from models.readings import Floats
from training.cutoffs import STEP, Holdout, holdout
from training.fit import fit_habit_curve, fit_payment_curve, training_set
from training.labels import Outcomes, booking_lag, outcomes, unpaid_after
from training.metrics import auc, auc_difference, auc_interval, captured, captured_difference, ece, log_loss
from training.promotion import HORIZONS

SIMPLE = ("amount", "oldest", "bucket")
"""The simple orders, by name: largest amount, longest past due, risk of the aging bucket."""

BUCKET_EVENINGS = 8
"""Weekly evenings before the cutoff from which the buckets' risks are counted."""


@dataclass(frozen=True)
class Backtest:
    """What one temporal holdout showed.

    Attributes:
        split: the cutoff and the evenings judged.
        metrics: flat, e.g. `auc_30`, `auc_30_low`, `log_loss_14`, `habit_auc_30`, `amount_auc_30`; NaN where a measure
            has no answer.
    """

    split: Holdout
    metrics: dict[str, float]


def backtest(ledger: Ledger, view: LedgerView, progress: Callable[[str], None] = lambda line: None) -> Backtest | None:
    """Fit as of the most recent possible cutoff and judge what followed, as known on the evening of `view`.

    None when the ledger is too young for it: nothing to learn from before the cutoff, or nothing to judge after it.
    """
    split = holdout(to_day(view.day) - booking_lag(view.applications))
    if view.items.empty or int(view.items["known_on"].min()) >= split.cutoff:
        return None
    past = ledger.as_of(to_date(split.cutoff))
    try:
        learned = training_set(ledger, past)
        curve, habit = fit_payment_curve(learned), fit_habit_curve(past)
    except NothingToFit:
        return None
    progress(f"backtest: fitted as of {past.day.isoformat()}")
    table = feature_rows(view, open_questions(view, split.evenings))
    if len(table) == 0:
        return None
    found = outcomes(ledger, view, split.cutoff)
    said = {"model": curve.survival(table), "habit": habit.survival(table)}
    metrics: dict[str, float] = {}
    for horizon in HORIZONS:
        simple = _simple_orders(table, ledger, past, horizon)
        metrics |= judged(table.keys, found, horizon, {n: c.survival_at(horizon) for n, c in said.items()}, simple)
    return Backtest(split, metrics)


def judged(
    keys: pd.DataFrame, found: Outcomes, horizon: int, said: dict[str, Floats], simple: dict[str, Floats]
) -> dict[str, float]:
    """The measures at one horizon, over the items that are due by then.

    Args:
        keys: of the judged rows.
        found: what happened after them.
        horizon: days ahead.
        said: `model` and `habit`, the chance of being unpaid then, each of shape (n,).
        simple: the simple orders, each of shape (n,).
    """
    unpaid, known = unpaid_after(keys, found, horizon)
    asked = known & (keys["due_on"].to_numpy() <= keys["day"].to_numpy() + horizon)
    y, customer = unpaid[asked].astype(np.float64), keys["customer_id"].to_numpy()[asked]
    model = said["model"][asked]
    area = auc_interval(model, y, customer)
    measures = {
        "n": float(asked.sum()),
        "unpaid_share": float(y.mean()) if len(y) else math.nan,
        "auc": area.value,
        "auc_low": area.low,
        "auc_high": area.high,
        "log_loss": log_loss(model, y),
        "ece": ece(model, y),
        "found": captured(model, y),
        "habit_auc": auc(said["habit"][asked], y),
        "habit_log_loss": log_loss(said["habit"][asked], y),
        "habit_ece": ece(said["habit"][asked], y),
    }
    orders = {name: order[asked] for name, order in simple.items()}
    measures |= {f"{name}_auc": auc(order, y) for name, order in orders.items()}
    measures |= {f"{name}_found": captured(order, y) for name, order in orders.items()}
    if not math.isnan(area.value):
        best = max(orders, key=lambda name: measures[f"{name}_auc"])
        finder = max(orders, key=lambda name: measures[f"{name}_found"])
        gain = auc_difference(model, orders[best], y, customer)
        more = captured_difference(model, orders[finder], y, customer)
        measures |= {
            "auc_gain": gain.value,
            "auc_gain_low": gain.low,
            "found_gain": more.value,
            "found_gain_low": more.low,
        }
    return {_named(name, horizon): value for name, value in measures.items()}


def _simple_orders(table: FeatureTable, ledger: Ledger, past: LedgerView, horizon: int) -> dict[str, Floats]:
    """The simple orders of the judged rows; the bucket rates are those that the cutoff knew."""
    last = to_day(past.day) - booking_lag(past.applications) - horizon
    evenings = range(last - STEP * (BUCKET_EVENINGS - 1), last + 1, STEP)
    before = feature_rows(past, open_questions(past, evenings)).keys
    unpaid, known = unpaid_after(before, outcomes(ledger, past, evenings[0]), horizon)
    asked = known & (before["due_on"].to_numpy() <= before["day"].to_numpy() + horizon)
    risk = bucket_risk(before["dpd"].to_numpy()[asked], unpaid[asked])
    return {
        "amount": amount_order(table.keys),
        "oldest": oldest_first(table.keys),
        "bucket": bucket_order(table.keys, risk),
    }


def _named(measure: str, horizon: int) -> str:
    """`auc_low` at 30 days is `auc_30_low`."""
    name, _, bound = measure.rpartition("_")
    return (
        f"{name}_{horizon}_low"
        if bound == "low"
        else f"{name}_{horizon}_high"
        if bound == "high"
        else f"{measure}_{horizon}"
    )
