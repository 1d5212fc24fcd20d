"""Due rules: what terms of payment mean, as days and amounts. How a text comes to mean them is in `terms.py`.

A rule is kept by its id (`net`, `eom`, `then_days` …), never as the words it was read from.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from ledger.bank_days import BankDays, BusinessDayRule
from ledger.errors import PayriskError
from ledger.words import shown

NetEom = Literal["then_days", "then_eom"]
"""The two readings of "net 30 EOM": the end of the issue month and then 30 days; or 30 days and then to the end of the
month in which they end."""

RuleId = Literal["net", "eom", "then_days", "then_eom", "following_month"]

_YEAR_DAYS = 365
_ALL = Decimal(100)


class UnparseableTerms(PayriskError):
    """Terms that say no due date, or more than one."""

    code = "unparseable_terms"
    field = "terms"
    why = ""
    way_out = 'Expected NET30, "Net 30 days", "2/10 net 30", EOM, "10th prox" or COD; or give the due date itself.'

    def __init__(self, terms: str) -> None:
        self.terms = terms
        because = f": {self.why}" if self.why else ""
        super().__init__(f'The terms "{shown(terms)}" do not say one due date{because}. {self.way_out}')


class UnknownReading(PayriskError):
    """A reading of "net 30 EOM" that is none."""

    code = "unknown_net_eom"
    field = "net_eom"

    def __init__(self, net_eom: str) -> None:
        self.net_eom = net_eom
        super().__init__(f'"{shown(net_eom)}" is no reading of "net 30 EOM". Expected then_days or then_eom.')


class TwoReadings(UnparseableTerms):
    """Days and an end of month, without the order in which they are to be counted."""

    why = "the days may count from the end of the issue month, or run to the end of the month in which they end"
    way_out = "Say which with net_eom: then_days or then_eom; or give the due date itself."


class ReceiptDateNeeded(UnparseableTerms):
    """Days that count from a receipt, of goods or of the invoice."""

    why = "they count from a day of receipt, and the day of issue is all we are told"
    way_out = "Give the due date itself."


class PrepaidTerms(UnparseableTerms):
    """Payment before delivery: nothing falls due."""

    why = "payment in advance is due before there is an invoice"
    way_out = "Give the due date itself if the invoice is still to be paid."


class SeveralDueDates(UnparseableTerms):
    """Instalments, where one due date was asked for."""

    why = "they name one for each instalment"
    way_out = "Give each instalment as an item of its own, with its due date and its amount."


class SharesNotWhole(UnparseableTerms):
    """Instalments whose shares are not positive and 100 % together."""

    why = "the shares of the instalments do not add up to 100 %"
    way_out = 'Expected shares as in "50% 30 days, 50% 60 days"; or give each instalment its own due date.'


@dataclass(frozen=True)
class DueRule:
    """From a day of issue to a due day.

    Attributes:
        id: `net` days after issue; `eom` end of the issue month; `then_days` that end and then days;
            `then_eom` the end of the month in which the days end; `following_month` a day of the month after issue.
        days: calendar days; for `following_month` the day of the month, 1 to 31, its last day where it is shorter.
        cutoff_day: for `following_month`, issued after this day of the month means one month later; None never.
    """

    id: RuleId
    days: int = 0
    cutoff_day: int | None = None

    def due_on(self, issued_on: date) -> date:
        """The last day on which payment is on time; never before `issued_on`.

        >>> str(DueRule("following_month", 10, cutoff_day=25).due_on(date(2026, 1, 26)))
        '2026-03-10'
        """
        days = timedelta(days=self.days)
        match self.id:
            case "net":
                return issued_on + days
            case "eom":
                return _month_end(issued_on)
            case "then_days":
                return _month_end(issued_on) + days
            case "then_eom":
                return _month_end(issued_on + days)
            case "following_month":
                late = self.cutoff_day is not None and issued_on.day > self.cutoff_day
                return _day_of_later_month(issued_on, 2 if late else 1, self.days)

    def __str__(self) -> str:
        """Terms with this reading alone, as `parse_terms` reads them back."""
        cutoff = "" if self.cutoff_day is None else f" cut-off {self.cutoff_day}"
        return {
            "net": f"net {self.days}",
            "eom": "EOM",
            "then_days": f"EOM then {self.days} days",
            "then_eom": f"{self.days} days then EOM",
            "following_month": f"{self.days} prox{cutoff}",
        }[self.id]


@dataclass(frozen=True)
class Discount:
    """A discount for paying early: `rate_pct` percent (above 0, below 100) within `days` of issue."""

    rate_pct: Decimal
    days: int

    def __str__(self) -> str:
        return f"{plain(self.rate_pct)}/{self.days}"


@dataclass(frozen=True)
class Terms:
    """What terms of payment mean.

    Attributes:
        parts: (share in percent, rule) in the order of the text; one part of 100 for plain terms. Shares are positive
            and add up to exactly 100.
        discount: for paying early, only with a single `net` rule; None without.
    """

    parts: tuple[tuple[Decimal, DueRule], ...]
    discount: Discount | None = None

    def __post_init__(self) -> None:
        shares = [share for share, _ in self.parts]
        if any(share <= 0 for share in shares) or sum(map(Fraction, shares)) != 100:
            raise SharesNotWhole(str(self))

    @classmethod
    def of(cls, rule: DueRule, discount: Discount | None = None) -> "Terms":
        """Plain terms: all of the amount by one rule."""
        return cls(((_ALL, rule),), discount)

    def due_on(
        self, issued_on: date, *, bank_days: BankDays | None = None, business_day_rule: BusinessDayRule = "none"
    ) -> date:
        """The last day on which payment is on time, by calendar days unless the terms move it to a bank day.

        A due day is never moved to before `issued_on`; it stays on that day then.

        Raises:
            SeveralDueDates: for instalments.
            NoBankDay: see `BankDays.moved`.
        """
        if len(self.parts) > 1:
            raise SeveralDueDates(str(self))
        due = self.parts[0][1].due_on(issued_on)
        return max(issued_on, (bank_days or BankDays()).moved(due, business_day_rule))

    def instalments(self, amount_minor: int, issued_on: date) -> list[tuple[date, int]]:
        """(due day, minor units) of each part, in the order of the text; the amounts add up to `amount_minor`.

        Each is rounded towards zero and the last takes the rest: so no part ever gets the other sign, and the last
        is at most as many minor units above its share as there are parts before it.

        >>> half = Decimal("50")
        >>> terms = Terms(((half, DueRule("net", 30)), (half, DueRule("net", 60))))
        >>> [(str(due), minor) for due, minor in terms.instalments(1001, date(2026, 1, 31))]
        [('2026-03-02', 500), ('2026-04-01', 501)]
        """
        *first, (_, last_rule) = self.parts
        made = [(rule.due_on(issued_on), int(_percent(amount_minor, share))) for share, rule in first]
        rest = amount_minor - sum(minor for _, minor in made)
        return [*made, (last_rule.due_on(issued_on), rest)]

    def discount_until(self, issued_on: date) -> date | None:
        """The last day on which the discount may be taken; None where the terms give none."""
        return issued_on + timedelta(days=self.discount.days) if self.discount else None

    def discount_amount(self, amount_minor: int) -> int:
        """The discount in minor units, rounded half to even; 0 where the terms give none."""
        return round(_percent(amount_minor, self.discount.rate_pct)) if self.discount else 0

    def forgone_discount_cost(self) -> Fraction | None:
        """What a customer pays for not taking the discount, as a share per year, simple interest over 365 days.

        None where there is no discount, or where it lasts as long as the terms: then nothing is bought with it.

        Source: discount / (100 - discount) x 365 / days gained; 2/10 net 30 costs 37.24 % a year.
        """
        return self._bought and self._bought[0] * _YEAR_DAYS / self._bought[1]

    def forgone_discount_cost_compounded(self) -> Decimal | None:
        """The same with interest on interest: (1 + discount / (100 - discount)) ^ (365 / days gained) - 1.

        2/10 net 30 costs 44.59 % a year. None as in `forgone_discount_cost`; a share, to 28 digits.
        """
        if self._bought is None:
            return None
        growth, days = 1 + self._bought[0], self._bought[1]
        per_period = Decimal(growth.numerator) / Decimal(growth.denominator)
        exponent = Decimal(_YEAR_DAYS) / Decimal(days)
        return Decimal(per_period**exponent) - 1

    def is_unearned_discount(self, amount_minor: int, paid_minor: int, issued_on: date, paid_on: date) -> bool:
        """Whether what is missing from a payment is a discount taken after its last day.

        True when something was paid, something is missing, what is missing is no more than the discount, and
        `paid_on` is after `discount_until`. Always False without a discount and for credit memos (amounts below 0).
        The residue stays open with that reason; it does not make the invoice a late one.
        """
        until = self.discount_until(issued_on)
        if until is None or amount_minor <= 0 or paid_minor <= 0:
            return False
        return paid_on > until and 0 < amount_minor - paid_minor <= self.discount_amount(amount_minor)

    def __str__(self) -> str:
        """These terms in words that have no second reading; `parse_terms` gives them back equal."""
        if len(self.parts) > 1:
            return ", ".join(f"{plain(share)}% {rule}" for share, rule in self.parts)
        rule = str(self.parts[0][1]) if self.parts else ""
        return f"{self.discount} {rule}" if self.discount else rule

    @property
    def _bought(self) -> tuple[Fraction, int] | None:
        """(interest for the period, days gained) of who forgoes the discount."""
        if self.discount is None:
            return None
        days = self.parts[0][1].days - self.discount.days
        rate = Fraction(self.discount.rate_pct)
        return (rate / (100 - rate), days) if days > 0 else None


def plain(number: Decimal) -> str:
    """A decimal without trailing zeros or exponent.

    >>> plain(Decimal("50.00")), plain(Decimal("2.5")), plain(Decimal("100"))
    ('50', '2.5', '100')
    """
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(amount_minor: int, pct: Decimal) -> Fraction:
    return Fraction(pct) * amount_minor / 100


def _month_end(on: date) -> date:
    return on.replace(day=calendar.monthrange(on.year, on.month)[1])


def _day_of_later_month(on: date, months: int, day: int) -> date:
    years, month = divmod(on.month - 1 + months, 12)
    year, month = on.year + years, month + 1
    return date(year, month, min(day, calendar.monthrange(year, month)[1]))
