"""Two orders compared in a trial with arms: accounts whom both orders treat alike tell nothing, and are taken out.

Each account is put into an arm by lot, and each arm works by its own order within its own places. Whom both orders
would list, or neither, could as well have stood in the other arm: everything would have gone as it did. Averaged over
all such exchanges these accounts add the same to both arms, and only their noise goes. Permissible only where the
lists of both orders were made for all accounts, whichever arm they are in.
"""

import numpy as np

from serving.effect.answer import Answer, NotEnough
from serving.effect.logged import BadLog, Flags, Floats, Ints
from serving.effect.resampling import DRAWS, FEWEST_ACCOUNTS, Difference, Ratio, Statistic, interval


def arms_differ(
    arm: Ints, ours: Flags, theirs: Flags, outcome: Floats, cluster: Ints, *, reshuffled: bool = True,
    draws: int = DRAWS, seed: int = 7,
) -> Answer:  # fmt: skip
    """Mean outcome of a decision under our order less that under theirs.

    Args:
        arm: 1 where our order ruled, 0 where theirs did; the same for all decisions of an account.
        ours, theirs: whether each order would list the account, in either arm, on that evening.
        outcome: what came of each decision.
        cluster: the account of each, numbered from 0 without gaps.
        reshuffled: whether accounts are exchanged; else the plain difference of the means of the arms.

    Returns:
        The difference with its interval, or why there is none: too few accounts on which the orders differ.

    Raises:
        BadLog: when an account stands in both arms.

    Source: Mate, Wilder, Taneja and Tambe, Improved policy evaluation for randomized trials of algorithmic resource
    allocation (2023).
    """
    accounts = int(cluster.max(initial=-1)) + 1
    in_ours = np.bincount(cluster, weights=arm, minlength=accounts)
    if (np.minimum(in_ours, np.bincount(cluster, minlength=accounts) - in_ours) > 0).any():
        raise BadLog("an account stands in both arms")
    differ = ours != theirs
    if reshuffled and (few := _too_few(arm, differ, cluster)):
        return few
    return interval(_difference(arm, differ, outcome, cluster, accounts, reshuffled), len(arm), draws=draws, seed=seed)


def _difference(arm: Ints, differ: Flags, outcome: Floats, cluster: Ints, accounts: int, reshuffled: bool) -> Statistic:
    one, other = arm == 1, arm == 0
    if not reshuffled:
        means = (Ratio.of_rows(cluster, outcome * rows, rows.astype(np.float64), accounts) for rows in (one, other))
        return Difference(*means)
    counted = [
        Ratio.of_rows(cluster, outcome * rows, rows.astype(np.float64), accounts)
        for rows in (one & differ, other & differ)
    ]
    share = Ratio.of_rows(cluster, differ.astype(np.float64), np.ones(len(differ)), accounts)
    return _Part(Difference(*counted), share)


class _Part:
    """A statistic of the decisions on which the orders differ, spread over all of them."""

    def __init__(self, difference: Statistic, share: Ratio) -> None:
        self.difference, self.share = difference, share

    @property
    def accounts(self) -> int:
        return self.share.accounts

    def at(self, copies: Floats) -> tuple[Floats, Floats]:
        value, influence = self.difference.at(copies)
        share, moved = self.share.at(copies)
        return value * share, influence * share[:, None] + moved * value[:, None]


def _too_few(arm: Ints, differ: Flags, cluster: Ints) -> NotEnough | None:
    found = min(len(np.unique(cluster[differ & (arm == one)])) for one in (0, 1))
    if found < FEWEST_ACCOUNTS:
        return NotEnough(f"the orders differ on {found} accounts of one arm; {FEWEST_ACCOUNTS} are needed")
    return None
