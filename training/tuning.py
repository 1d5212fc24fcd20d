"""Tuning: the size and restraint of the trees, chosen within what the first judged cutoff knew. The only use of Optuna.

The latest fifth of the time learned from is held back; whatever is tried is fitted on intervals that were over before
it and judged on snapshots taken in it. None of these evenings is ever judged by the backtest. As good as the best is
what loses to it by no more than one standard error over customers. If the untouched recipe is that, it stays; else the
smallest of those that are wins, for its size is paid for again every morning: provided that it is better in each of the
two fifths before as well, fitted and judged alike, and in both together beyond chance. What was found in one stretch of
time was seldom so in another, least of all where a curve learned from a few months.

The untouched recipe lets the number of rows choose the leaves, and goes on doing so: what is tuned on is an early and
small part of what is learned from in the end. Leaves held fast at what suited it cost up to .008 of AUC on loans.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import optuna
import pandas as pd

from models.payment_curve import Ints, PaymentCurve, softplus
from models.readings import EDGES, Floats
from models.trees import Matrix
from training.fit import Recipe, TrainingSet, leaves_for

HELD_BACK = 0.2
"""Share of the time learned from that judges what is tried."""

EARLIER = (1, 2)
"""So many stretches of that length before it what was found must hold as well."""

SURE = 1.96
"""Standard errors by which it must do so in all of them together: 95 %."""

TUNING_ROWS = 200_000
"""Intervals that one trial reads at most."""

FEWEST_JUDGES = 500
"""Held-back intervals below which nothing is tuned."""

STAGES = (60, 100, 150, 220, 300)
"""Numbers of trees at which one fit is judged."""


@dataclass(frozen=True)
class Tuned:
    """What tuning found.

    Attributes:
        recipe: to fit with.
        tried: trials that were made, the untouched recipe among them.
        why: in a sentence, with figures.
    """

    recipe: Recipe
    tried: int
    why: str


@dataclass(frozen=True)
class _Trial:
    recipe: Recipe
    losses: Floats
    weight: Floats

    @property
    def loss(self) -> float:
        return float((self.losses * self.weight).sum() / self.weight.sum())

    def size(self, rows: int) -> int:
        """Leaves of all trees at most, learned from so many rows."""
        return self.recipe.rounds * (self.recipe.num_leaves or leaves_for(rows))


def tune(
    learned: TrainingSet,
    base: Recipe,
    trials: int,
    may_go_on: Callable[[], bool] = lambda: True,
    say: Callable[[str], None] = lambda line: None,
) -> Tuned:
    """Try recipes on what the first judged cutoff knew.

    Args:
        learned: that cutoff's training set.
        base: what is used untuned; always tried first.
        trials: how many to try at most; 0 or 1 tunes nothing.
        may_go_on: asked before each trial; False ends the search (and what was found so far counts).
        say: told a line now and then.
    """
    learned = learned.thinned(TUNING_ROWS)
    fitted, judges = _split(learned)
    if trials < 2:
        return Tuned(base, 0, "not tuned: no trials were asked for")
    if len(judges) < FEWEST_JUDGES or fitted.empty:
        return Tuned(base, 0, f"not tuned: {len(judges):,} held-back intervals are too few ({FEWEST_JUDGES} needed)")
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(sampler=optuna.samplers.TPESampler(seed=base.seed))
    done: list[_Trial] = []
    for number in range(trials):
        if number and not may_go_on():
            break
        trial = study.ask() if number else None
        stages = _judged(learned, fitted, judges, _suggested(trial, base) if trial else base)
        done += stages
        if trial:
            study.tell(trial, min(stage.loss for stage in stages))
        say(f"tuning: {number + 1} of {trials} recipes tried")
    tried = len(done) // len(STAGES)
    best = min(done, key=lambda one: one.loss)
    plain = next(one for one in done if one.recipe.rounds == _nearest(base.rounds))
    told = (
        f"{tried} of {trials} recipes tried on {len(judges):,} held-back intervals: log loss {best.loss:.4f} at best, "
        f"{plain.loss:.4f} untuned"
    )
    if _as_good(plain, best, learned, judges):
        return Tuned(base, tried, f"{told}, which is as good")
    as_good = (one for one in done if _as_good(one, best, learned, judges))
    chosen = min(as_good, key=lambda one: (one.size(len(fitted)), one.loss))
    told += f", {chosen.loss:.4f} by the smallest as good"
    if not _held_before(chosen.recipe, base, learned):
        return Tuned(base, tried, f"{told}; that did not hold in the time before, so it stays untuned")
    return Tuned(chosen.recipe, tried, told)


def _split(learned: TrainingSet, back: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Intervals over before a held-back time, and those within it of snapshots a week or more into it.

    Args:
        learned: the training set.
        back: 0 for the latest time, 1 for as much time before it, and so on.
    """
    rows, edges = learned.intervals, np.array(EDGES)
    day = learned.table.keys["day"].to_numpy()[rows["row"].to_numpy()]
    first, last = int(learned.table.keys["day"].min()), learned.outcomes.last_observed
    length = HELD_BACK * (last - first)
    border = last - length * (back + 1)
    over = day + edges[rows["k"].to_numpy() + 1]
    return rows[over <= border], rows[(day >= border + 7) & (over <= border + length)]


