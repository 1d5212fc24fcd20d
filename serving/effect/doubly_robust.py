"""The effect score of each decision: an unbiased, noisy reading of what listing the account changed.

The prediction of both worlds (listed, not listed), corrected by what was seen, weighted by how likely it was to be
seen. It is right on average when either the predictions or the probabilities are; here the probabilities are known,
because they were drawn, so that predictions can only make it more exact.
"""

from dataclasses import dataclass

import numpy as np

from ledger.words import count_text
from serving.effect.answer import Answer, NotEnough
from serving.effect.logged import Flags, Floats, Logged
from serving.effect.resampling import DRAWS, FEWEST_ACCOUNTS, Ratio, interval
from serving.effect.weighting import FEWEST_EFFECTIVE, effective_sample_size

FOLDS = 5
SHRINK = 10.0
"""How many decisions the prior of a recalibration counts for: predictions taken as they are."""


@dataclass(frozen=True, eq=False)
class Predicted:
    """What was predicted of each decision, not listed and listed; shares in [0, 1], shape (n,) each."""

    unlisted: Floats
    listed: Floats


def effect_scores(outcome: Floats, listed: Floats, pi: Floats, unlisted_is: Floats, listed_is: Floats) -> Floats:
    """Gamma of each decision: its mean over any set of decisions is the mean effect of listing there.

        m1 - m0 + A (Y - m1) / pi - (1 - A) (Y - m0) / (1 - pi)

    Args:
        outcome, listed, pi: Y, A and pi of `Logged`, with 0 < pi < 1.
        unlisted_is, listed_is: predictions m0 and m1, made without the outcome of the same account.

    Source: Robins, Rotnitzky and Zhao (1994); with cross-fitting Chernozhukov et al., Double/debiased machine learning
    for treatment and structural parameters (2018).

    >>> effect_scores(*(np.array([x]) for x in (0.5, 1.0, 0.5, 0.3, 0.4))).round(2).tolist()  # 0.1 + 0.1 / 0.5
    [0.3]
    """
    seen_listed = listed * (outcome - listed_is) / pi
    seen_unlisted = (1 - listed) * (outcome - unlisted_is) / (1 - pi)
    return np.asarray(listed_is - unlisted_is + seen_listed - seen_unlisted)


def predicted(logged: Logged) -> Predicted:
    """The predictions of both worlds, recalibrated on other accounts.

    m0 is the payment curve's, m1 is m0 and what the response prior adds. Each is put on a line that fits the outcomes
    of the accounts of the other folds: Y = a + b m0 + A (c + d gain), drawn towards a = c = 0, b = d = 1.
    """
    fold = logged.clusters % FOLDS
    unlisted, listed = np.empty(len(logged)), np.empty(len(logged))
    for one in range(FOLDS):
        here = fold == one
        line = _line(logged, ~here)
        m0 = line[0] + line[1] * logged.expected[here]
        unlisted[here] = m0
        listed[here] = m0 + line[2] + line[3] * logged.gain[here]
    return Predicted(np.clip(unlisted, 0.0, 1.0), np.clip(listed, 0.0, 1.0))


def scores_of(logged: Logged) -> Floats:
    """The effect score of each decision, with its recalibrated predictions."""
    both = predicted(logged)
    return effect_scores(logged.outcome, logged.listed, logged.pi, both.unlisted, both.listed)


def effect_of(
    logged: Logged, scores: Floats, chosen: Flags | None = None, *, draws: int = DRAWS, seed: int = 7
) -> Answer:
    """The mean effect of listing on the share of money-days, weighted by money, over the chosen decisions (all).

    Refused where either arm has fewer than 100 effective decisions there.
    """
    rows = np.ones(len(logged), dtype=np.bool_) if chosen is None else chosen
    if short := too_few(logged, rows):
        return short
    return interval(money_weighted(logged, scores, rows), int(rows.sum()), draws=draws, seed=seed)


def money_weighted(logged: Logged, scores: Floats, chosen: Flags) -> Ratio:
    """The money-weighted mean of the scores over the chosen decisions."""
    money = np.where(chosen, logged.money, 0.0)
    return Ratio.of_rows(logged.clusters, money * scores, money, logged.accounts)


def too_few(logged: Logged, chosen: Flags) -> NotEnough | None:
    """Why nothing can be said of these decisions; None where something can."""
    accounts = len(np.unique(logged.clusters[chosen]))
    if accounts < FEWEST_ACCOUNTS:
        return NotEnough(f"a lot decided about {count_text(accounts, 'account')}; {FEWEST_ACCOUNTS} are needed")
    money, listed, pi = logged.money[chosen], logged.listed[chosen], logged.pi[chosen]
    for arm, chance, did in ((listed, pi, "listed"), (1 - listed, 1 - pi, "left out")):
        ess = effective_sample_size(money * arm / chance)
        if ess < FEWEST_EFFECTIVE:
            return NotEnough(
                f"those that the lot {did} count for {ess:.0f} decisions; {FEWEST_EFFECTIVE:.0f} are needed"
            )
    return None


def _line(logged: Logged, rows: Flags) -> Floats:
    """The four numbers of the recalibration, fitted to these rows."""
    listed = logged.listed[rows]
    columns = np.stack([np.ones(len(listed)), logged.expected[rows], listed, listed * logged.gain[rows]], axis=1)
    usual = np.array([0.0, 1.0, 0.0, 1.0])
    # Both arms count alike, however rarely one of them is drawn.
    weight = np.where(listed > 0, 1.0 / max(1.0, listed.sum()), 1.0 / max(1.0, (1 - listed).sum())) * len(listed) / 2
    gap = logged.outcome[rows] - columns @ usual
    normal = (columns * weight[:, None]).T @ columns + SHRINK * np.eye(4)
    return np.asarray(usual + np.linalg.solve(normal, (columns * weight[:, None]).T @ gap))
