"""Interest on late payment. Rates and fixed sums are dated facts of the caller, never code."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

_YEAR_DAYS = 365


@dataclass(frozen=True)
class LatePaymentClaim:
    """What a late invoice may be charged, minor units of its currency."""

    interest_minor: int
    fixed_sum_minor: int

    @property
    def total_minor(self) -> int:
        """Interest and fixed sum together."""
        return self.interest_minor + self.fixed_sum_minor


def simple_interest(amount_minor: int, rate_pct: Decimal, days: int) -> int:
    """Amount x rate x days / 365, rounded once, half to even, to the minor unit.

    Args:
        rate_pct: percent per year.
        days: from the day after the due day, so `dpd`; 0 or below bears none.
    """
    return round(Fraction(rate_pct) * amount_minor * max(days, 0) / (100 * _YEAR_DAYS))


def late_payment_claim(
    amount_minor: int, days_past_due: int, reference_rate_pct: Decimal, margin_pct: Decimal, fixed_sum_minor: int
) -> LatePaymentClaim:
    """Interest at the reference rate plus a margin, and the fixed sum; nothing of either until it is past due.

    Source: directive 2011/7/EU, articles 3 and 6 (margin at least 8 points, sum at least EUR 40); measures, section 9:
    EUR 10,000 for 45 days at 2.15 % + 8 points is EUR 125.14, and 40.
    """
    if days_past_due <= 0:
        return LatePaymentClaim(0, 0)
    return LatePaymentClaim(
        simple_interest(amount_minor, reference_rate_pct + margin_pct, days_past_due), fixed_sum_minor
    )