def _held_before(found: Recipe, base: Recipe, learned: TrainingSet) -> bool:
    """Whether a recipe is better than the untouched one in each earlier stretch, and beyond chance in all of them."""
    gains = []
    for back in EARLIER:
        fitted, judges = _split(learned, back)
        if fitted.empty or len(judges) < FEWEST_JUDGES:
            return False
        plain, tuned = (_own_trial(learned, fitted, judges, recipe) for recipe in (base, found))
        gains.append(_excess(plain, tuned, learned, judges))
    together = pd.concat(gains).groupby(level=0).sum()
    return min(gain.sum() for gain in gains) > 0.0 and together.sum() > SURE * _error(together)


def _own_trial(learned: TrainingSet, fitted: pd.DataFrame, judges: pd.DataFrame, recipe: Recipe) -> _Trial:
    """A recipe with its own number of trees."""
    return next(one for one in _judged(learned, fitted, judges, recipe) if one.recipe.rounds == _nearest(recipe.rounds))


def _suggested(trial: optuna.Trial, base: Recipe) -> Recipe:
    return replace(
        base,
        num_leaves=trial.suggest_categorical("num_leaves", [4, 7, 15, 31, 63]),
        learning_rate=trial.suggest_float("learning_rate", 0.02, 0.1, log=True),
        min_rows_in_leaf=trial.suggest_int("min_rows_in_leaf", 50, 1000, log=True),
        lambda_l2=trial.suggest_float("lambda_l2", 1.0, 50.0, log=True),
        feature_fraction=trial.suggest_float("feature_fraction", 0.3, 1.0),
        extra_trees=trial.suggest_categorical("extra_trees", [True, False]),
    )


def _judged(learned: TrainingSet, fitted: pd.DataFrame, judges: pd.DataFrame, recipe: Recipe) -> list[_Trial]:
    """One fit of the most trees, judged at every stage."""
    curve = replace(recipe, rounds=STAGES[-1]).curve(len(fitted)).fit(learned.table, fitted)
    k = judges["k"].to_numpy()
    matrix = curve.interval_matrix(learned.table, judges["row"].to_numpy(), k)
    paid, weight = judges["paid_share"].to_numpy(dtype=np.float64), judges["weight"].to_numpy(dtype=np.float64)
    return [
        _Trial(replace(recipe, rounds=rounds), _losses(_raw(curve, matrix, k, rounds), paid), weight)
        for rounds in STAGES
    ]


def _raw(curve: PaymentCurve, matrix: Matrix, k: Ints, rounds: int) -> Floats:
    assert curve.trees_ is not None
    return np.asarray(curve.typical_[k] + curve.trees_.raw(matrix, rounds), dtype=np.float64)


def _losses(raw: Floats, paid: Floats) -> Floats:
    """-log likelihood of the share that came, of each interval."""
    return np.asarray(softplus(raw) - paid * raw, dtype=np.float64)


def _as_good(one: _Trial, best: _Trial, learned: TrainingSet, judges: pd.DataFrame) -> bool:
    """Whether its loss is above the best's by no more than one standard error, whole customers together."""
    excess = _excess(one, best, learned, judges)
    return bool(excess.sum() <= _error(excess))


def _excess(one: _Trial, other: _Trial, learned: TrainingSet, judges: pd.DataFrame) -> "pd.Series[float]":
    """By how much the weighted losses of one are above the other's, added up for each customer."""
    customer = learned.table.keys["customer_id"].to_numpy()[judges["row"].to_numpy()]
    return pd.Series((one.losses - other.losses) * one.weight).groupby(customer).sum()


def _error(excess: "pd.Series[float]") -> float:
    """The standard error of the sum."""
    return float(np.sqrt((excess**2).sum()))


def _nearest(rounds: int) -> int:
    return min(STAGES, key=lambda stage: abs(stage - rounds))
