"""Evidence: what was measured, by the kind of measuring. The kind decides what may be said of it (`sentences.py`).

There is no field for what a call is *worth* by the response prior: that is assumed, and no sentence is made of it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from serving.effect.answer import Answer, Estimate
from serving.effect.checks import Check


@dataclass(frozen=True)
class SimulatorEvidence:
    """An order let loose in a simulated company.

    Attributes:
        share: of what the informed oracle gains, in [0, 1], with its interval over the seeds.
        seeds: how many; `world`: which company.
    """

    share: Estimate
    seeds: int
    world: str


@dataclass(frozen=True)
class BacktestEvidence:
    """A model that was walked forward over past months.

    Attributes:
        auc, aging_auc: of "still unpaid in 30 days", of the model and of the order by age, each with its interval.
        weeks_within, weeks: in how many of how many weeks the cash forecast was within `within` of what came, a share.
    """

    auc: Estimate
    aging_auc: Estimate
    months: int
    weeks_within: int
    weeks: int
    within: float


@dataclass(frozen=True)
class SalesDays:
    """Days of sales outstanding of one period, by its three definitions."""

    simple: float
    best_possible: float
    countback: float


@dataclass(frozen=True)
class BeforeAfterEvidence:
    """Two periods, before and after something was changed."""

    before: SalesDays
    after: SalesDays
    changed_on: date


@dataclass(frozen=True)
class Study:
    """What is told with every measured effect.

    Attributes:
        first, last: evenings of the decisions, both included.
        decisions, accounts: how many were judged.
        arms: what the arms are, as a sentence.
        excluded: who is not in it, each a sentence.
        horizon_days: how long after a decision its outcome was looked at.
    """

    first: date
    last: date
    decisions: int
    accounts: int
    arms: str
    excluded: tuple[str, ...] = ()
    horizon_days: int = 45


@dataclass(frozen=True)
class SliceEvidence:
    """Decisions by lot in daily work.

    Attributes:
        reach: "whole_list" where everybody on the list was drawn, "below_the_cut" where the best were listed for sure.
        top: money-days that a listing of the top fifth brought forward; None where the reach has no top.
        anyone: the same of a random overdue account that the lot could reach.
        ahead: top less anyone, in the same draws; None without a top.
        currency: of the money in the money-days.
        checks: of the log.
        called_listed, called_unlisted: share of decisions after which somebody called, by arm.
    """

    study: Study
    reach: Literal["whole_list", "below_the_cut"]
    anyone: Answer
    currency: str
    top: Answer | None = None
    ahead: Answer | None = None
    checks: tuple[Check, ...] = field(default=())
    called_listed: float = 0.0
    called_unlisted: float = 0.0


@dataclass(frozen=True)
class HoldoutEvidence:
    """Accounts worked by the engine's order against accounts worked the old way, by lot.

    Attributes:
        fewer: share of overdue money-days that the engine's accounts had less, with its interval.
        pairs, weeks: of the trial.
        per_year: the same in money at the firm's own cost of money; None where that is not told.
        currency: of `per_year`.
    """

    study: Study
    fewer: Answer
    pairs: int
    weeks: int
    per_year: Estimate | None = None
    currency: str = ""


Evidence = SimulatorEvidence | BacktestEvidence | BeforeAfterEvidence | SliceEvidence | HoldoutEvidence
