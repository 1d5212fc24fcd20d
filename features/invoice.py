"""The invoice itself: its age, its size, its terms."""

from functools import partial

from features.exposure import USUAL_AMOUNT
from features.payment_history import SLOW_DAY, USUAL
from features.primitives import minus, of_item, ratio, share
from features.spec import AGE, AMOUNT, DRIFT, TERMS, Direction, Feature, Theme, Unit

_feature = partial(Feature, theme=Theme.INVOICE)

FEATURES = (
    _feature(
        name="dpd",
        concept=AGE,
        value=of_item("dpd"),
        unit=Unit.DAYS_PAST_DUE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="this invoice is {value}",
        phrase_when_missing="no due day known",
        why="The age of a debt is what every aging list sorts by. Free in sign: just past due is when most is paid.",
    ),
    _feature(
        name="habit_gap",
        concept=AGE,
        value=minus(of_item("dpd"), USUAL),
        unit=Unit.DAYS_SHIFT,
        direction=Direction.MORE_IS_RISKIER,
        phrase="this invoice stands {value} than when this customer usually pays",
        phrase_when_missing="no invoice settled yet, so no usual payment day",
        why="A sure payer who is late this time has a reason, often a dispute nobody told us; a late payer who is "
        "not yet at his usual day needs patience.",
        phrase_when_zero="this invoice is at the day on which this customer usually pays",
    ),
    _feature(
        name="habit_excess",
        concept=DRIFT,
        value=minus(of_item("dpd"), SLOW_DAY),
        unit=Unit.DAYS_SHIFT,
        direction=Direction.MORE_IS_RISKIER,
        phrase="this invoice stands {value} than the day by which this customer paid four of five",
        phrase_when_missing="fewer than 5 invoices settled yet, so no slow day of its own",
        why="Drift from the account's own habit: beyond the slow end of what is usual something has changed, and one "
        "call finds out what.",
        phrase_when_zero="this invoice is at the day by which this customer paid four of five",
    ),
    _feature(
        name="amount_ratio",
        concept=AMOUNT,
        value=ratio(of_item("amount"), USUAL_AMOUNT),
        unit=Unit.TIMES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} the amount of this customer's usual invoice",
        phrase_when_missing="only one invoice in this currency so far",
        why="Unusually large invoices need more signatures. A ratio has no currency.",
    ),
    _feature(
        name="amount_log10",
        concept=AMOUNT,
        value=of_item("amount_log10"),
        unit=Unit.MONEY_LOG10,
        direction=Direction.OPEN,
        phrase="an invoice of about {value} in its own currency",
        phrase_when_missing="no amount known",
        why="Small invoices are forgotten, large ones negotiated. In units of the document currency; the column "
        "`currency` lets the model tell 1,000 yen from 1,000 euro.",
    ),
    _feature(
        name="paid_share",
        concept=AMOUNT,
        value=share(of_item("paid"), of_item("amount")),
        unit=Unit.SHARE,
        direction=Direction.OPEN,
        phrase="{value} of this invoice is paid or credited already",
        phrase_when_missing="no amount known",
        why="What is left after a part payment is a plan, a dispute or a late discount, each with its own rhythm.",
        phrase_when_zero="nothing of this invoice is paid or credited yet",
    ),
    _feature(
        name="currency",
        concept=AMOUNT,
        value=of_item("currency"),
        unit=Unit.CATEGORY,
        direction=Direction.OPEN,
        phrase="invoiced in {value}",
        phrase_when_missing="no currency known",
        why="Stands for country and payment customs, and gives the amount its scale.",
    ),
    _feature(
        name="terms_days",
        concept=TERMS,
        value=of_item("terms_days"),
        unit=Unit.DAYS,
        direction=Direction.OPEN,
        phrase="payment terms of {value}",
        phrase_when_missing="no terms known",
        why="Strong buyers negotiate long terms and still pay late; short terms are often a precaution of ours.",
        phrase_when_zero="payable at once",
    ),
)
