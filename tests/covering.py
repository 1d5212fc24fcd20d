"""How often intervals hold what was planted, over many simulated logs.

The truth is that of accounts like these: taken over very many accounts of the same world, with balances capped where
the log at hand caps them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from simulated_logs import ANYWAY, PLANTED, World, simulated

from serving.effect.answer import Answer, Estimate
from serving.effect.doubly_robust import effect_of, scores_of
from serving.effect.logged import BALANCE_CAP, Logged
from serving.effect.outcomes import HORIZON_DAYS
from serving.effect.ranking import RankArea, policy_value, rank_effect, ranks_ahead, top_of_evenings
from serving.effect.weighting import value_of_listing

CAPS = (0.94, 0.96, 0.97, 0.98, 0.985, 0.99, 0.997)


def _came_in(log: Logged, draws: int) -> Answer:
    first = top_of_evenings(log, "engine").astype(np.float64)
    return value_of_listing(log.listed, log.pi, log.outcome, first, log.money, log.clusters, draws=draws)


ESTIMATORS: Mapping[str, Callable[[Logged, np.ndarray, int], Answer]] = {
    "effect": lambda log, scores, draws: effect_of(log, scores, draws=draws),
    "policy value": lambda log, scores, draws: policy_value(log, scores, "engine", days=HORIZON_DAYS, draws=draws),
    "AUTOC": lambda log, scores, draws: rank_effect(log, scores, "engine", draws=draws),
    "AUTOC difference": lambda log, scores, draws: ranks_ahead(log, scores, "engine", "largest", draws=draws),
    "came in": lambda log, scores, draws: _came_in(log, draws),
}


@dataclass(frozen=True)
class Covered:
    """What became of one estimator: logs told and refused, share of those told whose interval holds the truth.

    `bias` and `error` are in standard deviations of the estimates: their mean gap from the truth, and the mean standard
    error that was told.
    """

    told: int
    refused: int
    share: float
    bias: float
    error: float
    claimed: float


class Truth:
    """The figures of very many accounts of a world."""

    def __init__(self, world: World, logs: int = 1_500) -> None:
        pool = [simulated(replace(world, evenings=1), 100_000 + seed) for seed in range(logs)]

        def all_of(column: Callable[[Logged], np.ndarray]) -> np.ndarray:
            return np.concatenate([column(log) for log in pool])

        balance, effect = all_of(lambda log: log.balance), all_of(lambda log: log.orders[PLANTED])
        engine, largest = all_of(lambda log: log.orders["engine"]), all_of(lambda log: log.orders["largest"])
        top = all_of(lambda log: top_of_evenings(log, "engine"))
        comes = all_of(lambda log: log.orders[ANYWAY]) + top * effect
        self.caps = np.quantile(balance, CAPS)
        self.figures: dict[str, list[float]] = {name: [] for name in ESTIMATORS}
        for cap in self.caps:
            money = np.minimum(balance, cap)
            area = {name: _area(order, effect, money) for name, order in (("one", engine), ("other", largest))}
            self.figures["effect"].append(float((money * effect).sum() / money.sum()))
            self.figures["policy value"].append(float((HORIZON_DAYS * money * effect)[top].mean()))
            self.figures["AUTOC"].append(area["one"])
            self.figures["AUTOC difference"].append(area["one"] - area["other"])
            self.figures["came in"].append(float((money * comes).sum() / money.sum()))

    def of(self, name: str, log: Logged) -> float:
        """The figure with balances capped where the log caps them."""
        return float(np.interp(np.quantile(log.balance, BALANCE_CAP), self.caps, self.figures[name]))


def covered(world: World, logs: int, draws: int, truth: Truth | None = None) -> dict[str, Covered]:
    """Every estimator on so many logs of a world."""
    truth = truth or Truth(world)
    found: dict[str, list[tuple[Answer, float]]] = {name: [] for name in ESTIMATORS}
    for seed in range(logs):
        log = simulated(world, seed)
        scores = scores_of(log)
        for name, estimator in ESTIMATORS.items():
            found[name].append((estimator(log, scores, draws), truth.of(name, log)))
    return {name: _covered(answers) for name, answers in found.items()}


def _covered(answers: list[tuple[Answer, float]]) -> Covered:
    told = [(answer, truth) for answer, truth in answers if isinstance(answer, Estimate)]
    if not told:
        return Covered(0, len(answers), np.nan, np.nan, np.nan, np.nan)
    value = np.array([answer.value for answer, _ in told])
    gap = value - np.array([truth for _, truth in told])
    return Covered(
        told=len(told),
        refused=len(answers) - len(told),
        share=float(np.mean([answer.low <= truth <= answer.high for answer, truth in told])),
        bias=float(gap.mean() / gap.std()),
        error=float(np.mean([answer.error for answer, _ in told]) / gap.std()),
        claimed=float(np.mean([answer.detected for answer, _ in told])),
    )


def _area(order: np.ndarray, effect: np.ndarray, money: np.ndarray) -> float:
    return float(RankArea(np.zeros(len(order), dtype=np.int64), order, effect, money, 1).at(np.ones((1, 1)))[0][0])
