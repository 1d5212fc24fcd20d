"""The past year of a book: the month ends that a report looks back on, each as it was known then.

A figure of a month end is the one that could be shown on that evening; what was booked into it later changes the
months after. Only evenings from the first on which something had been invoiced are here.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from ledger.aging import DEFAULT_BUCKETS
from ledger.books.past_evenings import Month, PastEvening, month_ends, past_evenings
from ledger.lookup import summed_at
from ledger.measures.ratios import rounded
from ledger.measures.sales_days import SalesMonth
from ledger.view import LedgerView

MONTH_ENDS = 13
"""Month ends looked back on: twelve months between the first and the last of them."""

BUCKETS = DEFAULT_BUCKETS


@dataclass(frozen=True, eq=False)
class Stand:
    """What a past evening comes to, in minor units of the reporting currency.

    Attributes:
        buckets: receivables by aging bucket, gross, in the order of `BUCKETS.names`.
        unapplied: credits that nobody has used, zero or negative.
    """

    evening: PastEvening
    buckets: tuple[int, ...]
    unapplied: int

    @classmethod
    def of(cls, evening: PastEvening) -> "Stand":
        """The sums of an evening."""
        receivable = evening.receivable
        sums = summed_at(BUCKETS.bucket_of(evening.dpd), receivable, len(BUCKETS.names))
        return cls(evening, tuple(sums.tolist()), int(evening.open_minor.sum()) - int(receivable.sum()))

    @property
    def day(self) -> date:
        """The evening."""
        return self.evening.day

    @property
    def open(self) -> int:
        """All receivables, gross."""
        return sum(self.buckets)

    @property
    def current(self) -> int:
        """What is not past due."""
        return self.buckets[0]

    @property
    def past_due(self) -> int:
        """What is past due."""
        return self.open - self.current

    def sales_of(self, month: Month) -> int:
        """What was invoiced in a month, as known that evening."""
        return self.evening.sales.get(month, 0)

    def months(self) -> list[SalesMonth]:
        """Sales from the first month that has any to the month that this evening ends, oldest first.

        The evening has to be the last of its month.
        """
        if not self.evening.sales:
            return []
        year, month = min(self.evening.sales)
        count = (self.day.year - year) * 12 + self.day.month - month + 1
        each = [(year + (month - 1 + at) // 12, (month - 1 + at) % 12 + 1) for at in range(count)]
        return [SalesMonth(self.sales_of(one), monthrange(*one)[1]) for one in each]


@dataclass(frozen=True, eq=False)
class BookYear:
    """An evening, the same day a month before, and the month ends up to it, oldest first."""

    now: Stand
    month_before: Stand | None
    month_ends: tuple[Stand, ...]
    currency: str

    @classmethod
    def of(cls, view: LedgerView, currency: str) -> "BookYear":
        """The past year as the evening's view knows it."""
        day, before = view.day, a_month_before(view.day)
        ends = month_ends(day, MONTH_ENDS)
        stands = {one.day: Stand.of(one) for one in past_evenings(view, {*ends, before, day}, currency)}
        there = [on for on in sorted(stands) if stands[on].evening.sales]
        begins = there[0] if there else day
        return cls(
            now=stands[day],
            month_before=stands[before] if before >= begins else None,
            month_ends=tuple(stands[on] for on in ends if on >= begins),
            currency=currency,
        )

    @property
    def missing(self) -> tuple[str, ...]:
        """Currencies that could not be told in the reporting currency on some evening of the year."""
        stands = (self.now, *([self.month_before] if self.month_before else ()), *self.month_ends)
        return tuple(sorted({code for stand in stands for code in stand.evening.missing}))


def a_month_before(day: date) -> date:
    """The same day of the month before, or its last day where it is shorter.

    >>> str(a_month_before(date(2026, 3, 31))), str(a_month_before(date(2026, 1, 15)))
    ('2026-02-28', '2025-12-15')
    """
    last = day.replace(day=1) - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def number(value: Fraction | None, places: int = 2) -> float | None:
    """A measure as JSON has it, rounded half to even; None where it is undefined."""
    told = rounded(value, places)
    return None if told is None else float(told)
