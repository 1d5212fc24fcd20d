"""Measuring what models of several cutoffs said: AUC, its interval and the paired differences, in two ways.

*Pooled*: all answers in one list, whichever model gave them. *Within*: only answers of one model are compared with each
other, for each ranks its own book and nobody calls by two models at once; each cutoff counts by its pairs. Where the
share of late items moves from one cutoff to the next, the two differ.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from public_judging import BASELINES, Floats

from training.metrics import Draws, Interval, auc_draws, brier, ece, interval, log_loss

OURS = "ours"


@dataclass(frozen=True)
class Ranked:
    """How well ours ranks, what each simple order reaches (by its name), and ours minus theirs, paired."""

    auc: Interval
    simple: dict[str, float]
    gains: dict[str, Interval]


@dataclass(frozen=True)
class Figures:
    """One task on one ledger.

    Attributes:
        rows, share: questions, and the share of them that came out late or unpaid.
        pooled, within: see above.
    """

    rows: int
    share: float
    pooled: Ranked
    within: Ranked
    ece: float
    brier: float
    log_loss: float

    @property
    def ways(self) -> dict[str, Ranked]:
        """The two ways by name."""
        return {"pooled": self.pooled, "within": self.within}


def figures_of(rows: pd.DataFrame) -> Figures:
    """From one row per question: `customer`, `cutoff` (0, 1, ...), `happened`, `ours` and every simple order."""
    happened, ours = rows["happened"].to_numpy(dtype=float), rows[OURS].to_numpy()
    cutoff, draws = rows["cutoff"].to_numpy(), Draws.of(rows["customer"].to_numpy(dtype=str))
    return Figures(
        rows=len(rows),
        share=float(happened.mean()),
        pooled=_ranked(lambda name: auc_draws(rows[name].to_numpy(), happened, draws)),
        within=_ranked(lambda name: within_draws(rows[name].to_numpy(), happened, cutoff, draws)),
        ece=ece(ours, happened),
        brier=brier(ours, happened),
        log_loss=log_loss(ours, happened),
    )


def within_draws(
    score: Floats, happened: Floats, cutoff: "np.ndarray[tuple[int], np.dtype[np.int64]]", draws: Draws
) -> Floats:
    """AUC over the pairs of one cutoff each, of every draw, shape (1 + draws,); NaN where no cutoff has a pair."""
    right, pairs = np.zeros(len(draws.counts)), np.zeros(len(draws.counts))
    for number in np.unique(cutoff):
        here = cutoff == number
        own, late = draws.at(here), happened[here]
        counted = own.sums(np.stack([late, 1.0 - late], axis=1)).prod(axis=1)
        right += np.nan_to_num(counted * auc_draws(score[here], late, own))
        pairs += np.nan_to_num(counted)
    with np.errstate(invalid="ignore"):
        return np.asarray(right / pairs, dtype=np.float64)


def _ranked(drawn_of: Callable[[str], Floats]) -> Ranked:
    drawn, theirs = drawn_of(OURS), {name: drawn_of(name) for name in BASELINES}
    return Ranked(
        auc=interval(drawn),
        simple={name: float(other[0]) for name, other in theirs.items()},
        gains={name: interval(drawn - other) for name, other in theirs.items()},
    )
