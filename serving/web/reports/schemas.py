"""The objects of the reports, field by field; validated once, when an evening is published.

Money is text with its currency beside it, days are ISO dates, percent are numbers from 0 to 100, days of sales are
numbers of days. What has nothing below the line is null: undefined, not 0.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, create_model

from serving.listing.standing import Standing
from serving.published.schemas import AccountReasonOut, Day, MoneyOut, Out, RunOut, Share
from serving.strategy.steps import Step

Percent = Annotated[float, Field(ge=0, le=100)]
Count = Annotated[int, Field(ge=0)]
Days = Annotated[float, Field(ge=0)]


class DefinitionOut(Out):
    """What a figure means, in a few words and whole; `better` says which way a change is certainly good."""

    label: str
    short: str
    text: str
    unit: Literal["days", "percent", "money"]
    better: Literal["higher", "lower", ""]


class ReportBody(Out):
    """What every report says: its name, its evening, and the definition of each of its figures, by name."""

    report: str
    as_of: Day
    currency: str = Field(pattern="^[A-Z]{3}$", description="the reporting currency of every figure but by_currency's")
    definitions: dict[str, DefinitionOut]


class BucketsOut(Out):
    """Receivables by aging bucket, gross; `open` is their sum, `total` takes off the unused credits beside them."""

    buckets: list[MoneyOut]
    open: MoneyOut
    past_due: MoneyOut
    unapplied: MoneyOut
    total: MoneyOut


class AgedOut(BucketsOut):
    """A past evening as it was known then."""

    as_of: Day


class AgedNowOut(AgedOut):
    """The evening; of what is open a part is disputed."""

    disputed: MoneyOut
    items: Count


class AgedCurrencyOut(BucketsOut):
    """One currency, in itself."""

    currency: str
    disputed: MoneyOut
    items: Count


class AgedEntityOut(AgedCurrencyOut):
    """One legal entity of ours in one currency; '' where the ledger names none."""

    entity: str


class ProofRowOut(Out):
    """buckets + unapplied = open = billed - applied: `difference` is what is left of it."""

    entity: str
    currency: str
    open_items: Count
    buckets: MoneyOut | None
    unapplied: MoneyOut | None
    open: MoneyOut | None
    billed: MoneyOut | None
    applied: MoneyOut | None
    difference: MoneyOut | None


class VarianceOut(Out):
    """One thing that does not tie; amounts are null where the currency is not known."""

    code: str
    sentence: str
    entity: str
    currency: str
    item_id: str
    ours: MoneyOut | None
    theirs: MoneyOut | None
    difference: MoneyOut | None


class ProofOut(Out):
    """Whether the evening ties to the cent, row by row, and what does not."""

    ties: bool
    rows: list[ProofRowOut]
    variances: list[VarianceOut]
    variances_count: Count


class AgingBody(ReportBody):
    """The aging of the evening, of a month before and of past month ends, and its proof."""

    basis: Literal["due", "invoice"]
    buckets: list[str] = Field(description="the names of the buckets, youngest first")
    now: AgedNowOut
    month_before: AgedOut | None
    month_ends: list[AgedOut]
    by_currency: list[AgedCurrencyOut]
    by_entity: list[AgedEntityOut]
    proof: ProofOut
    without_rate: list[str]


class PastDuePointOut(Out):
    """The share past due on one evening, as it was known then."""

    as_of: Day
    month_end: bool
    open: MoneyOut
    past_due: MoneyOut
    past_due_pct: Percent | None
    over_90_pct: Percent | None


class PastDueBody(ReportBody):
    """The share past due at the past month ends, oldest first, then on the evening."""

    points: list[PastDuePointOut]


class DsoMonthOut(Out):
    """The DSO family at one month end, in days; `more_than_days` where the history does not explain the receivables."""

    as_of: Day
    open: MoneyOut
    sales: MoneyOut
    sales_three_months: MoneyOut | None
    dso_countback: Days | None
    more_than_days: Count | None
    months_without_sales: Count
    dso: Days | None
    dso_true: Days | None
    dso_best_possible: Days | None
    add_portfolio: Days | None
    delinquent_dso: dict[str, Days | None] | None


class DsoBody(ReportBody):
    """The DSO family at each month end of the past year, oldest first."""

    month_ends: list[DsoMonthOut]


class EffectivenessMonthOut(Out):
    """One month; `roll_rates_pct` from each bucket but the oldest into the next, for the newest two months."""

    opened_on: Day
    closed_on: Day
    opening: MoneyOut
    sales: MoneyOut
    closing: MoneyOut
    closing_current: MoneyOut
    cei_pct: float | None
    past_due_pct: Percent | None
    promises: dict[Literal["kept", "part_kept", "broken", "cancelled"], Count]
    promises_kept_pct: Percent | None
    roll_rates_pct: list[Percent | None] | None


class EffectivenessBody(ReportBody):
    """How much of what could be collected was, month by month, oldest first."""

    buckets: list[str]
    months: list[EffectivenessMonthOut]


class ExpectedOut(Out):
    """Expected cash with the ends of its band."""

    expected: MoneyOut
    low: MoneyOut
    high: MoneyOut


class WeekOut(ExpectedOut):
    """A week ahead, both days in it."""

    from_: Day = Field(alias="from")
    until: Day


class PastWeekOut(Out):
    """A week behind: cash booked on invoices, and of it what fell on invoices known before the week."""

    from_: Day = Field(alias="from")
    until: Day
    received: MoneyOut
    received_on_known: MoneyOut


class CashForecastBody(ReportBody):
    """What came in the past weeks, and what the open invoices are expected to bring; null without probabilities."""

    past: list[PastWeekOut]
    weeks: list[WeekOut]
    all_weeks: ExpectedOut | None
    next_30_days: ExpectedOut | None
    open: MoneyOut
    items_without_rate: Count
    band_share: Share
    band_wider: Annotated[float, Field(ge=1)]


class ListedAccountOut(Out):
    """An account on a list; `money` is what the list is about."""

    customer_id: str
    customer_name: str | None
    money: MoneyOut
    open: MoneyOut
    overdue: MoneyOut
    expected_late: MoneyOut | None
    late_risk: Share | None
    oldest_dpd: Count
    reason: AccountReasonOut | None
    standing: Standing
    next_step: Step
    next_step_label: str
    collector: str


class AccountListBody(ReportBody):
    """The accounts of a list by their money, the largest first; `accounts` and `money` are of all of them."""

    accounts: Count
    money: MoneyOut
    without_rate: Count
    rows: list[ListedAccountOut]


class OpenFigureOut(Out):
    """Open receivables."""

    money: MoneyOut
    items: Count
    accounts: Count


class SharedFigureOut(Out):
    """Money, and its share of the open receivables."""

    money: MoneyOut
    share_pct: Percent | None


class Over90FigureOut(SharedFigureOut):
    """Money over 90 days past due, and how many accounts owe it."""

    accounts: Count


class LateFigureOut(Out):
    """Money expected late, and how many accounts owe it."""

    money: MoneyOut
    accounts: Count


class CoverageOut(Out):
    """Past due accounts with a next step."""

    share_pct: Percent | None
    past_due_accounts: Count
    without_next_step: Count


class OverviewBody(ReportBody):
    """Six figures of the evening; null what nobody predicted."""

    open: OpenFigureOut
    past_due: SharedFigureOut
    expected_late: LateFigureOut | None
    over_90: Over90FigureOut
    expected_30_days: ExpectedOut | None
    coverage: CoverageOut


REPORTS: dict[str, type[ReportBody]] = {
    "overview": OverviewBody,
    "aging": AgingBody,
    "past-due": PastDueBody,
    "dso": DsoBody,
    "effectiveness": EffectivenessBody,
    "cash-forecast": CashForecastBody,
    "high-risk": AccountListBody,
    "over-90": AccountListBody,
    "without-next-step": AccountListBody,
}
"""The reports by name, in the order in which they are told."""


_CHECKED: dict[str, Any] = {
    "weeks_checked": (
        Count, Field(description="past weeks of which a forecast had been published on the evening before them")
    ),
    "weeks_inside": (Count, Field(description="of them, those whose cash on known invoices fell inside the band")),
}  # fmt: skip


def _answered(body: type[ReportBody]) -> type[BaseModel]:
    also = _CHECKED if body is CashForecastBody else {}
    name = body.__name__.removesuffix("Body") + "Out"
    return create_model(name, __base__=body, __doc__=body.__doc__, run=(RunOut, ...), **also)


_ANSWERED = {body: _answered(body) for body in set(REPORTS.values())}

ANSWERS: dict[str, type[BaseModel]] = {name: _ANSWERED[body] for name, body in REPORTS.items()}
"""What the API answers of each report: its body with the run, of the forecast also how often past bands held."""
