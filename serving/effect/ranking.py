"""Whether an order puts those first whom a call moves most.

The curve TOC(q) says how much larger the effect is over the first share q of the money of an order than over all of it.
Its area is 0 for an order that knows nothing, and for an effect that is the same everywhere. AUTOC weights the curve
evenly and so looks at the top; Qini weights it by q and looks at the whole. Accounts of equal score share what they
have.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
import scipy.sparse as sp

from serving.effect.answer import Answer
from serving.effect.doubly_robust import too_few
from serving.effect.logged import Flags, Floats, Ints, Logged
from serving.effect.resampling import DRAWS, Difference, Ratio, interval

Area = Literal["autoc", "qini"]

TINY = 1e-300

NEAR_THE_EDGE = 0.25
"""Rows whose place is this close to the last one picked, as a share of the places, stand for the edge."""


@dataclass(frozen=True, eq=False)
class RankArea:
    """The area under TOC of one order, by money: a statistic of the accounts.

    With the rows in groups of equal score and q_g the share of money in the first g groups, it is the sum of the
    groups' mean scores times H(q_g) - H(q_(g-1)), where H(v) is -v ln v for AUTOC and v (1 - v) / 2 for Qini.

    Attributes:
        cluster: account of each row, numbered from 0 without gaps.
        score: what the order sorts by, the larger the earlier.
        effect: effect score of each row.
        money: its weight, > 0.

    Source: Yadlowsky, Fleming, Shah, Brunskill and Wager, Evaluating treatment prioritization rules via
    rank-weighted average treatment effects (2021); the influence of an account through the shares q_g is worked out
    here, so that each draw of the accounts has its own standard error.
    """

    cluster: Ints
    score: Floats
    effect: Floats
    money: Floats
    accounts: int
    kind: Area = "autoc"

    @cached_property
    def _groups(self) -> tuple["sp.csr_array", "sp.csr_array"]:
        """Money, and money times effect, by account and group: shape (accounts, groups) each."""
        _, group = np.unique(-self.score, return_inverse=True)
        shape = (self.accounts, int(group.max(initial=-1)) + 1)
        at = (self.cluster, group)
        return sp.csr_array((self.money, at), shape=shape), sp.csr_array((self.money * self.effect, at), shape=shape)

    def at(self, copies: Floats) -> tuple[Floats, Floats]:
        """The area where account c occurs `copies[d, c]` times, and what one more copy of each would move."""
        money, effect = self._groups
        b, a = copies @ money, copies @ effect
        total = b.sum(axis=1, keepdims=True)
        mean = np.divide(a, b, out=np.zeros_like(a), where=b > 0)
        q = np.concatenate([np.zeros_like(total), np.minimum(np.cumsum(b, axis=1) / total, 1.0)], axis=1)
        q[:, -1] = 1.0
        height, slope = self._curve(q)
        rise = np.diff(height, axis=1)
        per_effect = np.divide(rise, b, out=np.zeros_like(b), where=b > 0)
        per_money = _through_shares(mean, q, slope) / total - mean * per_effect
        return (mean * rise).sum(axis=1), np.asarray((effect @ per_effect.T + money @ per_money.T).T)

    def _curve(self, q: Floats) -> tuple[Floats, Floats]:
        """H at the shares q, and its slope."""
        if self.kind == "qini":
            return q * (1.0 - q) / 2.0, 0.5 - q
        log_q = np.log(np.maximum(q, TINY))
        return -q * log_q, -log_q - 1.0


def _through_shares(mean: Floats, q: Floats, slope: Floats) -> Floats:
    """What more money in a group moves by moving the shares q of all groups, times all money; shape (draws, groups)."""
    step = mean * np.diff(slope, axis=1)
    later = np.cumsum(step[:, ::-1], axis=1)[:, ::-1] - step
    everywhere = (mean * np.diff(slope * q, axis=1)).sum(axis=1, keepdims=True)
    return np.asarray(mean * slope[:, 1:] + later - everywhere)


@dataclass(frozen=True, eq=False)
class Curve:
    """TOC of one order: `share` of the money, and how much larger the effect is over it than over all; (n_points,)."""

    share: Floats
    ahead: Floats


def toc_curve(logged: Logged, scores: Floats, order: str, points: int = 20) -> Curve:
    """TOC at so many even shares of the money, the last of which is all of it, where the curve is 0."""
    _, group = np.unique(-logged.orders[order], return_inverse=True)
    money, effect = np.bincount(group, logged.money), np.bincount(group, logged.money * scores)
    q, gained = np.cumsum(money) / money.sum(), np.cumsum(effect) / money.sum()
    share = np.arange(1, points + 1) / points
    return Curve(share, np.interp(share, np.r_[0.0, q], np.r_[0.0, gained]) / share - gained[-1])


def area(logged: Logged, scores: Floats, order: str, kind: Area = "autoc") -> RankArea:
    """The area under TOC of one of the log's orders."""
    return RankArea(logged.clusters, logged.orders[order], scores, logged.money, logged.accounts, kind)


