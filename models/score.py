"""`Score`, `Reason` and `Fact`: the values everything above the models speaks in."""

from datetime import date
from typing import Any, Literal, NamedTuple

Mode = Literal["model", "model_stale", "habit", "rule", "last_queue"]
"""Where a number comes from: the champion; the champion past its best-before day; each customer's own payment habit
without a model; no probabilities at all, ordered by overdue money and age; the last published list shown again."""


Arrow = Literal["▲", "▼", ""]


def arrow_of(points: float | None) -> Arrow:
    """▲ raises the risk, ▼ lowers it, '' when it moves nothing worth showing or nothing was predicted.

    >>> arrow_of(0.26), arrow_of(-0.05), arrow_of(0.0004), arrow_of(None)
    ('▲', '▼', '', '')
    """
    if points is None or abs(points) < 0.0005:
        return ""
    return "▲" if points > 0 else "▼"


class Fact(NamedTuple):
    """What a reason tells, without judgement. Many reasons tell the very same one.

    Attributes:
        text: in the collector's words; English.
        code: the stable code of the catalogue of reasons, by which the fact can be told in another language: the
            feature's name for a feature's fact, else one of `features.reason_catalogue`.
        value: the fact's own value, in the unit of its code; None where there is no number (the text says so).
        typical: what a typical item has, the same unit; None where nobody knows.
        further: what else the text tells, by the names of its phrase, e.g. `(("count", 5.0),)`.
    """

    text: str
    code: str = ""
    value: float | str | None = None
    typical: float | str | None = None
    further: tuple[tuple[str, float], ...] = ()


class Reason(NamedTuple):
    """One idea that moved one score, told by a fact.

    Attributes:
        concept: the idea's stable key, e.g. `habit`, `age`, `exposure`.
        points: probability points (as a share: 0.26 is +26 points) that the idea adds to `late_risk`;
            None in mode `rule`, where nothing was predicted.
        item_id: the item whose fact it is; '' where it is no item's in particular.
    """

    concept: str
    fact: Fact
    points: float | None
    item_id: str = ""

    @property
    def arrow(self) -> Arrow:
        """Which way it moves the risk, see `arrow_of`."""
        return arrow_of(self.points)

    def to_json(self) -> dict[str, Any]:
        """As plain JSON values, beside an item that need not be named again; `further` only where there is any."""
        fact = self.fact
        told = {
            "concept": self.concept,
            "text": fact.text,
            "points": self.points,
            "arrow": self.arrow,
            "code": fact.code,
            "value": fact.value,
            "typical": fact.typical,
        }
        return {**told, "further": dict(fact.further)} if fact.further else told


class Score(NamedTuple):
    """What is known and expected of one open item on one evening.

    The readings are those of the payment curve S(u), the share of today's balance still unpaid u days ahead;
    all are None in mode `rule`.

    Attributes:
        open_minor: open amount, exact, in minor units of `currency` (document currency).
        dpd: days past due on the evening of `as_of`; negative before due.
        p_late: S(due + grace - as_of); 1.0 once that day has passed unpaid (then `known_late`).
        late_risk: S(max(30, due + grace - as_of)), the headline; `late_risk_on` is that day.
        p_unpaid_14, p_unpaid_30, p_unpaid_60: S(14), S(30), S(60).
        p_30_dpd, p_60_dpd, p_90_dpd: P(30+, 60+, 90+ days past due): S on the evening it is so late; 1.0 once it is.
        expected_on: the median day of payment; None when it is not in sight within 720 days.
        expected_from, expected_until: the middle 80 % of payment: the days by which a tenth and nine tenths have come;
            None where not in sight.
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
    p_30_dpd: float | None
    p_60_dpd: float | None
    p_90_dpd: float | None
    expected_on: date | None
    expected_from: date | None
    expected_until: date | None
    base: float | None
    reasons: tuple[Reason, ...]
    thin_history: bool
    model_version: str | None
    mode: Mode
    source_row: int
