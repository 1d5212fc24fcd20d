"""Decision logs of an invented company in which what a call changes is planted, to judge the estimators by.

Accounts have a balance, a chance to pay anyway and an effect of being listed. An order sees the effect dimly; a lot
decides by one of the designs of `serving.trials`; the outcomes of one account hang together. What the engine predicts
is wrong on purpose: its payment curve is tilted and noisy, its response prior twice too large.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import numpy as np
from scipy.special import expit, ndtr

from serving.effect.logged import Logged
from serving.trials.designs import slice_chances, smooth_chances
from serving.trials.draw import Seed, drawn

FIRST = date(2026, 1, 5)
DAYS_APART = 7
ORDERS = ("engine", "largest")
PLANTED = "planted"
"""The order in which the effect of each decision is kept."""

ANYWAY = "anyway"
"""The order in which the share is kept that comes in of each decision without a call, on average."""

PAID_SHARE = 0.75
"""Of its money-days, on average, an account that pays brings in."""


@dataclass(frozen=True)
class World:
    """What is planted.

    Attributes:
        design: `smooth` draws the whole list, `slice` what stands below the cut.
        places: accounts listed of an evening; in a slice those that chance adds.
        effect: mean effect of being listed on the share of money-days; 0 is a placebo.
        same: whether the effect is the same for all.
        seen: correlation of what the engine knows with what moves the effect, in [0, 1].
        skew: standard deviation of the log balance.
    """

    design: Literal["smooth", "slice"] = "smooth"
    accounts: int = 300
    evenings: int = 40
    places: int = 60
    floor: float = 0.03
    effect: float = 0.12
    same: bool = False
    seen: float = 0.7
    skew: float = 1.0


def simulated(world: World, seed: int) -> Logged:
    """One log of the world; `orders["planted"]` is what nobody sees, the effect of each decision."""
    rng = np.random.default_rng([seed, 11])
    n = world.accounts
    moved, own = rng.standard_normal(n), rng.standard_normal(n)
    effect = world.effect * (np.ones(n) if world.same else 2 * expit(1.5 * moved))
    anyway = 0.05 + 0.4 * rng.random(n)
    usual = 3_000 * np.exp(world.skew * rng.standard_normal(n))
    seen = world.seen * moved + np.sqrt(1 - world.seen**2) * rng.standard_normal(n)
    evenings = []
    for evening in range(world.evenings):
        day = FIRST + timedelta(days=DAYS_APART * evening)
        balance = usual * np.exp(0.3 * rng.standard_normal(n))
        gain = 0.5 * expit(1.2 * (seen + 0.3 * rng.standard_normal(n)))
        pi = chances(world, balance * gain)
        listed = _drawn(pi, Seed(day, "", str(seed)))
        luck = ndtr(0.7 * own + np.sqrt(1 - 0.7**2) * rng.standard_normal(n))
        pays = luck < (anyway + listed * effect) / PAID_SHARE
        evenings.append(
            {
                "account": np.arange(n),
                "day": np.full(n, (day - date(1970, 1, 1)).days),
                "listed": listed,
                "pi": pi,
                "outcome": pays * (PAID_SHARE + 0.25 * rng.uniform(-1, 1, n)),
                "balance": balance,
                "expected": np.clip(0.2 + 0.5 * anyway + 0.1 * rng.standard_normal(n), 0, 1),
                "gain": gain,
                "engine": balance * gain,
                "largest": balance,
                PLANTED: effect,
                ANYWAY: anyway,
            }
        )
    rows = {name: np.concatenate([one[name] for one in evenings]) for name in evenings[0]}
    return Logged.of(**{name: rows.pop(name) for name in list(rows)[:8]}, orders=rows)


def chances(world: World, score: np.ndarray) -> np.ndarray:
    """The chance of each account, by its score: in a slice the best 3/4 of four times the places are sure."""
    n = len(score)
    by_rank = np.argsort(-score, kind="stable")
    pi = np.ones(n)
    if world.design == "smooth":
        pi[by_rank] = smooth_chances(n, world.places, world.floor)
    else:
        below = by_rank[3 * world.places :]
        pi[below] = slice_chances(len(below), world.places)
    return pi


def _drawn(pi: np.ndarray, seed: Seed) -> np.ndarray:
    found = drawn({str(account): float(chance) for account, chance in enumerate(pi)}, seed)
    return np.array([str(account) in found for account in range(len(pi))], dtype=np.float64)
