"""Expected cash acceleration: what a call today would bring forward, in money-days.

A payment curve says when money comes under the calling of the past. A call is taken to move it for three weeks, in two
ways: money that was coming comes faster by a factor, and an invoice that has drifted past its customer's own habit is
set going again by a daily push. The first helps most where payment is neither certain nor hopeless, the second where
something is wrong that one call can find out. How strong they are is *assumed, not measured*
(`serving.value.response`), the order hardly depends on it, the money does.

Waiting is an alternative: what the same call would still bring in a week is taken off, so that urgent accounts come
first. Payment runs hardly move for a call: a discount says how regular an account is.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.readings import Curves
from serving.value.response import ResponsePrior

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Habits:
    """How the customer of each item pays, as the features say it; shape (n,) each, NaN where there is no number.

    Attributes:
        slow_day: days late that four of five of its invoices did not exceed.
        spread: standard deviation of its days late.
        late_share: of its invoices, more than the grace late.
        settled: invoices settled so far; with none there is no habit.
    """

    slow_day: Floats
    spread: Floats
    late_share: Floats
    settled: Floats


@dataclass(frozen=True, eq=False)
class Gains:
    """What a call brings forward per unit of money, before all that concerns the account; shape (n,) each, >= 0.

    Attributes:
        days: days that a unit comes sooner, within the horizon, when the call is made tonight.
        days_after_waiting: the same of a unit of tonight's money, when the call is made after the wait.
        tail, tail_after_waiting: share that a call keeps from staying unpaid for `tail_days`.
    """

    days: Floats
    days_after_waiting: Floats
    tail: Floats
    tail_after_waiting: Floats


def gains(curves: Curves, dpd: npt.ArrayLike, habits: Habits, prior: ResponsePrior) -> Gains:
    """The gains of a call to each item's customer.

    Args:
        curves: of n items.
        dpd: days past due tonight, shape (n,).
        habits: of their customers.
        prior: how customers answer, as assumed.

    Source: expected cash acceleration as the house derived it; the two routes of a response are those of a
    proportional and of an additive hazard.
    """
    late = np.asarray(dpd, dtype=np.float64)
    wait, horizon = prior.wait_days, prior.horizon_days
    last = max(horizon, prior.tail_days + wait)
    usual = curves.intensity_on(np.arange(last + 1))
    now = _moved(usual, push_of(late, habits, prior), prior)
    left = np.exp(-usual[:, wait])
    after = usual[:, wait:] - usual[:, wait : wait + 1]
    later = _moved(after, push_of(late + wait, habits, prior), prior)
    shorter = horizon - prior.horizon_lost_by_waiting_days
    return Gains(
        days=_days_sooner(usual, now, horizon),
        days_after_waiting=left * _days_sooner(after, later, shorter),
        tail=_tail(usual, now, prior.tail_days),
        tail_after_waiting=left * _tail(after, later, prior.tail_days),
    )


def push_of(dpd: Floats, habits: Habits, prior: ResponsePrior) -> Floats:
    """The daily intensity that a call adds to each item by setting it going again, shape (n,).

    Grows once an item is later than its customer's own slow day, in units of the customer's spread. Without any
    settled invoice half of the full push, once the item is past due.
    """
    known = (habits.settled > 0) & ~np.isnan(habits.slow_day)
    spread = np.nan_to_num(habits.spread, nan=0.0) + prior.spread_floor_days
    drift = (dpd - np.nan_to_num(habits.slow_day)) / spread
    wakes = 1.0 / (1.0 + np.exp(-prior.drift_slope * (drift - prior.drift_from)))
    push = prior.push_per_day * wakes * (1.0 - prior.less_for_late_payers * np.nan_to_num(habits.late_share))
    unknown = np.where(dpd > 0, prior.push_of_unknown * prior.push_per_day, 0.0)
    return np.asarray(np.where(known, push, unknown))


def _moved(usual: Floats, push: Floats, prior: ResponsePrior) -> Floats:
    """Cumulative intensity at whole days after a call on day 0, from that without one."""
    lasts = prior.lasts_days
    days = np.minimum(np.arange(usual.shape[1]), lasts)
    hurried = (prior.speed_up - 1.0) * usual[:, np.minimum(days, usual.shape[1] - 1)]
    return np.asarray(usual + hurried + push[:, None] * days)


def _days_sooner(usual: Floats, moved: Floats, horizon: int) -> Floats:
    return np.maximum(_unpaid_days(usual[:, : horizon + 1]) - _unpaid_days(moved[:, : horizon + 1]), 0.0)


def _unpaid_days(intensity: Floats) -> Floats:
    """The integral of S = exp(-intensity) over the days; exact, since the intensity is a line within each day."""
    rise = np.diff(intensity, axis=1)
    flat = rise < 1e-12
    mean = np.where(flat, 1.0, -np.expm1(-rise) / np.where(flat, 1.0, rise))
    return np.asarray((np.exp(-intensity[:, :-1]) * mean).sum(axis=1))


def _tail(usual: Floats, moved: Floats, day: int) -> Floats:
    at = min(day, usual.shape[1] - 1)
    return np.asarray(np.maximum(np.exp(-usual[:, at]) - np.exp(-moved[:, at]), 0.0))
