"""Conduct: part payments, credits, and how long and how well we know the customer."""

from features.primitives import count, days_since_oldest, minus, share
from features.spec import HABIT, NEWNESS, Direction, Feature, Unit, windows

FEATURES = (
    *windows(
        (365,),
        Feature(
            name="part_paid_share",
            concept=HABIT,
            value=share(count("part_paid"), count("billed")),
            unit=Unit.SHARE,
            direction=Direction.MORE_IS_RISKIER,
            phrase="{value} of invoices paid in parts over the last {window}",
            phrase_when_missing="no invoice in the last {window}",
            why="Paying in parts shows either short cash or short-paid disputes; the rest comes later.",
            phrase_when_zero="no invoice paid in parts over the last {window}",
        ),
    ),
    *windows(
        (365,),
        Feature(
            name="cleared_without_cash_share",
            concept=HABIT,
            value=share(minus(count("cleared"), count("settled")), count("cleared")),
            unit=Unit.SHARE,
            direction=Direction.MORE_IS_RISKIER,
            phrase="{value} of cleared invoices settled by credit or write-off over the last {window}",
            phrase_when_missing="no invoice cleared in the last {window}",
            why="Dilution: invoices that end in credits were disputed, and disputed invoices are paid late.",
            phrase_when_zero="no invoice settled by credit or write-off over the last {window}",
        ),
    ),
    Feature(
        name="settled_count",
        concept=NEWNESS,
        value=count("settled"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} settled so far",
        phrase_when_missing="no invoice settled yet",
        why="How much evidence stands behind every habit; lets the model trust few invoices little.",
        phrase_when_zero="no invoice settled yet",
    ),
    Feature(
        name="invoice_count",
        concept=NEWNESS,
        value=count("billed"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} so far",
        phrase_when_missing="first invoice of this customer",
        why="Regular buyers keep their supplier; with `settled_count` it shows how much was never paid.",
    ),
    Feature(
        name="customer_days",
        concept=NEWNESS,
        value=days_since_oldest("issued", over="billed"),
        unit=Unit.DAYS,
        direction=Direction.LESS_IS_RISKIER,
        phrase="customer for {value}",
        phrase_when_missing="no invoice known before",
        why="New customers pay less predictably than old ones.",
        phrase_when_zero="customer since today",
    ),
)
