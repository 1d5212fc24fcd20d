"""Placing calls: which accounts fit into whose minutes so that their value is largest. Arithmetic alone.

The linear relaxation (HiGHS, dual simplex) tells a bound that no placing can pass and the price of a minute. The calls
worth most per minute are placed one by one; those around the cut, where one against another has to be weighed, are then
taken back and placed anew by a mixed-integer programme. It ends by gap and nodes, never by time, so that the same
problem always has the same answer.

Source:
    Solving only around the cut: Balas & Zemel, Operations Research 28 (1980). HiGHS: Huangfu & Hall, Mathematical
    Programming Computation 10 (2018).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

from serving.team.quiet import without_output

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

NOBODY = -1
FIT_WEIGHT = 1e-3
"""Share of an account's value that the worst fit takes off: it decides who calls, and hardly ever whom."""
GAP = 1e-3
"""Share of the rest's value by which its placing may fall short of the best."""
NODES = 100
AROUND_THE_CUT = 3
"""How many calls for each collector are weighed on either side of the cut."""
SMALL = 600
"""Up to so many pairs of account and collector all are weighed."""

_TOLERANCE = 1e-6
_A_MOMENT = 1e-3
"""Minutes that the relaxation has besides: where time is used up to the last minute, a price is then that of more."""


@dataclass(frozen=True, eq=False)
class Calls:
    """Accounts that could be called and minutes to call in.

    Attributes:
        value: shape (n,), >= 0; minutes: shape (n,), > 0.
        time: minutes of each collector, shape (m,), >= 0.
        fit: how well each collector fits, in [0, 1], shape (n, m); NaN where that one may not call.
    """

    value: Floats
    minutes: Floats
    time: Floats
    fit: Floats

    @property
    def allowed(self) -> Flags:
        """Shape (n, m)."""
        return np.asarray(np.isfinite(self.fit))


@dataclass(frozen=True, eq=False)
class Relaxed:
    """The relaxation's answer: the bound, and the price of a minute of each collector, shape (m,)."""

    bound: float
    per_minute: Floats


def placed_by_milp(calls: Calls) -> tuple[Whole, Relaxed] | None:
    """The collector of each account (`NOBODY` for none), shape (n,), with the relaxation; None when HiGHS gave up.

    Never worth less than `placed_greedily`.
    """
    relaxed, greedy = _relaxed(calls), placed_greedily(calls)
    if relaxed is None:
        return None
    weighed = _weighed(calls, greedy)
    found = _placed_anew(calls, np.where(weighed, NOBODY, greedy), weighed)
    if found is None:
        return None
    fill(calls, found, _by_density(calls))
    return (found if _worth(calls, found) >= _worth(calls, greedy) else greedy), relaxed


def placed_greedily(calls: Calls) -> Whole:
    """Accounts by value per minute, each with who fits best, then has most time; shape (n,)."""
    of = np.full(len(calls.value), NOBODY, dtype=np.int64)
    fill(calls, of, _by_density(calls))
    return of


def fill(calls: Calls, of: Whole, order: Whole) -> None:
    """Give the accounts without a collector one, in this order, while the minutes last; changes `of`."""
    left, shortest = time_left(calls, of), calls.minutes[order].min(initial=np.inf)
    for account in order:
        if left.max(initial=-np.inf) + _TOLERANCE < shortest:
            return
        can = calls.allowed[account] & (calls.minutes[account] <= left + _TOLERANCE)
        if of[account] == NOBODY and can.any():
            best = int(np.lexsort((-left, -np.where(can, calls.fit[account], -1.0)))[0])
            of[account], left[best] = best, left[best] - calls.minutes[account]


def time_left(calls: Calls, of: Whole) -> Floats:
    """Minutes that each collector has left, shape (m,)."""
    has = of != NOBODY
    used = np.bincount(of[has], weights=calls.minutes[has], minlength=len(calls.time))
    return np.asarray(calls.time - used)


def pooled_bound(calls: Calls) -> tuple[float, float]:
    """What all minutes together could reach if a call could be cut and anybody make it, and the last minute's worth.

    The bound of Dantzig (Operations Research 5, 1957) for one knapsack: at least as high as the relaxation's.
    """
    order = _by_density(calls)
    before = np.concatenate([[0.0], np.cumsum(calls.minutes[order])[:-1]]) if len(order) else np.zeros(0)
    shares = np.clip((calls.time.sum() - before) / calls.minutes[order], 0.0, 1.0)
    cut = np.flatnonzero(shares < 1.0)
    price = float(calls.value[order[cut[0]]] / calls.minutes[order[cut[0]]]) if len(cut) else 0.0
    return float((shares * calls.value[order]).sum()), price


