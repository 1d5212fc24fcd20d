"""Judgement: what was said on past evenings against what came, for the model, its rivals and the simple orders.

The question is the collector's: of the items due within `h` days, which are still unpaid in `h` days? Every interval
draws whole customers, the same draws for all, so that differences are paired.
"""

import math
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ledger.days import to_date
from models.scoring import THIN
from training.calibration import calibration
from training.contenders import DRAWN, UNKNOWN, Bools, Contenders
from training.measured import MODEL, AtHorizon, DateError, Measured, Month, Segment
from training.metrics import Draws, Floats, auc, ece, interval, mean_draws
from training.promotion import HORIZONS

CAPACITY = 40
"""Items a small team works on in an evening's list."""

SMALLEST_SEGMENT = 200
WORKED = "worked"
"""The team's own order; it is no simple one."""

RIVALS = ("habit", "logistic", WORKED)
"""Beside the best simple order: a month lost to one of them is a losing month."""


def measure(
    judged: pd.DataFrame, said: Sequence[str], orders: Sequence[str], currency: str, capacity: int = CAPACITY
) -> Measured:
    """Everything a backtest tells, of rows that were open on past evenings.

    Args:
        judged: one row per item and evening: `fold`, `cutoff`, `day`, `item_id`, `customer_id`, `currency`,
            `open_minor`, `money` (open, in one currency, 0 where no rate was known), `due_on`, `dpd`, `settled_count`
            (NaN for none), `cleared_on` (NaN while not paid); per horizon `unpaid_14`, `known_14`; per contender
            `model_14` and `model_expected`; per order `amount_14`, larger first. Where it has the column
            `unseen` (the fold's models had no row of the customer), these are a segment too.
        said: contenders that say a chance, `model` among them; NaN where one has no answer.
        orders: the simple orders; `worked` is the team's own.
        currency: of `money`.
        capacity: calls of an evening.
    """
    draws = Draws.of(judged["customer_id"].to_numpy(dtype=object).astype(str))
    days = judged["day"]
    return Measured(
        first_day=to_date(days.min()) if len(days) else None,
        last_day=to_date(days.max()) if len(days) else None,
        rows=len(judged),
        items=judged["item_id"].nunique(),
        customers=judged["customer_id"].nunique(),
        evenings=days.nunique(),
        folds=judged["fold"].nunique(),
        currency=currency,
        without_rate=int(((judged["money"] == 0) & (judged["open_minor"] > 0)).sum()),
        capacity=capacity,
        horizons={h: _at_horizon(judged, h, said, orders, draws, capacity) for h in HORIZONS},
        dates=tuple(_date_error(judged, name, draws) for name in said if f"{name}_expected" in judged),
        knows_work=WORKED in orders,
        knows_unseen="unseen" in judged,
    )


def _at_horizon(
    judged: pd.DataFrame, horizon: int, said: Sequence[str], orders: Sequence[str], draws: Draws, capacity: int
) -> AtHorizon:
    due = (judged["due_on"] <= judged["day"] + horizon).to_numpy(dtype=bool)
    known = judged[f"known_{horizon}"].to_numpy(dtype=bool)
    asked = due & known
    rows = Contenders(judged[asked], horizon, said, orders, draws.at(asked), capacity)
    scores = tuple(rows.score(name, tuple(DRAWN) if name == MODEL else ("auc",)) for name in rows.names)
    best = best_order({score.name: score.auc.value for score in scores}, orders)
    past = rows.frame["dpd"].to_numpy() > 0
    overdue, model = rows.where(past), rows.answers(MODEL)
    return AtHorizon(
        horizon=horizon,
        rows=len(rows.unpaid),
        items=rows.frame["item_id"].nunique(),
        customers=rows.frame["customer_id"].nunique(),
        evenings=rows.frame["day"].nunique(),
        not_due=int((~due).sum()),
        undecided=int((due & ~known).sum()),
        unpaid=int(rows.unpaid.sum()),
        scores=scores,
        best=best,
        best_finder=best_order({score.name: score.found20.value for score in scores}, orders),
        differences=tuple(rows.difference(name) for name in rows.names if name != MODEL),
        calibration=calibration(model.said, model.unpaid, model.draws),
        overdue_rows=int(past.sum()),
        overdue={name: overdue.area(name, drawn=name in (MODEL, best)) for name in overdue.names},
        segments=tuple(_segment(kind, name, rows.where(inside)) for kind, name, inside in _segments(rows.frame)),
        months=tuple(_month(judged, rows, fold) for fold in sorted(judged["fold"].unique())),
        captures=tuple(rows.capture(name) for name in rows.names),
        reach=rows.reach,
    )


