"""Days of sales outstanding: how many days of selling are still to be paid.

Sales are always *credit* sales of the same currency as the receivables, both with or both without tax; say which
beside the number. A period is as long as its calendar says (a year 365 or 366 days, whatever page multiplies by 356).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from ledger.days import to_date
from ledger.measures.ratios import ratio, rounded


@dataclass(frozen=True)
class SalesMonth:
    """Credit sales of one month, minor units, and its days (28 to 31, or 30 where a year has 360)."""

    sales_minor: int
    days: int


@dataclass(frozen=True)
class Countback:
    """Days by countback, or the statement that they are more than the history has.

    Attributes:
        days: None when the history ran out before the receivables were explained.
        history_days: days of all months given; what `days` is above when it is None.
        months_without_sales: how many of the months counted had none; a flag for who reads the number.
    """

    days: Fraction | None
    history_days: int
    months_without_sales: int

    def __str__(self) -> str:
        """As people read it.

        >>> print(Countback(None, 90, 0))
        > 90 days
        """
        return f"> {self.history_days} days" if self.days is None else f"{rounded(self.days)} days"


def dso(closing_ar_minor: int, credit_sales_minor: int, period_days: int) -> Fraction | None:
    """DSO, simple: closing receivables / credit sales of the period x days of the period. Days; None without sales.

    Source: measures, section 2; AR 212,000 with sales of 250,000 in 90 days is 76.32.
    """
    return ratio(closing_ar_minor * period_days, credit_sales_minor)


def dso_rolling_3(closing_ar_minor: int, months: Sequence[SalesMonth]) -> Fraction | None:
    """DSO over the last three months, in days. `months` run from the oldest to the latest.

    None without sales in them, and when fewer than three are given: a shorter period is another measure.
    """
    last = months[-3:]
    if len(last) < 3:
        return None
    return dso(closing_ar_minor, sum(month.sales_minor for month in last), sum(month.days for month in last))


def dso_countback(closing_ar_minor: int, months: Sequence[SalesMonth]) -> Countback:
    """DSO by countback: how far back sales must be added up to explain the receivables. Days.

    From the latest month backward: while the rest is at least the month's sales, count all its days and subtract
    them; else count the rest's part of them and stop. A month without sales (or with more credited than sold) counts
    with all its days, explains nothing, and is flagged. Receivables of 0 or below are 0 days.

    Args:
        months: from the oldest to the latest, which ends on the closing day.

    Source: measures, section 2; AR 212,000 after sales of 70k, 80k, 100k in months of 30 days is 73.71.
    """
    rest, days, without = closing_ar_minor, Fraction(0), 0
    for month in reversed(months):
        if rest <= 0:
            break
        without += month.sales_minor <= 0
        explained = min(rest, max(month.sales_minor, 0))
        days += Fraction(explained * month.days, month.sales_minor) if explained else month.days
        rest -= explained
    return Countback(None if rest > 0 else days, sum(month.days for month in months), without)


def dso_true(
    open_invoices: Iterable[tuple[int, int]], sales_by_month: Mapping[tuple[int, int], int], as_of: int
) -> Fraction | None:
    """True DSO: the sum over open invoices of age in days x open amount / credit sales of the month of issue. Days.

    Args:
        open_invoices: (day of issue, open minor units); those issued after `as_of` do not count.
        sales_by_month: credit sales, minor units, by (year, month) of issue.

    Returns:
        None where an open invoice was issued in a month without sales in `sales_by_month`. Report with countback.
    """
    money_days: dict[tuple[int, int], int] = {}
    for issued_on, open_minor in open_invoices:
        if issued_on <= as_of:
            issued = to_date(issued_on)
            month = (issued.year, issued.month)
            money_days[month] = money_days.get(month, 0) + (as_of - issued_on) * open_minor
    total = Fraction(0)
    for month, of_month in money_days.items():
        part = ratio(of_month, sales_by_month.get(month, 0))
        if part is None:
            return None
        total += part
    return total


def dso_best_possible(current_ar_minor: int, credit_sales_minor: int, period_days: int) -> Fraction | None:
    """Best possible DSO: what DSO would be with nothing past due. Days; None without sales.

    Args:
        current_ar_minor: receivables not past due (`dpd` at most 0).

    Source: measures, section 2; 280k of 450k current, sales of 300k in 30 days: 28.0.
    """
    return dso(current_ar_minor, credit_sales_minor, period_days)


def add_portfolio(
    closing_ar_minor: int, current_ar_minor: int, credit_sales_minor: int, period_days: int
) -> Fraction | None:
    """Average days delinquent of the portfolio: DSO - best possible DSO, of one period. Days; None without sales.

    Not `avg_days_late_paid`, which looks at invoices that were paid. Source: measures, section 2; 45.0 - 28.0 = 17.0.
    """
    return dso(closing_ar_minor - current_ar_minor, credit_sales_minor, period_days)


def delinquent_dso(
    past_due_by_bucket: Mapping[str, int], credit_sales_minor: int, period_days: int
) -> dict[str, Fraction | None]:
    """Delinquent DSO of each past-due bucket, in days; they add up to `add_portfolio`. All None without sales."""
    return {bucket: dso(minor, credit_sales_minor, period_days) for bucket, minor in past_due_by_bucket.items()}
