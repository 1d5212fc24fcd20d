"""Backtest: the curve against the simple orders, on evenings that came after everything it learned.

The question is the collector's: of the items that will be past due in 14 (or 30) days, which will still be unpaid then?
"""

import math
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pandas as pd

from features.compute import feature_rows
from features.questions import open_questions
from features.table import FeatureTable
from ledger.book import Ledger
from ledger.days import to_day
from ledger.money import Rates
from ledger.view import LedgerView
from models.baseline import amount_order, bucket_order, bucket_risk, oldest_first
from models.errors import NothingToFit
from models.readings import Floats
from training.cutoffs import Holdout, holdout
from training.fit import TrainingSet, fit_habit_curve, fit_payment_curve
from training.labels import Outcomes, booking_lag, outcomes, unpaid_after
from training.leak_guard import Suspect, changed_by_later_facts, implausible_alone
from training.metrics import (
    auc,
    auc_difference,
    auc_interval,
    captured,
    captured_difference,
    ece,
    log_loss,
    money_found,
)
from training.promotion import HORIZONS

CALLS = 40
"""Items a small team works on in a day: what the share of late money found is measured at."""

BUCKET_DAYS = 180
"""Days before the cutoff from which the buckets' risks are counted."""


@dataclass(frozen=True)
class Backtest:
    """What one temporal holdout showed.

    Attributes:
        split: the cutoff and the evenings judged.
        metrics: flat, e.g. `auc_30`, `auc_30_low`, `log_loss_14`, `habit_auc_30`, `amount_auc_30`; NaN where a measure
            has no answer.
        suspects: features that may know the future, see `training.leak_guard`.
    """

    split: Holdout
    metrics: dict[str, float]
    suspects: tuple[Suspect, ...] = ()


def holdout_of(view: LedgerView) -> Holdout | None:
    """The most recent holdout of an evening's ledger; None when there is nothing to learn from before it."""
    split = holdout(to_day(view.day) - booking_lag(view.applications))
    if view.items.empty or int(view.items["known_on"].min()) >= split.cutoff:
        return None
    return split


def backtest(
    ledger: Ledger, view: LedgerView, past: LedgerView, learned: TrainingSet, split: Holdout
) -> Backtest | None:
    """Fit on what the cutoff knew, and judge what followed, as known on the evening of `view`.

    Args:
        ledger, view: the facts, and the evening whose knowledge judges.
        past, learned: the evening of the cutoff, and the training set it knows.
        split: the cutoff and the evenings to judge, see `holdout_of`.

    None when nothing can be learned by the cutoff or nothing was open on the evenings after it.
    """
    table = feature_rows(view, open_questions(view, split.evenings))
    if len(table) == 0:
        return None
    try:
        curve, habit = fit_payment_curve(learned), fit_habit_curve(past)
    except NothingToFit:
        return None
    found = outcomes(ledger, view, split.cutoff)
    said = {"model": curve.survival(table), "habit": habit.survival(table)}
    metrics: dict[str, float] = {}
    suspects = changed_by_later_facts(
        lambda seen, asked: feature_rows(seen, asked).values, view, _past(view, split.cutoff)
    )
    money = _in_one_currency(table.keys, view)
    for horizon in HORIZONS:
        simple = _simple_orders(table, learned, horizon)
        chances = {name: curves.survival_at(horizon) for name, curves in said.items()}
        metrics |= judged(table.keys, found, horizon, chances, simple, money)
        suspects += _implausible(table, found, horizon)
    first: dict[str, Suspect] = {}
    for suspect in suspects:
        first.setdefault(suspect.feature, suspect)
    return Backtest(split, metrics, tuple(first.values()))


def _past(view: LedgerView, cutoff: int) -> list[int]:
    """The cutoff and two older evenings: what is learned late shows only on evenings that have a long future."""
    first = int(view.items["known_on"].min())
    return [evening for evening in (cutoff, cutoff - 120, cutoff - 365) if evening > first]


def _implausible(table: FeatureTable, found: Outcomes, horizon: int) -> list[Suspect]:
    """Over the items that are due by then; among all open items that an item is not yet due is honestly telling."""
    unpaid, known = unpaid_after(table.keys, found, horizon)
    asked = known & _due_by(table.keys, horizon)
    return implausible_alone(table.values[asked], unpaid[asked])


def judged(
    keys: pd.DataFrame,
    found: Outcomes,
    horizon: int,
    said: dict[str, Floats],
    simple: dict[str, Floats],
    money: Floats,
) -> dict[str, float]:
    """The measures at one horizon, over the items that are due by then.

    Args:
        keys: of the judged rows.
        found: what happened after them.
        horizon: days ahead.
        said: `model` and `habit`, the chance of being unpaid then, each of shape (n,).
        simple: the simple orders, each of shape (n,).
        money: open amounts in one currency, 0 where that is not possible, shape (n,).
    """
    unpaid, known = unpaid_after(keys, found, horizon)
    asked = known & _due_by(keys, horizon)
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
    day, at_stake = keys["day"].to_numpy()[asked], money[asked]
    measures |= {
        "money_found": _money_found_each_evening(model * at_stake, at_stake * y, day),
        "amount_money_found": _money_found_each_evening(at_stake, at_stake * y, day),
    }
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


def _simple_orders(table: FeatureTable, learned: TrainingSet, horizon: int) -> dict[str, Floats]:
    """The simple orders of the judged rows; the risks of the buckets are those that the cutoff knew."""
    keys = learned.table.keys
    unpaid, known = unpaid_after(keys, learned.outcomes, horizon)
    recent = keys["day"].to_numpy() > learned.outcomes.last_observed - BUCKET_DAYS
    asked = known & recent & _due_by(keys, horizon)
    risk = bucket_risk(keys["dpd"].to_numpy()[asked], unpaid[asked])
    return {
        "amount": amount_order(table.keys),
        "oldest": oldest_first(table.keys),
        "bucket": bucket_order(table.keys, risk),
    }


def _money_found_each_evening(order: Floats, late_money: Floats, day: npt.NDArray[np.int64]) -> float:
    """Share of the late money behind the first `CALLS` items of an evening, on average over the evenings with any."""
    shares = [money_found(order[day == evening], late_money[day == evening], CALLS) for evening in np.unique(day)]
    told = [share for share in shares if not math.isnan(share)]
    return float(np.mean(told)) if told else math.nan


def _in_one_currency(keys: pd.DataFrame, view: LedgerView) -> Floats:
    """Open amounts at the rates of each row's own evening; 0 where no rate was known then.

    In the base currency of the rates, or in the most frequent currency where the ledger has no rates.
    """
    bases = view.rates["base"].mode()
    base = str(bases.iloc[0]) if len(bases) else str(keys["currency"].mode().iloc[0])
    dated = view.rates[view.rates["base"] == base]
    quotes = zip(dated["currency"], dated["rate_on"], dated["rate"], strict=True)
    rates = Rates.of(base, [(str(currency), int(day), Decimal(str(rate))) for currency, day, rate in quotes])
    rows = zip(keys["open_minor"], keys["currency"], keys["day"], strict=True)
    return np.array(
        [rates.convert(int(o), str(c), int(d)) if rates.knows(str(c), int(d)) else 0 for o, c, d in rows],
        dtype=np.float64,
    )


def _due_by(keys: pd.DataFrame, horizon: int) -> npt.NDArray[np.bool_]:
    return np.asarray(keys["due_on"].to_numpy() <= keys["day"].to_numpy() + horizon)


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
