"""Checks: what has to hold of a log before anything is said from it.

Each asks a question whose answer is known: the lot must have listed as many as it was to, whatever was known beforehand
must be alike in both arms, and nothing that happened before may be changed by what was drawn later. A check that fails
says that the log, not the calling, is odd; then nothing is claimed.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from serving.effect.doubly_robust import effect_scores, money_weighted
from serving.effect.logged import Flags, Floats, Logged
from serving.effect.resampling import Difference, Statistic

FAILS_BEYOND = 3.29
"""Standard errors beyond which a check fails: once in a thousand sound logs. Source: as is usual for the ratio of the
arms; Fabijan et al., Diagnosing sample ratio mismatch in online controlled experiments (2019)."""

TENTHS = 10
PAID_BEFORE = "paid_before"


@dataclass(frozen=True)
class Check:
    """One question with its answer; `text` is a sentence with the figures."""

    name: str
    passed: bool
    text: str

    def to_json(self) -> dict[str, Any]:
        """Its fields."""
        return asdict(self)


def checks_of(logged: Logged, scores: Floats) -> tuple[Check, ...]:
    """All checks of a log.

    Args:
        scores: the effect score of each decision.
    """
    return (
        sample_ratio(logged),
        propensity_calibration(logged),
        *covariate_balance(logged),
        *past_payments(logged),
        same_against_same(logged, scores),
    )


def sample_ratio(logged: Logged) -> Check:
    """As many were listed as the chances say."""
    listed, expected = logged.listed.sum(), logged.pi.sum()
    away = _away(listed - expected, float(np.sqrt((logged.pi * (1 - logged.pi)).sum())))
    text = f"{listed:,.0f} decisions were listed and {expected:,.0f} were to be ({away:.1f} standard errors apart)."
    return Check("sample_ratio", away < FAILS_BEYOND, text)


def propensity_calibration(logged: Logged) -> Check:
    """In every tenth of the chances as many were listed as they say."""
    worst, told = 0.0, ""
    for tenth in _tenths(logged.pi):
        pi, listed = logged.pi[tenth], logged.listed[tenth]
        away = _away(listed.sum() - pi.sum(), float(np.sqrt((pi * (1 - pi)).sum())))
        if away >= worst:
            worst, told = away, f"{listed.mean():.1%} listed where {pi.mean():.1%} were to be"
    limit = FAILS_BEYOND + 0.6  # the largest of ten is asked
    text = f"By tenths of the chance to be listed the widest gap is {told} ({worst:.1f} standard errors)."
    return Check("propensity_calibration", worst < limit, text)


def covariate_balance(logged: Logged) -> Iterator[Check]:
    """What was known before the lot is alike in both arms, weighted by the chances."""
    known = {"balance": np.log(logged.balance), "expected": logged.expected, "gain": logged.gain, **logged.known}
    for name, figure in known.items():
        if name == PAID_BEFORE or np.ptp(figure) == 0:
            continue
        value, away = _moved(logged, figure)
        text = (
            f"The {name.replace('_', ' ')} of listed and unlisted differ by {value / figure.std():.3f} standard "
            f"deviations ({away:.1f} errors)."
        )
        yield Check(f"balance_of_{name}", away < FAILS_BEYOND, text)


def past_payments(logged: Logged) -> Iterator[Check]:
    """What was drawn this evening did not change what had been paid before it."""
    if PAID_BEFORE not in logged.known:
        return
    value, away = _moved(logged, logged.known[PAID_BEFORE])
    text = (
        f"What a listing seems to change in payments of the 45 days before it is {value:+.1%} of the money ({away:.1f} "
        "errors from 0)."
    )
    yield Check("past_payments", away < FAILS_BEYOND, text)


def same_against_same(logged: Logged, scores: Floats) -> Check:
    """Accounts put into two halves by their number: the effect is the same in both (A/A)."""
    half = logged.clusters % 2 == 0
    value, error = _once(Difference(money_weighted(logged, scores, half), money_weighted(logged, scores, ~half)))
    away = _away(value, error)
    text = (
        f"Between two halves of the accounts the effect differs by {value:+.1%} of the money ({away:.1f} errors "
        "from 0)."
    )
    return Check("same_against_same", away < FAILS_BEYOND, text)


def _moved(logged: Logged, figure: Floats) -> tuple[float, float]:
    """The effect of being listed on a figure that was known before, and how many errors it is from 0."""
    usual = np.full(len(logged), figure.mean())
    scores = effect_scores(figure, logged.listed, logged.pi, usual, usual)
    value, error = _once(money_weighted(logged, scores, np.ones(len(logged), dtype=np.bool_)))
    return value, _away(value, error)


def _once(statistic: Statistic) -> tuple[float, float]:
    value, influence = statistic.at(np.ones((1, statistic.accounts)))
    return float(value[0]), float(np.sqrt((influence[0] ** 2).sum()))


def _away(gap: float, error: float) -> float:
    """How many errors from 0; an error of 0 with a gap is infinitely many."""
    if error > 0:
        return abs(gap) / error
    return 0.0 if gap == 0 else float("inf")


def _tenths(values: Floats) -> Iterator[Flags]:
    """Rows in ten parts by size, about as many in each; equal values stay together."""
    edges = np.unique(np.quantile(values, np.linspace(0, 1, TENTHS + 1)[1:-1]))
    part = np.searchsorted(edges, values, side="right")
    for one in np.unique(part):
        yield part == one
