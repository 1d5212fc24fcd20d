"""Exploration: whom chance adds to the list of one collector within the time set aside, and how likely that was.

Drawn is within one collector's accounts: who could be drawn is then sure to have somebody who may call, and time for
the call. As many are drawn as fit whoever they are, so that nobody drawn is dropped again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from serving.trials.designs import slice_chances, smooth_chances
from serving.trials.draw import Seed, drawn


@dataclass(frozen=True)
class Ranked:
    """An account that could be drawn: in the order of its rank among others, with the minutes of its call, > 0."""

    account_id: str
    minutes: float


@dataclass(frozen=True)
class Draw:
    """What was drawn.

    Attributes:
        pi: by account, the chance it had; 0 of one whose call is longer than all the time there is.
        listed: who was drawn, exactly `k` accounts.
        seed_id: names the draw.
    """

    pi: Mapping[str, float]
    listed: frozenset[str]
    k: int
    seed_id: str


def draw_slice(below: Sequence[Ranked], minutes: float, seed: Seed) -> Draw:
    """Draw from the accounts below the cut, with equal chances, for the minutes set aside.

    >>> from datetime import date
    >>> below = [Ranked(f"C-{n}", 8.0) for n in range(10)]
    >>> draw = draw_slice(below, 24.0, Seed(date(2026, 3, 31), "", "salt"))
    >>> draw.k, draw.pi["C-0"], len(draw.listed)
    (3, 0.3, 3)
    """
    fitting = [one for one in below if one.minutes <= minutes]
    return _draw(below, fitting, slice_chances(len(fitting), places(fitting, minutes)).tolist(), seed)


def draw_smooth(ranked: Sequence[Ranked], minutes: float, floor: float, seed: Seed) -> Draw:
    """Draw a whole list, the best first with the highest chances and nobody's below the floor, see `smooth_chances`."""
    fitting = [one for one in ranked if one.minutes <= minutes]
    return _draw(ranked, fitting, smooth_chances(len(fitting), places(fitting, minutes), floor).tolist(), seed)


def places(accounts: Sequence[Ranked], minutes: float) -> int:
    """How many calls surely fit into the minutes, whichever of the accounts they are: as many as of the longest.

    >>> places([Ranked("A", 8), Ranked("B", 8), Ranked("C", 20)], 30), places([Ranked("A", 8)], 30)
    (2, 1)
    """
    count, left = 0, minutes
    for one in sorted((account.minutes for account in accounts), reverse=True):
        if one > left:
            break
        count, left = count + 1, left - one
    return count


def _draw(everybody: Sequence[Ranked], fitting: Sequence[Ranked], chances: Sequence[float], seed: Seed) -> Draw:
    chance = {one.account_id: pi for one, pi in zip(fitting, chances, strict=True)}
    listed = drawn(chance, seed)
    pi = {one.account_id: chance.get(one.account_id, 0.0) for one in everybody}
    return Draw(pi, listed, len(listed), seed.seed_id)