def _relaxed(calls: Calls) -> Relaxed | None:
    account, collector = np.nonzero(calls.allowed)
    if not len(account):
        return Relaxed(0.0, np.zeros(len(calls.time)))
    scale = float(calls.value[account].max()) or 1.0
    with without_output():
        found = linprog(
            -_gain(calls, account, collector) / scale,
            A_ub=_rows(calls, account, collector),
            b_ub=np.concatenate([np.ones(len(calls.value)), _usable(calls) + _A_MOMENT]),
            bounds=(0, None),
            method="highs-ds",
        )
    if found.status != 0:
        return None
    # The fit takes off at most this share of a placing's value: with it put back no placing passes the bound.
    bound = -found.fun * scale / (1.0 - FIT_WEIGHT * (1.0 - float(np.nanmin(calls.fit))))
    return Relaxed(bound, np.maximum(0.0, -found.ineqlin.marginals[len(calls.value) :] * scale))


def _usable(calls: Calls) -> Floats:
    """Minutes that calls can use: where all are of one length, what is over after the last whole one is nobody's."""
    if len(np.unique(calls.minutes)) > 1:
        return calls.time
    return np.asarray(np.floor((calls.time + _TOLERANCE) / calls.minutes[0]) * calls.minutes[0])


def _weighed(calls: Calls, of: Whole) -> Flags:
    """The accounts on either side of the cut, shape (n,)."""
    if calls.allowed.sum() <= SMALL:
        return np.ones(len(of), dtype=np.bool_)
    found, count, order = np.zeros(len(of), dtype=np.bool_), AROUND_THE_CUT * len(calls.time), _by_density(calls)
    found[order[of[order] != NOBODY][-count:]] = True
    found[order[of[order] == NOBODY][:count]] = True
    return found


def _placed_anew(calls: Calls, of: Whole, weighed: Flags) -> Whole | None:
    """Place those weighed into the time that the others leave. None when HiGHS gave up."""
    left = time_left(calls, of)
    could = calls.allowed & weighed[:, None] & (calls.minutes[:, None] <= left[None, :] + _TOLERANCE)
    account, collector = np.nonzero(could)
    if not len(account):
        return of
    scale = float(calls.value[account].max()) or 1.0
    with without_output():
        answer = milp(
            -_gain(calls, account, collector) / scale,
            integrality=np.ones(len(account)),
            bounds=Bounds(0, 1),
            constraints=LinearConstraint(
                _rows(calls, account, collector),
                -np.inf,
                np.concatenate([np.ones(len(calls.value)), np.maximum(left, 0.0)]),
            ),
            options={"mip_rel_gap": GAP, "node_limit": NODES},
        )
    if answer.x is None:
        return None
    for pair in np.flatnonzero(answer.x > 0.5):  # held against the minutes once more: solvers have tolerances
        who, by = account[pair], collector[pair]
        if of[who] == NOBODY and calls.minutes[who] <= left[by] + _TOLERANCE:
            of[who], left[by] = by, left[by] - calls.minutes[who]
    return of


def _by_density(calls: Calls) -> Whole:
    """The accounts by value per minute."""
    return np.argsort(-calls.value / calls.minutes, kind="stable")


def _worth(calls: Calls, of: Whole) -> float:
    return float(calls.value[of != NOBODY].sum())


def _gain(calls: Calls, account: Whole, collector: Whole) -> Floats:
    return np.asarray(calls.value[account] * (1.0 - FIT_WEIGHT * (1.0 - calls.fit[account, collector])))


def _rows(calls: Calls, account: Whole, collector: Whole) -> csr_matrix:
    """Each account once at most, and each collector's minutes."""
    pairs = np.arange(len(account))
    once = csr_matrix((np.ones(len(pairs)), (account, pairs)), (len(calls.value), len(pairs)))
    minutes = csr_matrix((calls.minutes[account], (collector, pairs)), (len(calls.time), len(pairs)))
    return vstack([once, minutes]).tocsr()
