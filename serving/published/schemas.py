"""What is published, field by field: what a queue line, an account and a reason say.

It is validated once, when a run is published, and stored as JSON; a request only reads it. Money is text with its
currency beside it, days are ISO dates, chances are shares in [0, 1].
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from ledger.measures.promises import PromiseState
from models.score import Arrow, Mode
from serving.listing.standing import Standing
from serving.strategy.steps import Segment, Step
from serving.value.priority import Role, Unit

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
    arrow: Arrow
    code: str = Field("", description="the stable code of the catalogue of reasons")
    value: float | str | None = Field(None, description="the fact's own value, in the unit of its code")
    typical: float | str | None = Field(None, description="what a typical item has, in the same unit")
    further: dict[str, float] = Field(
        default_factory=dict,  # a default would be copied deeply for every reason
        json_schema_extra={"default": {}},
        description="what else the text tells, by name; left out where nothing",
    )


class AccountReasonOut(ReasonOut):
    """A reason of an account: told by one of its items, with its part of the money."""

    item_id: str = Field("", description="the item whose fact it is; empty where it is no item's in particular")
    money: MoneyOut | None = Field(None, description="its part of expected_late; null in mode `rule`")


class FactorOut(Out):
    """One factor of the rank: `rank_value` is what counts `times` over what counts `per`; a `tie_break` is outside."""

    name: str
    value: float
    unit: Unit
    role: Role


class RankedFactorOut(Out):
    """What a factor adds to the logarithm of the rank value, and whom it alone would rank lower."""

    name: str
    log: float | None = Field(description="natural logarithm, negative where it divides; null of 0, 0 of a tie-break")
    outranks: Share | None = Field(
        description="share of the other accounts that could be called; equals count half, null without others"
    )


class FactorAheadOut(Out):
    """A factor of the account above."""

    name: str
    value: float
    times: float | None = Field(description="by how much it raises the other's value above this one's; null from 0")


class AheadOut(Out):
    """Why not higher: the account one place above."""

    customer_id: str
    times: float | None = Field(description="its rank value over this one's, the product over its factors")
    factors: list[FactorAheadOut]
    text: str


class WayOutOut(Out):
    """The least that takes the account off the list while the others stay as they are."""

    paid: MoneyOut | None = Field(description="of its overdue money; null where money without a rate keeps it listed")
    standing: Standing | None = Field(description="where it stands then")
    about: bool = Field(description="whether it depends on which invoices are paid")
    moved_by: list[str] = Field(description="what lowers a place in this order")
    text: str


class RankExplanationOut(Out):
    """Why this account has this rank."""

    sentence: str
    callable_accounts: int = Field(description="accounts that could be called, on the list and below the cut")
    admitted_by: str = Field(description="the rule that put it on the list, by its name in the strategy")
    because: str = Field("", description="why that rule did, in words")
    log_value: float | None = Field(description="of the rank value: the sum over the factors; null of 0 and of null")
    factors: list[RankedFactorOut]
    not_counted: list[str] = Field(description="what a call depends on and this order does not know")
    assumed: str = Field("", description="what the order assumes and nobody measured, as a sentence")
    ahead: AheadOut | None = Field(description="null at the top, and where values are not known")
    way_out: WayOutOut


class BroughtForwardOut(Out):
    """What a call is expected to bring forward: money × days that each unit of it comes sooner on average."""

    money_days: int = Field(ge=0, description="in units of money.currency times days, rounded")
    money: MoneyOut = Field(description="overdue money neither promised nor disputed, less unused credits")
    days: float = Field(ge=0, description="over reaching somebody or not, and over payment runs")
    measured: bool = Field(description="false: how customers answer a call is assumed, not measured")
    prior: str = Field(description="the version of that assumption")
    worth: MoneyOut | None = Field(
        None,
        description="money_days times what money costs the firm, less what a contact does, may be negative; absent "
        "where the strategy says neither",
    )


class AccountFigures(Out):
    """What lists and account pages say of an account; all sums in `open.currency`, see `other_money` for the rest."""

    customer_id: str
    customer_name: str | None
    country: str | None
    standing: Standing
    rule: str = Field("", description="the rule that listed, routed, held or writes to it, by its name in the strategy")
    rule_reason: str = Field("", description="why, in words")
    rule_until: Day | None = Field(None, description="the day from which a hold no longer speaks, where it is known")
    collector: str = Field("", description="who calls; empty for nobody")
    segment: Segment
    overdue: MoneyOut
    open: MoneyOut
    expected_late: MoneyOut | None = Field(
        description="overdue money × late risk (open money of an account with none overdue); null in mode rule"
    )
    brought_forward: BroughtForwardOut | None = Field(
        None, description="null in mode rule, without a rate, and where no call is needed"
    )
    promised: MoneyOut | None = Field(None, description="of the overdue money, what an open promise covers")
    disputed: MoneyOut | None = Field(None, description="of the overdue money, what is disputed")
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
    base_money: MoneyOut | None = Field(None, description="base_money + the reasons' money = expected_late")
    reasons: list[AccountReasonOut]
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
    rank_explanation: RankExplanationOut


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
    p_30_dpd: Share | None = Field(description="chance to become 30 or more days past due unpaid; 1 once it is")
    p_60_dpd: Share | None
    p_90_dpd: Share | None
    expected_on: Day | None
    expected_from: Day | None = Field(description="expected_from to expected_until: the middle 80 % of payment")
    expected_until: Day | None
    base: Share | None
    reasons: list[ReasonOut]
    thin_history: bool
    source_row: int


class SettledOut(Out):
    """An invoice that stands settled; `amount` is what was billed."""

    item_id: str
    due_on: Day
    settled_on: Day
    days_late: int = Field(description="settled_on - due_on in days; negative for early")
    amount: MoneyOut


class PromiseOut(Out):
    """A promise as the evening knows it, judged by cash alone."""

    promise_id: str
    promised_on: Day
    amount: MoneyOut
    state: PromiseState


class ContactOut(Out):
    """One attempt to reach the customer, and what came of it."""

    happened_on: Day
    channel: str
    outcome: str
    reached: bool = Field(description="whether somebody was spoken to")


class SummaryOut(Out):
    """The list in figures; money in the reporting currency. Every account with open items has one standing."""

    order: str
    order_sentence: str
    capacity: int
    minutes: float = Field(0, ge=0, description="of calling that the team has on the day")
    works_on: Day | None = Field(None, description="the day on which the list is worked")
    strategy: str = Field("", description="version of the rules")
    staffing: str = Field("", description="what one more hour of calling would bring, in words")
    assigned_by: str = Field("", description="in_order, milp or greedy: how callers were found")
    listed: int
    below_the_cut: int
    held: int = 0
    routed_to_dispute_owner: int = 0
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
    reasons_version: str = Field("", description="of the catalogue that the reasons were told by; '' in older runs")
    published_at: str = Field(description="UTC, ISO 8601")
    notices: list[str]
    erased: int = Field(0, ge=0, description="persons who were erased of it since it was published")


class QueueHead(RunOut):
    """A queue without its lines."""

    summary: SummaryOut


class AccountBody(AccountFigures):
    """An account with its open items, oldest due day first; `rank` only when it is listed."""

    rank: int | None
    items: list[ItemOut]
    settled_invoices: int = Field(ge=0, description="invoices due in the last 24 months that stand settled")
    history: list[SettledOut] = Field(
        description="these invoices by due day, oldest first; of more than 60 those due last", max_length=60
    )
    promises: list[PromiseOut] = Field(description="of the last 24 months, by promised day", max_length=24)
    contacts: list[ContactOut] = Field(description="of the last 24 months, by day", max_length=40)
