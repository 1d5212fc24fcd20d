"""Conduct: part payments, credits, promises, disputes, answers, and how long and how well we know the customer."""

from functools import partial

from features.primitives import (
    count,
    days_since_oldest,
    minus,
    not_below_zero,
    of_item,
    plus,
    ratio,
    share,
    streak,
    total,
)
from features.spec import HABIT, NEWNESS, WORD, Direction, Feature, Theme, Unit, windows

_feature = partial(Feature, theme=Theme.CONDUCT)

_DECIDED = plus(total("kept", over="promised"), total("broken", over="promised"))

SHARES = windows(
    (365,),
    _feature(
        name="part_paid_share",
        concept=HABIT,
        value=share(total("in_part", over="first_paid"), count("first_paid")),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the invoices first paid in the last {window} were paid in parts",
        phrase_when_missing="no invoice first paid in the last {window}",
        why="Paying in parts shows either short cash or short-paid disputes; the rest comes later.",
        phrase_when_zero="no invoice first paid in the last {window} was paid in parts",
    ),
    _feature(
        name="cleared_without_cash_share",
        concept=HABIT,
        value=share(minus(count("cleared"), count("settled")), count("cleared")),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of cleared invoices cleared mainly by credit or write-off over the last {window}",
        phrase_when_missing="no invoice cleared in the last {window}",
        why="Invoices that end in credits were disputed, and disputed invoices are paid late.",
        phrase_when_zero="no invoice cleared mainly by credit or write-off over the last {window}",
    ),
    _feature(
        name="credit_share",
        concept=HABIT,
        value=ratio(
            not_below_zero(total("amount", over="credited_in_currency")), total("amount", over="billed_in_currency")
        ),
        unit=Unit.RATIO,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the amount billed over the last {window} taken back by credits and write-offs",
        phrase_when_missing="no invoice in this currency in the last {window}",
        why="Dilution: the part of what is billed that never becomes money, within the invoice's currency.",
        phrase_when_zero="nothing billed over the last {window} taken back by credits or write-offs",
    ),
    _feature(
        name="promises_broken_share",
        concept=WORD,
        value=share(total("broken", over="promised"), _DECIDED),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of the promises decided in the last {window} broken, or kept in part only",
        phrase_when_missing="no promise decided in the last {window}",
        why="Whether a promise of this customer is worth waiting for; judged by money that came in time, not by words.",
        monotone=-1,
        phrase_when_zero="no promise of the last {window} broken",
    ),
    _feature(
        name="promises_kept_count",
        concept=WORD,
        value=total("kept", over="promised"),
        unit=Unit.PROMISES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} kept in the last {window}",
        phrase_when_missing="no promise known",
        why="A customer who keeps promises can be asked for one.",
        phrase_when_zero="no promise kept in the last {window}",
    ),
    _feature(
        name="dispute_count",
        concept=WORD,
        value=count("disputed"),
        unit=Unit.DISPUTES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} raised in the last {window}",
        phrase_when_missing="no dispute known",
        why="Customers who dispute often pay late even what they do not dispute.",
        phrase_when_zero="no dispute raised in the last {window}",
    ),
)

STATES = (
    _feature(
        name="promises_open_count",
        concept=WORD,
        value=total("pending", over="promised"),
        unit=Unit.PROMISES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} to pay still open",
        phrase_when_missing="no promise known",
        why="Money is on its way, or said to be: a call before the promised day wastes both sides' time.",
        phrase_when_zero="no promise to pay open",
    ),
    _feature(
        name="contacts_unanswered",
        concept=WORD,
        value=streak("unanswered", over="contacted"),
        unit=Unit.TRIES,
        direction=Direction.MORE_IS_RISKIER,
        phrase="the last {value} to reach this customer went unanswered",
        phrase_when_missing="no try to reach this customer recorded",
        why="Somebody who no longer answers has often stopped paying too.",
        phrase_when_zero="somebody who can speak about paying was reached the last time",
    ),
    _feature(
        name="disputed_share",
        concept=WORD,
        value=share(of_item("disputed"), of_item("open")),
        unit=Unit.SHARE,
        direction=Direction.MORE_IS_RISKIER,
        phrase="{value} of this invoice is in dispute",
        phrase_when_missing="nothing is open of this invoice",
        why="What is disputed is not paid before the dispute is settled.",
        monotone=-1,
        phrase_when_zero="nothing of this invoice is in dispute",
    ),
)

KNOWN = (
    _feature(
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
    _feature(
        name="invoice_count",
        concept=NEWNESS,
        value=count("billed"),
        unit=Unit.INVOICES,
        direction=Direction.LESS_IS_RISKIER,
        phrase="{value} of this customer so far",
        phrase_when_missing="first invoice of this customer",
        why="Regular buyers keep their supplier; with `settled_count` it shows how much was never paid.",
    ),
    _feature(
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

FEATURES = (*SHARES, *STATES, *KNOWN)
