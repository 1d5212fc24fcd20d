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


Evidence = SimulatorEvidence | SliceEvidence
