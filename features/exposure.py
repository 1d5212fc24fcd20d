"""Exposure: what else this customer owes that evening.

Money is compared within the currency of the invoice asked about, so no rate of exchange is needed and history is never
revalued. Unused credits are not netted.
"""

from features.primitives import (
    count,
    mean,
    oldest_open_dpd,
    open_money,
    overdue_count,
    overdue_money,
    ratio,
    share,
    when_at_least,
)
from features.spec import EXPOSURE, Direction, Feature, Unit

FEATURES = (
    Feature(
        name="exposure_ratio",
        concept=EXPOSURE,
        value=when_at_least(
            ratio(open_money(), mean("amount", over="billed_in_currency")), count("billed_in_currency"), needed=2
        ),
        unit=Unit.TIMES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="owes {value} the amount of a usual invoice",
        phrase_when_missing="only one invoice in this currency so far",
        why="An unusual pile of open invoices: somebody stopped paying, or buys more than before.",
    ),
    Feature(
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
    Feature(
        name="overdue_30_share",
        concept=EXPOSURE,
        value=share(overdue_money(by_more_than=30), open_money()),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the open amount is more than 30 days past due",
        phrase_when_missing="nothing open in this currency",
        why="Beyond thirty days forgetting is no longer the explanation.",
        phrase_when_zero="nothing of the open amount is more than 30 days past due",
    ),
    Feature(
        name="overdue_count",
        concept=EXPOSURE,
        value=overdue_count(),
        unit=Unit.INVOICES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} past due",
        phrase_when_missing="no invoice past due",
        why="Several overdue at once are paid, or not paid, together.",
        phrase_when_zero="no invoice past due",
    ),
    Feature(
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
