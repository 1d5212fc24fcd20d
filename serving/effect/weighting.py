"""What another way of listing would have brought, by weighting the decisions that agree with it.

Each decision counts by how much likelier the other way is to make it. Weights are shared out so that they add up to 1.
Nothing is answered where few decisions carry the weight, or where the other way does what was never tried.
"""

import numpy as np

from serving.effect.answer import Answer, NotEnough
from serving.effect.logged import Floats, Ints
from serving.effect.resampling import DRAWS, Ratio, interval

FEWEST_EFFECTIVE = 100.0
"""Effective decisions below which no value is told."""


def effective_sample_size(weights: Floats) -> float:
    """How many equally weighted decisions say as much: (sum w)^2 / sum w^2; 0 without weight.

    >>> effective_sample_size(np.array([1.0, 1.0, 0.0])), effective_sample_size(np.zeros(2))
    (2.0, 0.0)
    """
    if not weights.any():
        return 0.0
    of_largest = weights / weights.max()  # squares of tiny weights would vanish
    return float(of_largest.sum()) ** 2 / float((of_largest**2).sum())


def weights_of(listed: Floats, pi: Floats, target: Floats) -> Floats:
    """How much likelier the other way makes each decision, scaled to add up to 1; all 0 where it makes none of them.

    Args:
        listed, pi: as logged.
        target: the probability with which the other way lists, in [0, 1].
    """
    chance, wanted = np.where(listed > 0, pi, 1 - pi), np.where(listed > 0, target, 1 - target)
    raw = np.divide(wanted, chance, out=np.zeros(len(pi)), where=chance > 0)
    total = raw.sum()
    return np.asarray(raw / total if total > 0 else raw)


def value_of_listing(
    listed: Floats,
    pi: Floats,
    outcome: Floats,
    target: Floats,
    money: Floats,
    cluster: Ints,
    *,
    draws: int = DRAWS,
    seed: int = 7,
) -> Answer:
    """Mean outcome, weighted by money, had each of these decisions been made the other way.

    Args:
        listed, pi, outcome: A, pi and Y of all decisions, pi in [0, 1].
        target: the probability with which the other way lists each, in [0, 1].
        money: how much each counts, >= 0.
        cluster: the account of each, numbered from 0 without gaps.

    Returns:
        The value in units of the outcome, or `NotEnough`: where the other way lists what was never listed (pi 0),
        leaves out what always was (pi 1), or the weight lies on fewer than 100 effective decisions.

    Source: the self-normalised importance estimator (Hájek); Swaminathan and Joachims, The self-normalized estimator
    for counterfactual learning (2015). Effective sample size: Kish, Survey Sampling (1965).
    """
    untried = ((pi <= 0) & (target > 0)) | ((pi >= 1) & (target < 1))
    if untried.any():
        return NotEnough(f"it would decide {int(untried.sum()):,} of {len(pi):,} decisions as they never were decided")
    weights = weights_of(listed, pi, target) * money
    ess = effective_sample_size(weights)
    if ess < FEWEST_EFFECTIVE:
        return NotEnough(f"the decisions that agree with it count for {ess:.0f}; {FEWEST_EFFECTIVE:.0f} are needed")
    accounts = int(cluster.max(initial=-1)) + 1
    ratio = Ratio.of_rows(cluster, weights * outcome, weights, accounts)
    return interval(ratio, int((weights > 0).sum()), draws=draws, seed=seed)
