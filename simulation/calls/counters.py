"""Chance by counter: a number that depends on what is asked, not on what was asked before.

Every chance event of the answering company is a hash of (seed, what it happens to, day, purpose). Two orders of calling
on one seed therefore meet the same world: they differ only through the calls they make.
"""

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from simulation.chance import Floats

_GOLDEN, _FIRST, _SECOND = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


def uniform(seed: int, purpose: str, who: npt.ArrayLike, day: npt.ArrayLike = 0) -> Floats:
    """Numbers in (0, 1), one for each of `who` (and `day`, which may be an array too).

    Source: the finaliser of SplitMix64 (Steele, Lea and Flood, 2014), chained over the parts of the key.
    """
    with np.errstate(over="ignore"):
        key = np.asarray(np.uint64(seed) * _GOLDEN)
        for letter in purpose.encode():
            key = _mixed(key ^ np.uint64(letter))
        mixed = _mixed(_mixed(key ^ np.asarray(who).astype(np.uint64)) ^ np.asarray(day).astype(np.uint64))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53 + 2.0**-54)


def normal(seed: int, purpose: str, who: npt.ArrayLike, day: npt.ArrayLike = 0) -> Floats:
    """Standard normal numbers, by the same key."""
    return np.asarray(ndtri(uniform(seed, purpose, who, day)))


def between(low: npt.ArrayLike, high: npt.ArrayLike, share: Floats) -> Floats:
    """The point that lies `share` of the way from `low` to `high`."""
    start = np.asarray(low, dtype=np.float64)
    return np.asarray(start + (np.asarray(high, dtype=np.float64) - start) * share)


def _mixed(key: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    key = key + _GOLDEN
    key = (key ^ (key >> np.uint64(30))) * _FIRST
    key = (key ^ (key >> np.uint64(27))) * _SECOND
    return np.asarray(key ^ (key >> np.uint64(31)))
