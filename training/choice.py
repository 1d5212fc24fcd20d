"""The choice: which family serves, and whether it is recalibrated. Decided by the folds, by a rule written beforehand.

The curve of two voices (`until_due`) serves unless another family does better where it counts: money-weighted log loss
lower in four folds of five and lower beyond chance, of the open book and of new items, and probabilities that mean no
less. Whatever that is, it gives way where plain logistic regression ranks better. Recalibration is taken where it helps
on folds that it was not fitted on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ledger.days import NEVER
from models.readings import Curves, Days, Floats
from models.recalibration import Recalibration, helpful_recalibration
from training.contenders import UNKNOWN
from training.metrics import Draws, Interval, auc, ece, interval, log_loss, log_losses, mean_draws
from training.promotion import ALLOWED_AUC_LOSS, HORIZONS
from training.walk_forward import BLENDS, Objects, Walk, asked_rows, by_fold, said_by

BASE = "until_due"
SIMPLER = "logistic"
WINNING_SHARE = 0.8
LEAST_FOLDS = 4
ALLOWED_ECE_LOSS = 0.01


@dataclass(frozen=True)
class Choice:
    """What the folds decided.

    Attributes:
        family: `hazard`, `stacked`, `until_due`, `logistic`, or a name of `training.walk_forward.BLENDS`.
        why: in a sentence, with figures.
        recalibration: to be used from now on.
        said: the columns `model_14`, `model_30`, `model_expected` of the judged frame: the family's, each fold
            recalibrated by what earlier folds had shown by its cutoff.
    """

    family: str
    why: str
    recalibration: Recalibration
    said: Mapping[str, Floats]

    @property
    def linear_share(self) -> float:
        """How much of the log-odds the logistic regression has."""
        return 1.0 if self.family == SIMPLER else BLENDS.get(self.family, 0.0)


def choose(walked: Walk) -> Choice:
    """Decide by the folds of a walk forward."""
    family, why = _no_worse_than_simpler(walked, *_family(walked))
    recalibration = helpful_recalibration(_pairs(walked, family))
    return Choice(family, why, recalibration, said_by("model", _recalibrated(walked, family)))


def _recalibrated(walked: Walk, family: str) -> list[Curves]:
    """The curves of each fold, recalibrated by what earlier folds had shown by its cutoff."""
    cutoffs = walked.judged.groupby("fold")["cutoff"].first().to_numpy()
    return [
        helpful_recalibration(_pairs(walked, family, known_by=int(cutoff))[:number]).curves(curves)
        for number, (cutoff, curves) in enumerate(zip(cutoffs, walked.curves[family], strict=True))
    ]


def _no_worse_than_simpler(walked: Walk, family: str, why: str) -> tuple[str, str]:
    """The family, or where logistic regression ranks better at both horizons, the first blend that does not lag."""
    simpler = _areas(walked, walked.curves[SIMPLER])
    reached = _areas(walked, _recalibrated(walked, family))
    if not _lags(reached, simpler):
        return family, why
    blends = [name for name in BLENDS if name != family]
    instead = (name for name in blends if not _lags(_areas(walked, _recalibrated(walked, name)), simpler))
    taken = next(instead, SIMPLER)
    told = ", ".join(
        f"{ours:.3f} against {theirs:.3f} at {horizon} days"
        for horizon, ours, theirs in zip(HORIZONS, reached, simpler, strict=True)
    )
    lag = f"the {family} ranks worse than logistic regression by more than {ALLOWED_AUC_LOSS} (AUC {told})"
    return taken, f"{taken}: {lag}"


def _areas(walked: Walk, folds: Sequence[Curves]) -> list[float]:
    """AUC at each horizon over all folds; NaN without an answer."""
    found = []
    for horizon in HORIZONS:
        asked = asked_rows(walked.judged, horizon)
        unpaid = walked.judged[f"unpaid_{horizon}"].to_numpy(dtype=np.float64)
        said = np.concatenate([one.survival_at(horizon) for one in folds])
        found.append(auc(said[asked], unpaid[asked]))
    return found


def _lags(reached: Sequence[float], simpler: Sequence[float]) -> bool:
    """Whether it ranks worse than the simpler curve by more than is allowed, at every horizon."""
    return all(theirs - ours > ALLOWED_AUC_LOSS for ours, theirs in zip(reached, simpler, strict=True))


def _family(walked: Walk) -> tuple[str, str]:
    losses = {name: _fold_losses(walked, name) for name in (BASE, "hazard", *BLENDS, "stacked")}
    folds = len(losses[BASE][0])
    if folds < LEAST_FOLDS:
        return BASE, f"{BASE}: {folds} folds are too few to prefer another family ({LEAST_FOLDS} needed)"
    base_loss, base_ece = losses[BASE]
    better: dict[str, float] = {}
    for name, (loss, error) in losses.items():
        wins = float(np.mean(loss < base_loss))
        if name != BASE and wins >= WINNING_SHARE and error <= base_ece + ALLOWED_ECE_LOSS:
            better |= {name: float(np.mean(base_loss - loss))} if _gain(walked, name).low > 0.0 else {}
    told = ", ".join(f"{name} {loss.mean():.4f}" for name, (loss, _) in losses.items())
    where = f"in {WINNING_SHARE:.0%} or more of {folds} folds and beyond chance ({told})"
    if not better:
        return BASE, f"{BASE}: no other family was better {where}"
    name = max(better, key=lambda one: (better[one], one))
    return name, f"{name}: money-weighted log loss lower {where}"


@dataclass(frozen=True)
class _Question:
    """Rows with an answer: what a family said, and what came; each of shape (n,).

    Attributes:
        said: the chance of being unpaid.
        unpaid, money, fold, customer: what came, the open money, the number of the fold, who owes it.
    """

    said: Floats
    unpaid: Floats
    money: Floats
    fold: Days
    customer: Objects


def _questions(walked: Walk, name: str) -> list[_Question]:
    """Of the open items at each horizon, and of the new ones: late, said on the evening they became known?"""
    judged, new, asked = walked.judged, walked.at_issue, []
    fold, money = judged["fold"].to_numpy(), judged["money"].to_numpy(dtype=np.float64)
    customer = judged["customer_id"].to_numpy(dtype=object)
    for horizon in HORIZONS:
        said = np.concatenate([one.survival_at(horizon) for one in walked.curves[name]])
        rows, unpaid = asked_rows(judged, horizon), judged[f"unpaid_{horizon}"].to_numpy(dtype=np.float64)
        asked.append(_Question(said[rows], unpaid[rows], money[rows], fold[rows], customer[rows]))
    said = Curves.together(new.curves[name]).survival_at(new.ahead)
    rows, unpaid = new.known, new.unpaid.astype(np.float64)
    return [*asked, _Question(said[rows], unpaid[rows], new.money[rows], new.fold[rows], new.customer[rows])]


def _fold_losses(walked: Walk, name: str) -> tuple[Floats, float]:
    """Of each fold with an answer the money-weighted log loss, averaged over its questions; and the ECE over all."""
    questions = _questions(walked, name)
    folds = []
    for fold in np.unique(walked.judged["fold"]):
        inside = [(one, one.fold == fold) for one in questions]
        told = [log_loss(one.said[rows], one.unpaid[rows], one.money[rows]) for one, rows in inside]
        folds += [np.nanmean(told)] if np.isfinite(told).any() else []
    errors = [ece(one.said, one.unpaid) for one in questions]
    return np.array(folds), float(np.nanmean(errors)) if np.isfinite(errors).any() else np.inf


def _gain(walked: Walk, name: str) -> Interval:
    """How much lower than the base's its money-weighted log loss is, averaged over the questions, over customers."""
    base, other = _questions(walked, BASE), _questions(walked, name)
    draws = Draws.of(np.concatenate([one.customer for one in base]).astype(str))
    question = np.repeat(np.arange(len(base)), [len(one.customer) for one in base])
    gains = [
        mean_draws(log_losses(said.said, said.unpaid) - log_losses(less.said, less.unpaid), draws.at(rows), said.money)
        for said, less, rows in zip(base, other, (question == number for number in range(len(base))), strict=True)
        if said.money.sum() > 0.0
    ]
    return interval(np.mean(gains, axis=0)) if gains else UNKNOWN


def _pairs(walked: Walk, family: str, known_by: int = NEVER) -> list[tuple[Floats, Floats]]:
    """Of each fold what was said (-log S) and what came, over both horizons' questions, as recalibration reads them.

    Only of questions whose days were over by the evening `known_by`.
    """
    over = {horizon: walked.judged["day"].to_numpy() + horizon <= known_by for horizon in HORIZONS}
    asked = {horizon: asked_rows(walked.judged, horizon) & over[horizon] for horizon in HORIZONS}
    unpaid = {horizon: walked.judged[f"unpaid_{horizon}"].to_numpy(dtype=np.float64) for horizon in HORIZONS}
    return [
        (
            np.concatenate([curves.intensity_at(h)[asked[h][inside]] for h in HORIZONS]),
            np.concatenate([unpaid[h][asked[h] & inside] for h in HORIZONS]),
        )
        for curves, inside in zip(walked.curves[family], by_fold(walked.judged), strict=True)
    ]