def best_order(reached: Mapping[str, float], orders: Sequence[str]) -> str:
    """The simple order that reached most; empty when none has an answer."""
    told = {name: reached[name] for name in orders if name != WORKED and not math.isnan(reached[name])}
    return max(told, key=lambda name: told[name]) if told else ""


def _segments(frame: pd.DataFrame) -> Iterator[tuple[str, str, Bools]]:
    """Kind, name and rows: customers with little history and with more, thirds by money, currencies, unseen ones."""
    new = ~(frame["settled_count"].to_numpy(dtype=np.float64) >= THIN)
    yield "history", "new", new
    yield "history", "known", ~new
    if "unseen" in frame:
        yield "history", "unseen", frame["unseen"].to_numpy(dtype=bool)
    money = frame["money"].to_numpy(dtype=np.float64)
    told = money > 0
    low, high = np.quantile(money[told], [1 / 3, 2 / 3]) if told.any() else (0.0, 0.0)
    yield "size", "small", told & (money <= low)
    yield "size", "medium", told & (money > low) & (money <= high)
    yield "size", "large", told & (money > high)
    currencies = frame["currency"].to_numpy(dtype=object)
    for currency in sorted(set(currencies)):
        yield "currency", str(currency), np.asarray(currencies == currency, dtype=bool)


def _segment(kind: str, name: str, rows: Contenders) -> Segment:
    customers, n = rows.frame["customer_id"].nunique(), len(rows.unpaid)
    if n < SMALLEST_SEGMENT:
        return Segment(kind, name, n, customers, True, math.nan, UNKNOWN, math.nan, "", math.nan, UNKNOWN)
    reached = {order: auc(rows.value(order), rows.unpaid) for order in rows.orders}
    best, model = best_order(reached, rows.orders), rows.answers(MODEL)
    return Segment(
        kind=kind,
        name=name,
        rows=n,
        customers=customers,
        too_small=False,
        unpaid_share=float(rows.unpaid.mean()),
        auc=interval(rows.drawn("auc", MODEL)),
        ece=ece(model.said, model.unpaid),
        best=best,
        best_auc=reached.get(best, math.nan),
        gain=rows.gain("auc", best) if best else UNKNOWN,
    )


def _month(judged: pd.DataFrame, rows: Contenders, fold: int) -> Month:
    """One fold; of a fold whose outcomes nobody knows yet, only its days."""
    whole = judged[judged["fold"] == fold]
    first, last = to_date(whole["day"].min()), to_date(whole["day"].max())
    cutoff = to_date(whole["cutoff"].iloc[0])
    own = rows.where(np.asarray(rows.frame["fold"] == fold, dtype=bool))
    if not len(own.unpaid):
        return Month(int(fold), cutoff, first, last, 0, math.nan, (), "", UNKNOWN, ())
    scores = tuple(own.score(name) for name in own.names)
    reached = {score.name: score.auc.value for score in scores}
    best = best_order(reached, own.orders)
    better = [name for name in dict.fromkeys((best, *RIVALS)) if reached.get(name, math.nan) > reached[MODEL]]
    return Month(
        fold=int(fold),
        cutoff=cutoff,
        first_day=first,
        last_day=last,
        rows=len(own.unpaid),
        unpaid_share=float(own.unpaid.mean()),
        scores=scores,
        best=best,
        gain=own.gain("auc", best) if best else UNKNOWN,
        lost_to=tuple(sorted(better, key=lambda name: -reached[name])),
    )


def _date_error(judged: pd.DataFrame, name: str, draws: Draws) -> DateError:
    """Over the rows whose item was paid in full after their evening, by the last day anybody knows."""
    days_until: Floats = (judged["cleared_on"] - judged["day"]).to_numpy(dtype=np.float64)
    expected: Floats = judged[f"{name}_expected"].to_numpy(dtype=np.float64)
    paid = ~np.isnan(days_until)
    dated = paid & ~np.isnan(expected)
    off = np.abs(expected - days_until)[dated]
    mean = interval(mean_draws(off, draws.at(dated))) if len(off) else UNKNOWN
    median = float(np.median(off)) if len(off) else math.nan
    return DateError(name, len(off), int((paid & np.isnan(expected)).sum()), mean, median)
