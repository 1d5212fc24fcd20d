"""The band around a sum of money that may or may not come: what it stays within in 80 of 100 cases.

Each item comes whole, with its chance, or not at all. The sum of independent items has a distribution that can be
written down: here the items that move it most are taken exactly and the many small ones together as the normal they add
up to. Customers are less independent than that, for they pay several invoices in one run and all feel the same month;
so the band is then made wider by a fixed factor.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

SHARE = 0.8
"""Of all cases that should fall inside; half of the rest on either side."""

WIDER = 1.4
"""How much wider than for independent items: on the three ledgers that the method was tried on, the error of 30-day
cash spread 1.35 to 1.45 times as far as independence says."""

EXACT = 48
"""Items taken exactly: those whose coming or not moves the sum most. A book of no more has no normal part."""

CELLS = 1024
"""Points of the scale on which the distribution is worked out."""

REACH = 12.0
"""Standard deviations that the scale is wide, where all the money together is not less."""


@dataclass(frozen=True)
class Band:
    """What is expected, and between what it should lie; all in the unit of the amounts."""

    low: float
    expected: float
    high: float


def band(amounts: npt.ArrayLike, chances: npt.ArrayLike, wider: float = WIDER) -> Band:
    """The band of one sum.

    Args:
        amounts: of each item, 0 or more, shape (n,).
        chances: that it comes, in [0, 1], shape (n,).
        wider: factor on both halves; 1 for items that really are independent.

    Returns:
        Both ends within [0, sum of the amounts], the expected sum within them.

    >>> band([100.0, 100.0], [0.5, 0.5])
    Band(low=0.0, expected=100.0, high=200.0)
    >>> band([], [])
    Band(low=0.0, expected=0.0, high=0.0)
    """
    money, chance = np.asarray(amounts, dtype=np.float64), np.asarray(chances, dtype=np.float64)
    expected, most = float(money @ chance), float(money.sum())
    low, high = independent_range(money, chance)
    return Band(
        max(0.0, min(expected, expected - wider * (expected - low))),
        expected,
        min(most, max(expected, expected + wider * (high - expected))),
    )


def independent_range(money: Floats, chance: Floats) -> tuple[float, float]:
    """The 10 % and 90 % points of the sum of independent items, rounded outwards by a hundredth of its spread or so."""
    spread = money**2 * chance * (1.0 - chance)
    expected, deviation = float(money @ chance), float(np.sqrt(spread.sum()))
    if deviation <= 0.0:
        return expected, expected
    order = np.argsort(-spread, kind="stable")
    moving, rest = order[:EXACT], order[EXACT:]
    moving = moving[spread[moving] > 0.0]
    width = min(float(money[spread > 0.0].sum()) * (1 + 2 / CELLS), REACH * deviation)
    cell = width / CELLS
    steps = np.round(money[moving] / cell)
    # What rounding to cells moves is moved back, so that the mean of the distribution is the expected sum.
    certain = expected - float(cell * steps @ chance[moving])
    normal = float(np.sqrt(spread[rest].sum())) / cell
    # Where the circle of cells is cut open: below everything that can be, or far below what is expected.
    whole = normal == 0.0 and width < REACH * deviation
    least, middle = -certain / cell - 4.0 * normal, (expected - certain) / cell
    begin = 0 if whole else int(np.floor(max(least, middle - CELLS / 2)))
    return _points(_mass(steps, chance[moving], normal), certain, begin, cell)


def _mass(steps: Floats, chance: Floats, normal: float) -> Floats:
    """The distribution of the items on a circle of cells, shape (CELLS,): whole steps each, and a normal part.

    Args:
        normal: standard deviation of the normal part, in cells; 0 for none.
    """
    frequency = 2.0 * np.pi * np.arange(CELLS // 2 + 1) / CELLS
    turns = np.exp(-1j * np.outer(steps, frequency))
    wave = np.prod(1.0 - chance[:, None] + chance[:, None] * turns, axis=0)
    if normal > 0.0:
        wave *= np.exp(-0.5 * (max(normal, 1.0) * frequency) ** 2)
    return np.maximum(np.fft.irfft(wave, CELLS), 0.0)


def _points(mass: Floats, certain: float, begin: int, cell: float) -> tuple[float, float]:
    """Where the tenth and the ninetieth percent of the mass lie, the circle cut open at the cell `begin`."""
    reached = np.cumsum(np.roll(mass, -begin)) / mass.sum()
    outside = (1.0 - SHARE) / 2.0
    low, high = (int(np.searchsorted(reached, share - 1e-9)) for share in (outside, 1.0 - outside))
    return certain + cell * (begin + low - 1), certain + cell * (begin + high + 1)
