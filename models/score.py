"""`Score` and `Reason`: the values everything above the models speaks in."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

Mode = Literal["model", "model_stale", "habit", "rule", "last_queue"]
"""Where a number comes from: the champion; the champion past its best-before day; each customer's own payment habit
without a model; no probabilities at all, ordered by overdue money and age; the last published list shown again."""


@dataclass(frozen=True)
class Reason:
    """One idea that moved one score, told as a fact.

    Attributes:
        concept: the idea's stable key, e.g. `habit`, `age`, `exposure`.
        text: the fact in the collector's words, without judgement.
        points: probability points (as a share: 0.26 is +26 points) that the idea adds to `late_risk`;
            None in mode `rule`, where nothing was predicted.
    """

    concept: str
    text: str
    points: float | None

    @property
    def arrow(self) -> str:
        """▲ raises the risk, ▼ lowers it, '' when it moves nothing worth showing or nothing was predicted."""
        if self.points is None or abs(self.points) < 0.0005:
            return ""
        return "▲" if self.points > 0 else "▼"


@dataclass(frozen=True)
class Score:
    """What is known and expected of one open item on one evening.

    The readings are those of the payment curve S(u), the share of today's balance still unpaid u days ahead;
    all are None in mode `rule`.

    Attributes:
        open_minor: open amount, exact, in minor units of `currency` (document currency).
        dpd: days past due on the evening of `as_of`; negative before due.
        p_late: S(due + grace - as_of); 1.0 once that day has passed unpaid (then `known_late`).
        late_risk: S(max(30, due + grace - as_of)), the headline; `late_risk_on` is that day.
        p_unpaid_14, p_unpaid_30, p_unpaid_60: S(14), S(30), S(60).
        expected_on: the median day of payment; None when it is not in sight within 720 days.
        base: the typical account's late_risk, from which the reasons start: base + sum of points = late_risk.
        reasons: every concept's reason, largest contribution first.
        thin_history: True when fewer than 3 settled items stand behind the estimate.
        source_row: data row, from 1, of the newest file that held the item.
    """

    item_id: str
    customer_id: str
    as_of: date
    due_on: date
    open_minor: int
    currency: str
    dpd: int
    p_late: float | None
    known_late: bool
    late_risk: float | None
    late_risk_on: date | None
    p_unpaid_14: float | None
    p_unpaid_30: float | None
    p_unpaid_60: float | None
    expected_on: date | None
    base: float | None
    reasons: tuple[Reason, ...]
    thin_history: bool
    model_version: str | None
    mode: Mode
    source_row: int
