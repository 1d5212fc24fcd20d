"""What each figure of the reports means, in a sentence that stands beside it wherever it is shown."""

from dataclasses import dataclass
from typing import Any, Literal

Json = dict[str, Any]

Better = Literal["higher", "lower", ""]
"""Which way a change is certainly good; '' where it may be either."""


@dataclass(frozen=True)
class Definition:
    """One figure.

    Attributes:
        label: its name on a page.
        short: the definition in a few words, shown beside it.
        text: the whole definition, shown when it is asked for.
        unit: of the value: days, percent, or money of the reporting currency.
    """

    label: str
    short: str
    text: str
    unit: Literal["days", "percent", "money"]
    better: Better = ""


_SALES = "Sales are the invoices issued, with tax as they stand in the ledger, credit memos not taken off."

DEFINITIONS: dict[str, Definition] = {
    "open": Definition(
        "Open receivables",
        "invoices not fully paid",
        "What is open of all invoices on the evening, gross: unused credits stand beside it and are not taken off.",
        "money",
    ),
    "past_due": Definition(
        "Past due",
        "open after the due day",
        "What is open of invoices whose due day lies before the evening; due on that very day is not past due.",
        "money",
        "lower",
    ),
    "past_due_pct": Definition(
        "Past due share",
        "past due ÷ open receivables",
        "Past due receivables in percent of all open receivables, both gross.",
        "percent",
        "lower",
    ),
    "expected_late": Definition(
        "Expected late",
        "still unpaid in 30 days",
        "Money that the payment curves expect to be still unpaid in 30 days, or at the end of the grace after the due "
        "day where that is later: of each account its overdue money, of one with none overdue all that is open, times "
        "its late risk. The accounts of the list add up to it.",
        "money",
        "lower",
    ),
    "over_90": Definition(
        "Over 90 days",
        "more than 90 days past due",
        "What is open of invoices more than 90 days past due. The list of accounts leaves out residues below the "
        "clearing tolerance.",
        "money",
        "lower",
    ),
    "expected_30_days": Definition(
        "Expected in 30 days",
        "cash from what is open",
        "Cash that the payment curves expect within 30 days from the invoices open on the evening; invoices issued "
        "later are not in it. In 80 of 100 cases it should lie within the band.",
        "money",
    ),
    "coverage": Definition(
        "Coverage",
        "past due accounts with a next step",
        "Of the accounts with money past due, those that are on the day's list, held by a rule, or handed to somebody "
        "else. The others are below what the team can work in a day.",
        "percent",
        "higher",
    ),
    "dso_countback": Definition(
        "DSO, countback",
        "closing receivables unwound against the latest months’ sales",
        "Days of sales outstanding, counted back: from the latest month backward each month whose sales are still "
        f"among the receivables counts with all its days, the last with its part. {_SALES}",
        "days",
        "lower",
    ),
    "dso": Definition(
        "DSO, three months",
        "closing receivables ÷ sales × days",
        f"Closing receivables divided by the sales of the last three months, times their days. {_SALES}",
        "days",
    ),
    "dso_true": Definition(
        "True DSO",
        "age of each open invoice × its share of its month’s sales",
        "The sum over the open invoices of their age in days times what is open, divided by the sales of their month "
        f"of issue. {_SALES}",
        "days",
        "lower",
    ),
    "dso_best_possible": Definition(
        "Best possible DSO",
        "receivables not past due ÷ sales × days",
        "What the three-month DSO would be if nothing were past due: it moves with the terms that are given, not with "
        f"collecting. {_SALES}",
        "days",
    ),
    "add_portfolio": Definition(
        "Average days delinquent",
        "DSO − best possible DSO",
        "The three-month DSO less the best possible one: days of sales that are past due.",
        "days",
        "lower",
    ),
    "cei_pct": Definition(
        "Collection effectiveness",
        "opening + sales − closing, against what could be collected",
        "(Opening receivables + sales − closing receivables) ÷ (opening receivables + sales − closing receivables not "
        "past due), in percent, of one month. 100 is everything that could be collected. It moves with sales too: read "
        "it beside the past due share.",
        "percent",
        "higher",
    ),
    "promises_kept": Definition(
        "Promises kept",
        "paid by the date + 2 bank days",
        "Of the promises whose last day lay in the month, those kept: at least 95 % of the amount by the promised day "
        "and 2 bank days, by count. Kept in part is not kept; withdrawn ones do not count.",
        "percent",
        "higher",
    ),
    "roll_rate": Definition(
        "Roll rate",
        "of a bucket’s money, what stood in the next one a month end later",
        "True migration: of the money that stood in one aging bucket at a month end, the share that stood in the next "
        "bucket one month end later; part payments do not roll. Months and buckets are not of quite the same length, "
        "so a little can jump a bucket.",
        "percent",
        "lower",
    ),
    "expected_cash": Definition(
        "Expected cash by week",
        "from the payment curve of every open invoice",
        "Open money times the chance that it comes in the week, added up. The band is that of a sum of items that pay "
        "independently of each other, made 1.4 times as wide because customers are less independent than that: 80 of "
        "100 weeks should fall inside.",
        "money",
    ),
}  # fmt: skip


def definitions_json(*names: str) -> Json:
    """The definitions of these figures, by name, as a report carries them."""
    return {
        name: {"label": one.label, "short": one.short, "text": one.text, "unit": one.unit, "better": one.better}
        for name, one in ((name, DEFINITIONS[name]) for name in names)
    }
