"""Chance that can be repeated: one stream of numbers per seed and purpose.

A purpose has its own stream, so that a change in how invoices are drawn does not shuffle the customers.
"""

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def stream(seed: int, purpose: str) -> np.random.Generator:
    """The numbers for one purpose: the same for the same two arguments, whatever else has been drawn."""
    return np.random.Generator(np.random.PCG64([seed, *purpose.encode()]))


def slow_waves(rng: np.random.Generator, rows: int, weeks: int, memory: float) -> Floats:
    """Weekly AR(1) paths around 0 with standard deviation 1, shape (rows, weeks); `memory`: weekly correlation."""
    shocks = rng.standard_normal((rows, weeks)) * np.sqrt(1 - memory**2)
    path = np.empty((rows, weeks))
    level = rng.standard_normal(rows)
    for week in range(weeks):
        level = memory * level + shocks[:, week]
        path[:, week] = level
    return path