def rank_effect(
    logged: Logged, scores: Floats, order: str, kind: Area = "autoc", *, draws: int = DRAWS, seed: int = 7
) -> Answer:
    """The area with its interval, in shares of money-days; above 0 for an order that finds whom a call moves."""
    if short := too_few(logged, np.ones(len(logged), dtype=np.bool_)):
        return short
    return interval(area(logged, scores, order, kind), len(logged), draws=draws, seed=seed)


def ranks_ahead(
    logged: Logged, scores: Floats, order: str, of: str, kind: Area = "autoc", *,
    draws: int = DRAWS, seed: int = 7, level: float = 0.95,
) -> Answer:  # fmt: skip
    """How much larger the area of one order is than that of another, in the same draws of the accounts."""
    if short := too_few(logged, np.ones(len(logged), dtype=np.bool_)):
        return short
    difference = Difference(area(logged, scores, order, kind), area(logged, scores, of, kind))
    return interval(difference, len(logged), draws=draws, seed=seed, level=level)


def top_of_evenings(logged: Logged, order: str, share: float | None = None) -> Flags:
    """The decisions that an order would list: the first of each evening, as many as the lot had slots.

    Args:
        share: instead of the slots, this share of the evening's decisions, rounded up.
    """
    return np.asarray(logged.place(order) <= _places(logged, share))


def policy_value(logged: Logged, scores: Floats, order: str, *, days: int, draws: int = DRAWS, seed: int = 7) -> Answer:
    """Money-days that a listing brings forward where the order picks as many of each evening as there were slots.

    One step: each evening deviates alone and goes on as logged. Nothing is claimed of weeks under another order, for
    which the weights of sixty evenings would be needed.

    Args:
        days: that the outcome looks ahead; a share of 1 is so many days per unit of money.
    """
    chosen = top_of_evenings(logged, order)
    if short := too_few(logged, chosen):
        return short
    return interval(per_listing(logged, scores, days, order), int(chosen.sum()), draws=draws, seed=seed)


def per_listing(
    logged: Logged, scores: Floats, days: int, order: str | None = None, share: float | None = None
) -> Ratio:
    """Money-days brought forward by a listing, over the first of each evening: a statistic of the accounts.

    Who is among the first depends on who else is there: one account more pushes another over the edge. Each account
    therefore counts against the edge, whose mean stands in for whoever is pushed. With the accounts as they are this is
    the mean over the first; without it intervals came out a tenth too narrow.

    Args:
        order, share: as of `top_of_evenings`; without an order all decisions count.
    """
    gained = days * logged.money * scores
    if order is None:
        return Ratio.of_rows(logged.clusters, gained, np.ones(len(logged)), logged.accounts)
    place, places = logged.place(order), _places(logged, share)
    near = np.abs(place - places) <= NEAR_THE_EDGE * places
    edge = float(gained[near].mean()) if near.any() else 0.0
    part = places / logged.on_the_evening()
    above = np.where(place <= places, gained - edge, 0.0) + part * edge
    return Ratio.of_rows(logged.clusters, above, part, logged.accounts)


def _places(logged: Logged, share: float | None) -> Floats:
    """How many of the evening of each row are picked."""
    if share is None:
        return logged.slots().astype(np.float64)
    return np.asarray(np.ceil(share * logged.on_the_evening()))
