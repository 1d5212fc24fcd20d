"""Designs: the chance of every account to be listed, before anything is drawn. What each permits: see the signboard.

Chances always add up to a whole number of places, so that a draw lists exactly so many accounts.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from serving.trials.errors import NotADesign

SOFTNESS = 0.15
"""How gently `smooth` falls around the cut, as a share of the places."""

_HALVINGS = 60


def slice_chances(accounts: int, places: int) -> npt.NDArray[np.float64]:
    """Equal chances for the accounts below the cut, shape (accounts,)."""
    _require(accounts, places)
    return np.full(accounts, min(1.0, places / accounts) if accounts else 0.0)


def smooth_chances(accounts: int, places: int, floor: float) -> npt.NDArray[np.float64]:
    """Chances that fall with the rank, and stay above a floor.

    The chance at rank r is floor + (1 - floor) × sigmoid((cut - r) / softness), where the softness is 0.15 × places
    and the cut is such that all of them add up to the places.

    Args:
        accounts: how many are ranked, the best first.
        places: how many of them will be listed. With as many places as accounts everybody is sure.
        floor: the least chance, in [0, 1). Where it promises more places than there are, all chances are equal.

    Returns:
        Shape (accounts,), falling, each above 0 and below 1 unless there are as many places as accounts, or none.

    >>> smooth_chances(5, 2, floor=0.1).round(2).tolist()
    [0.98, 0.67, 0.15, 0.1, 0.1]
    """
    _require(accounts, places)
    if not 0.0 <= floor < 1.0:
        raise NotADesign("a least chance of", floor, "a share from 0, below 1")
    if places >= accounts or places == 0 or floor * accounts >= places:
        return slice_chances(accounts, places)
    softness, ranks = SOFTNESS * places, np.arange(1.0, accounts + 1)

    def at(cut: float) -> npt.NDArray[np.float64]:
        return np.asarray(floor + (1.0 - floor) * expit((cut - ranks) / softness))

    low, high = -40.0 * softness, accounts + 40.0 * softness
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if at(middle).sum() < places else (low, middle)
    found = at(low)
    return np.asarray(found * (places / found.sum()))


def _require(accounts: int, places: int) -> None:
    if accounts < 0 or places < 0:
        raise NotADesign("accounts and places", (accounts, places), "none of them below 0")
