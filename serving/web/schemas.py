"""The objects of the API, field by field: what a queue line, an account and a reason say.

They are validated once, when a run is published, and stored as JSON; a request only reads them. Money is text with its
currency beside it, days are ISO dates, chances are shares in [0, 1].
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from models.score import Mode
from serving.queue import Standing
from serving.strategy import Segment, Step

Share = Annotated[float, Field(ge=0, le=1)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]


class Out(BaseModel):
    """What leaves the house: complete, finite, nothing beside the schema."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False, frozen=True, strict=True)


class MoneyOut(Out):
    """An amount, exact, with its currency."""

    amount: str = Field(pattern=r"^-?\d+(\.\d+)?$", examples=["41200.00"])
    currency: str = Field(pattern="^[A-Z]{3}$", examples=["EUR"])


class OtherMoneyOut(Out):
    """Money in a currency without a rate to the account's figures: in none of its sums."""

    open: MoneyOut
    overdue: MoneyOut


class ReasonOut(Out):
    """One idea that moved the risk, told as a fact; `points` is a share (0.26 is +26 points), null in mode `rule`."""

    concept: str
    text: str
    points: float | None
    arrow: Literal["▲", "▼", ""]


class FactorOut(Out):
    """One factor of the rank."""

    name: str
    value: float
    unit: Literal["money", "share", "days"]


class AccountFigures(Out):
    """What lists and account pages say of an account; all sums in `open.currency`, see `other_money` for the rest."""

    customer_id: str
    customer_name: str | None
    country: str | None
    standing: Standing
    segment: Segment
    overdue: MoneyOut
    open: MoneyOut
    expected_late: MoneyOut | None = Field(
        description="overdue money × late risk (open money of an account with none overdue); null in mode rule"
    )
    unapplied_credits: list[MoneyOut] = Field(description="by currency; never netted against what is open")
    other_money: list[OtherMoneyOut]
    open_items: int
    overdue_items: int
    oldest_dpd: int = Field(description="days past due of the oldest overdue item; 0 when none is")
    late_risk: Share | None = Field(
        description="share of the overdue (else of the open) money expected to be still unpaid on late_risk_on"
    )
    late_risk_on: Day | None
    p_late: Share | None
    expected_on: Day | None = Field(
        description="when half of the overdue (else of the open) money is expected; null when not in sight"
    )
    base: Share | None = Field(description="the typical account; base + sum of points = late_risk")
    reasons: list[ReasonOut]
    thin_history: bool
    paid_days_late: list[int] = Field(description="days late of the invoices settled last, oldest first", max_length=12)
    next_step: Step
    next_step_label: str
    next_action: str


class QueueLineOut(AccountFigures):
    """One account on one day's list."""

    rank: int = Field(ge=1)
    rank_value: float | None = Field(description="what it ranks by; null where no exchange rate is known")
    factors: list[FactorOut]


class ItemOut(Out):
    """One open item with its own chances and reasons; money in the document's currency."""

    item_id: str
    due_on: Day
    dpd: int
    open: MoneyOut
    p_late: Share | None
    known_late: bool
    late_risk: Share | None
    late_risk_on: Day | None
    p_unpaid_14: Share | None
    p_unpaid_30: Share | None
    p_unpaid_60: Share | None
    expected_on: Day | None
    base: Share | None
    reasons: list[ReasonOut]
    thin_history: bool
    source_row: int


class SummaryOut(Out):
    """The list in figures; money in the reporting currency. Every account with open items has one standing."""

    order: str
    order_sentence: str
    capacity: int
    listed: int
    below_the_cut: int
    routed_to_email: int
    routed_to_cash_application: int
    not_overdue: int
    overdue: MoneyOut = Field(description="overdue money of the listed accounts")
    open: MoneyOut
    expected_late: MoneyOut | None


class RunOut(Out):
    """Which evening, made how, from which knowledge."""

    as_of: Day
    mode: Mode
    run_id: str
    model_version: str | None
    ledger_version: int
    approved: bool = Field(description="whether a person approved the model version; false when there is no model")
    made_of: str = Field(
        description="a fingerprint of ledger, model version, settings and program: equal for runs made of the same"
    )
    published_at: str = Field(description="UTC, ISO 8601")
    notices: list[str]


class QueueHead(RunOut):
    """A queue without its lines."""

    summary: SummaryOut


class QueueOut(QueueHead):
    """A page of one evening's list."""

    items: list[QueueLineOut]
    next_cursor: str | None = Field(description="give it as cursor for the next page; null on the last one")


class AccountBody(AccountFigures):
    """An account with its open items, oldest due day first; `rank` only when it is listed."""

    rank: int | None
    items: list[ItemOut]


class AccountOut(AccountBody):
    """An account on one evening, with the run that scored it."""

    run: RunOut


class HealthOut(Out):
    """The process answers."""

    status: Literal["ok"]


class ProblemOut(BaseModel):
    """An error (RFC 9457): what happened, where, and the way out. `code` is stable."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    field: str | None = None
    remedy: str | None = None
