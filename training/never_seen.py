"""Never seen: a fold that leaves whole customers out of learning and is judged on them.

Customers recur on both sides of every fold, for that is how a model is used. What it would say of customers that it
has nothing learned from is asked once per training, at the newest cutoff: a fifth of the customers, by a hash of their
id, are left out of what the chosen family is fitted on. Their own payment history is known to the features all the
same, as it would be of a customer that came lately; how the whole portfolio pays is too.
"""

from dataclasses import replace
from math import nan

import numpy as np
import numpy.typing as npt
import pandas as pd

from ledger.days import to_date
from models.errors import NothingToFit
from models.readings import Curves
from training.budget import Until
from training.choice import Choice
from training.customer_places import place_of
from training.fit import FOLD_ROW_CAP, Recipe, TrainingSet, fit_family
from training.judgement import best_order
from training.measured import MODEL, NeverSeen, NeverSeenAt
from training.metrics import Draws, auc, auc_draws, interval
from training.promotion import ENOUGH_OF_EACH, HORIZONS
from training.walk_forward import Walk, asked_rows

SHARE = 0.2
Bools = npt.NDArray[np.bool_]


def never_seen(walked: Walk, judged: pd.DataFrame, choice: Choice, recipe: Recipe, time: Until) -> NeverSeen | None:
    """Fit the chosen family without a fifth of the customers, and judge it on these.

    Args:
        walked: the folds; the newest one is used.
        judged: their rows, with what the chosen model said (`model_30`) and the simple orders.
        choice, recipe: what is fitted.
        time: until when; what there was no time for is noted.

    None without time, or where nothing can be learned or judged.
    """
    learned = walked.learned.thinned(FOLD_ROW_CAP)
    if not time.allows(walked.seconds_each * len(learned.intervals)):
        time.skip("customers left out of learning were not judged")
        return None
    newest = (judged["fold"] == judged["fold"].max()).to_numpy()
    inside = newest & (place_of(judged["customer_id"]) < SHARE)
    if not inside.any():
        return None
    try:
        curve = fit_family(without_left_out(learned), recipe, choice.family, choice.linear_share)
    except NothingToFit:
        return None
    rows = judged[inside].reset_index(drop=True)
    curves = curve.survival(walked.table.take(np.flatnonzero(inside).tolist()))
    known = pd.Series(learned.table.keys["customer_id"].unique())
    out = int((place_of(known) < SHARE).sum())
    at = {horizon: _at(rows, curves, horizon, walked.orders) for horizon in HORIZONS}
    found = {horizon: one for horizon, one in at.items() if one is not None}
    return NeverSeen(to_date(walked.folds[-1].cutoff), SHARE, out, len(known) - out, found)


def without_left_out(learned: TrainingSet) -> TrainingSet:
    """The training set without the intervals of a fifth of its customers."""
    left_out = place_of(learned.table.keys["customer_id"]) < SHARE
    intervals = learned.intervals[~left_out[learned.intervals["row"].to_numpy()]]
    return replace(learned, intervals=intervals.reset_index(drop=True))


def _at(rows: pd.DataFrame, curves: Curves, horizon: int, orders: tuple[str, ...]) -> NeverSeenAt | None:
    asked: Bools = asked_rows(rows, horizon)
    unpaid = rows[f"unpaid_{horizon}"].to_numpy(dtype=np.float64)[asked]
    if min(unpaid.sum(), len(unpaid) - unpaid.sum()) < ENOUGH_OF_EACH:
        return None
    here = rows[asked]
    draws = Draws.of(here["customer_id"].to_numpy(dtype=object).astype(str))
    auc_of = auc_draws(curves.survival_at(horizon)[asked], unpaid, draws)
    seen = auc_draws(here[f"{MODEL}_{horizon}"], unpaid, draws)
    reached = {name: auc(here[f"{name}_{horizon}"].fillna(-np.inf), unpaid) for name in orders}
    best = best_order(reached, orders)
    return NeverSeenAt(
        rows=len(here),
        customers=int(here["customer_id"].nunique()),
        unpaid=int(unpaid.sum()),
        auc=interval(auc_of),
        seen=interval(seen),
        gain=interval(auc_of - seen),
        best=best,
        best_auc=reached.get(best, nan),
    )
