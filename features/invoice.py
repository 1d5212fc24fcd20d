"""The invoice itself: its age, its size, its terms."""

from features.payment_history import USUAL
from features.primitives import count, mean, minus, of_item, ratio, when_at_least
from features.spec import AGE, AMOUNT, TERMS, Direction, Feature, Unit

FEATURES = (
    Feature(
        name="dpd",
        concept=AGE,
        value=of_item("dpd"),
        unit=Unit.DAYS_PAST_DUE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="this invoice is {value}",
        phrase_when_missing="no due day known",
        why="The age of a debt is what every aging list sorts by. Free in sign: just past due is when most is paid.",
    ),
    Feature(
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
    Feature(
        name="amount_ratio",
        concept=AMOUNT,
        value=when_at_least(
            ratio(of_item("amount"), mean("amount", over="billed_in_currency")), count("billed_in_currency"), needed=2
        ),
        unit=Unit.TIMES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} the amount of this customer's usual invoice",
        phrase_when_missing="only one invoice in this currency so far",
        why="Unusually large invoices need more signatures. A ratio has no currency.",
    ),
    Feature(
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
    Feature(
        name="currency",
        concept=AMOUNT,
        value=of_item("currency"),
        unit=Unit.CATEGORY,
        direction=Direction.OPEN,
        phrase="invoiced in {value}",
        phrase_when_missing="no currency known",
        why="Stands for country and payment customs, and gives the amount its scale.",
    ),
    Feature(
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
