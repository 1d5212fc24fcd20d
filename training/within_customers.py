"""Within customers: outcomes are dealt out anew among each customer's own snapshots, and trees are fitted on them.

What then is left to be learned is how customers differ. Each customer's own share is given to the trees beforehand, so
nothing at all is left, and the items of one customer must rank like chance: .5 within three standard errors. Without
that start the trees would learn how customers differ from the items that tell slow customers from quick ones (old ones
from new ones), and go on to rank the items of one customer by it: on the demo company with an AUC of .59, where the
true outcomes teach .68.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from models.readings import Floats
from training.metrics import Draws, interval
from training.small_trees import Answered, Ints, Matrices, Objects, fitted

DEALS = 6
"""How often the outcomes are dealt out anew."""

FEWEST_DEALS = 2
"""So many are made however short the time is: one says nothing of how much deals differ."""

ROUNDS = 30
ROWS = 20_000
"""Snapshots that are learned from at most."""

DRAWS = 100


@dataclass(frozen=True)
class WithinCustomers:
    """How well the items of one customer are ranked on one evening; NaN where nothing could be measured.

    Attributes:
        true: AUC of trees that learned from the outcomes as they were.
        dealt: the mean AUC of those that learned from outcomes dealt out anew.
        error: of `dealt`: of the deals, and of the customers by the bootstrap.
        deals: how often they were dealt out.
    """

    true: float = math.nan
    dealt: float = math.nan
    error: float = math.nan
    deals: int = 0


def within_customers(
    learned: Answered, judged: Answered, seed: int = 7, may_deal: Callable[[int], bool] = lambda deals: True
) -> WithinCustomers:
    """Deal outcomes out within customers, learn, and rank each customer's items of each judged evening.

    Args:
        learned: what the newest cutoff knew.
        judged: rows of the evenings after it.
        may_deal: asked before each deal after the first two, with the number made: whether there is time for another.
    """
    both = learned.at_most(ROWS, seed)
    both = both.take(_with_both_outcomes(both))
    draws = Draws.of(judged.customer.astype(str), DRAWS)
    if not len(both) or not _can_be_ranked(judged):
        return WithinCustomers()
    matrices, customer = Matrices.of((both, judged)), pd.factorize(both.customer)[0]
    known = _customers_own(both.unpaid, customer)

    def ranked(unpaid: Floats, seed: int) -> Floats:
        trees = fitted(matrices.each[0], matrices.columns, unpaid, known, seed, ROUNDS)
        return within_draws(trees.raw(matrices.each[1]), judged, draws)

    true, found = ranked(both.unpaid, seed)[0], list[Floats]()
    while len(found) < DEALS and (len(found) < FEWEST_DEALS or may_deal(len(found))):
        own = seed + len(found)
        found.append(ranked(dealt_within(both.unpaid, customer, own), own))
    areas = np.array([one[0] for one in found])
    spread = [interval(one) for one in found]
    of_customers = float(np.mean([(one.high - one.low) / (2 * 1.96) for one in spread]))
    error = math.sqrt(float(areas.var(ddof=1)) / len(found) + of_customers**2)
    return WithinCustomers(float(true), float(areas.mean()), error, len(found))


def dealt_within(unpaid: Floats, customer: Ints, seed: int) -> Floats:
    """The outcomes dealt out anew among the rows of each customer (codes from 0); each keeps its own, in some order."""
    drawn = np.random.default_rng(seed).random(len(unpaid))
    dealt = np.empty_like(unpaid)
    dealt[np.argsort(customer, kind="stable")] = unpaid[np.lexsort((drawn, customer))]
    return dealt


def within_draws(said: Floats, judged: Answered, draws: Draws) -> Floats:
    """AUC among the items of one customer on one evening, in every draw of customers, shape (1 + draws,).

    An evening of a customer counts by its items, not by its pairs: few customers with many items would decide it all.
    """
    frame = pd.DataFrame({"said": said, "unpaid": judged.unpaid, "customer": judged.customer, "day": judged.day})
    groups = frame.groupby(["customer", "day"], sort=False)
    rank, rows = groups["said"].rank().to_numpy(), groups["unpaid"].transform("size").to_numpy(dtype=np.float64)
    hits = groups["unpaid"].transform("sum").to_numpy(dtype=np.float64)
    counted = (judged.unpaid > 0) & (hits < rows)
    # Of a hit: how many misses lie below it, ties half, summed over the group (Mann-Whitney), by the group's rows.
    below = np.where(counted, (rank - (hits + 1) / 2) / rows, 0.0)
    pairs = np.where(counted, (rows - hits) / rows, 0.0)
    found, all_pairs = draws.sums(np.column_stack([below, pairs])).T
    area: Floats = np.divide(found, all_pairs, out=np.full(len(found), math.nan), where=all_pairs > 0)
    return area


def _customers_own(unpaid: Floats, customer: Ints) -> Floats:
    """The log-odds of each row's customer's own share, which is neither 0 nor 1."""
    share = np.bincount(customer, weights=unpaid) / np.bincount(customer)
    return np.asarray((np.log(share) - np.log1p(-share))[customer])


def _with_both_outcomes(rows: Answered) -> Ints:
    """The places of the rows of customers who have an item of either outcome: of others there is nothing to deal."""
    share = pd.Series(rows.unpaid).groupby(rows.customer).transform("mean").to_numpy()
    return np.flatnonzero((share > 0) & (share < 1))


def _can_be_ranked(judged: Answered) -> bool:
    customer: Objects = judged.customer
    share = pd.Series(judged.unpaid).groupby([customer, judged.day]).mean()
    return bool(((share > 0) & (share < 1)).any())
