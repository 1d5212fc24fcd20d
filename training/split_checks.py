"""Splits: the same small trees judged on rows split by time, split the other way round, and split at random.

The last year of snapshots is cut in the middle, with a gap in which nobody is asked. Learned from the earlier half and
judged on the later one is the honest way. Learned from the later and judged on the earlier half should do no better: an
old evening that knows too much would be the easier to judge. And a random split has neighbours of every row on both
sides; where it does much better than time allows, rows hold more of each other's answers than of what is to come.
"""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from models.readings import Floats
from training.cutoffs import EMBARGO, LONGEST_HORIZON
from training.fit import TrainingSet
from training.metrics import Draws, Interval, auc_draws, interval
from training.small_trees import Answered, Matrices, fitted, learned_rows

WINDOW_DAYS = 365
GAP = LONGEST_HORIZON + EMBARGO
"""Days between the two halves: the outcomes of the first are over before the second begins."""

ROWS = 20_000
"""Rows of each half at most."""

ENOUGH = 30
"""Rows of each outcome, in every set that is judged, below which nothing is measured."""

ROUNDS = 60
DRAWS = 100

Bools = npt.NDArray[np.bool_]
UNKNOWN = Interval(math.nan, math.nan, math.nan)


@dataclass(frozen=True)
class Splits:
    """AUC of small trees on rows split in three ways; NaN where there are too few.

    Attributes:
        forward: learned from the earlier half, judged on the later one.
        backward: learned from the later half, judged on the earlier one.
        backward_gain: `backward` less `forward`, customers drawn together.
        ahead: as `forward`, on the rows of the later half that the random split held back.
        random: learned from a random half of all rows, judged on the same rows as `ahead`.
        random_gain: `random` less `ahead`, paired.
        rows: of each half.
    """

    forward: float = math.nan
    backward: float = math.nan
    backward_gain: Interval = UNKNOWN
    ahead: float = math.nan
    random: float = math.nan
    random_gain: Interval = UNKNOWN
    rows: int = 0


def splits(learned: TrainingSet, seed: int = 7) -> Splits:
    """Cut the newest year of the snapshots that a training set knows the answers of, and judge the three splits."""
    newest = learned.outcomes.last_observed - LONGEST_HORIZON
    return splits_of(learned_rows(learned, seed, newest - WINDOW_DAYS), seed)


def splits_of(rows: Answered, seed: int = 7) -> Splits:
    """The same of rows of about a year."""
    if not len(rows):
        return Splits()
    middle = (int(rows.day.min()) + int(rows.day.max())) // 2
    earlier, later = np.flatnonzero(rows.day < middle - GAP // 2), np.flatnonzero(rows.day > middle + GAP // 2)
    size = min(len(earlier), len(later), ROWS)
    rng = np.random.default_rng(seed)
    rows = rows.take(np.concatenate([np.sort(rng.choice(half, size, replace=False)) for half in (earlier, later)]))
    late = np.arange(2 * size) >= size
    drawn = rng.permutation(2 * size) < size
    held = late & ~drawn
    if not all(_enough(rows.unpaid[part]) for part in (late, ~late, held, drawn)):
        return Splits(rows=size)
    matrices, draws = Matrices.of([rows]), Draws.of(rows.customer.astype(str), DRAWS)

    def judged(learned_from: Bools, *asked: Bools) -> list[Floats]:
        """AUC in every draw on each set of rows, by trees that learned from `learned_from`."""
        matrix, unpaid = matrices.each[0], rows.unpaid[learned_from]
        start = np.full(len(unpaid), np.log(unpaid.mean()) - np.log1p(-unpaid.mean()))
        said = fitted(matrix[learned_from], matrices.columns, unpaid, start, seed, ROUNDS).raw(matrix)
        return [auc_draws(said[part], rows.unpaid[part], draws.at(part)) for part in asked]

    forward, ahead = judged(~late, late, held)
    (backward,), (random,) = judged(late, ~late), judged(drawn, held)
    return Splits(
        forward=float(forward[0]),
        backward=float(backward[0]),
        backward_gain=interval(backward - forward),
        ahead=float(ahead[0]),
        random=float(random[0]),
        random_gain=interval(random - ahead),
        rows=size,
    )


def _enough(unpaid: Floats) -> bool:
    return bool(min(unpaid.sum(), len(unpaid) - unpaid.sum()) >= ENOUGH)
