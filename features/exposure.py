"""Exposure: what this customer owes that evening.

Money is compared within the currency of the invoice asked about, so no rate of exchange is needed and history is never
revalued. Credits and what was overpaid are not netted. Counts are of invoices in any currency.
"""

from functools import partial

from features.primitives import (
    Expression,
    count,
    log10_money,
    mean,
    minus,
    of_item,
    oldest_open_dpd,
    open_count,
    open_money,
    overdue_count,
    overdue_money,
    ratio,
    share,
    when_at_least,
)
from features.spec import EXPOSURE, Direction, Feature, Theme, Unit

_feature = partial(Feature, theme=Theme.EXPOSURE)

USUAL_AMOUNT = when_at_least(mean("amount", over="billed_in_currency"), count("billed_in_currency"), needed=2)
"""The mean amount of the customer's invoices in this currency, of which we have at least two."""

BUCKETS = ((0, 30, "1 to 30"), (30, 60, "31 to 60"), (60, 90, "61 to 90"), (90, None, "over 90"))


def _bucket(low: int, high: int | None, told: str) -> tuple[Feature, ...]:
    """Count and share of money in one aging bucket."""
    name = f"{low + 1}_{high}" if high else f"over_{low}"
    counted: Expression = overdue_count(low)
    money: Expression = overdue_money(low)
    if high is not None:
        counted, money = minus(counted, overdue_count(high)), minus(money, overdue_money(high))
    return (
        _feature(
            name=f"overdue_{name}_count",
            concept=EXPOSURE,
            value=counted,
            unit=Unit.INVOICES,
            direction=Direction.MORE_IS_RISKIER,
            phrase=f"{{value}} of this customer {told} days past due",
            phrase_when_missing="no open invoice",
            why="How old the overdue ones are: each bucket is paid at a rate of its own.",
            phrase_when_zero=f"no invoice {told} days past due",
        ),
        _feature(
            name=f"overdue_{name}_share",
            concept=EXPOSURE,
            value=share(money, open_money()),
            unit=Unit.SHARE,
            direction=Direction.MORE_IS_RISKIER,
            phrase=f"{{value}} of the open amount is {told} days past due",
            phrase_when_missing="nothing open in this currency",
            why="Where the money of the account stands in the aging; beyond thirty days forgetting is no longer the "
            "explanation.",
            phrase_when_zero=f"nothing of the open amount is {told} days past due",
        ),
    )


FEATURES = (
    _feature(
        name="open_count",
        concept=EXPOSURE,
        value=open_count(),
        unit=Unit.INVOICES,
        direction=Direction.OPEN,
        phrase="{value} of this customer open",
        phrase_when_missing="no open invoice",
        why="A large account pays many invoices together, a small one each by itself.",
        phrase_when_zero="no open invoice",
    ),
    _feature(
        name="open_amount_log10",
        concept=EXPOSURE,
        value=log10_money(open_money()),
        unit=Unit.MONEY_LOG10_PLUS_1,
        direction=Direction.OPEN,
        phrase="owes about {value} in this currency",
        phrase_when_missing="nothing open in this currency",
        why="Large balances get attention on both sides.",
        phrase_when_zero="owes nothing in this currency",
    ),
    _feature(
        name="exposure_ratio",
        concept=EXPOSURE,
        value=ratio(open_money(), USUAL_AMOUNT),
        unit=Unit.TIMES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="owes {value} the amount of a usual invoice",
        phrase_when_missing="only one invoice in this currency so far",
        why="An unusual pile of open invoices: somebody stopped paying, or buys more than before.",
    ),
    _feature(
        name="credit_limit_use",
        concept=EXPOSURE,
        value=ratio(open_money(), of_item("credit_limit")),
        unit=Unit.RATIO,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the credit limit is used",
        phrase_when_missing="no credit limit above 0 known in this currency",
        why="A customer at the limit is a customer who waits with paying, or buys what he cannot pay.",
        phrase_when_zero="nothing of the credit limit is used",
    ),
    _feature(
        name="item_share",
        concept=EXPOSURE,
        value=share(of_item("open"), open_money()),
        unit=Unit.SHARE,
        direction=Direction.OPEN,
        phrase="this invoice is {value} of what the customer owes in its currency",
        phrase_when_missing="nothing open in this currency",
        why="A single open invoice is a stray; one of many is paid, or not paid, with the others.",
    ),
    _feature(
        name="overdue_count",
        concept=EXPOSURE,
        value=overdue_count(),
        unit=Unit.INVOICES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of this customer past due",
        phrase_when_missing="no invoice past due",
        why="Several overdue at once are paid, or not paid, together.",
        phrase_when_zero="no invoice past due",
    ),
    _feature(
        name="overdue_amount_log10",
        concept=EXPOSURE,
        value=log10_money(overdue_money()),
        unit=Unit.MONEY_LOG10_PLUS_1,
        direction=Direction.MORE_IS_RISKIER,
        phrase="about {value} past due in this currency",
        phrase_when_missing="nothing open in this currency",
        why="How much is late already; what a collector would ask for today.",
        phrase_when_zero="nothing past due in this currency",
    ),
    _feature(
        name="overdue_share",
        concept=EXPOSURE,
        value=share(overdue_money(), open_money()),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the open amount is past due",
        phrase_when_missing="nothing open in this currency",
        why="Tells the customer who is behind with everything from the one with a single stray invoice.",
        phrase_when_zero="nothing of the open amount is past due",
    ),
    *(feature for low, high, told in BUCKETS for feature in _bucket(low, high, told)),
    _feature(
        name="oldest_open_dpd",
        concept=EXPOSURE,
        value=oldest_open_dpd(),
        unit=Unit.DAYS_PAST_DUE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="the customer's oldest open invoice is {value}",
        phrase_when_missing="no open invoice",
        why="The oldest open invoice says whether old debt is being worked off at all.",
        monotone=-1,
    ),
)
