"""Roll rates: how receivables wander from one aging bucket to the next, and what is lost at the end.

Buckets are numbered in their order, 0 the current one; write-off is the number after the oldest. Periods should be as
long as buckets are wide: in a longer one an item can jump a bucket, and what jumps is not counted as rolled.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from ledger.measures.ratios import ratio

Positions = Mapping[str, tuple[int, int]]
"""By item: (bucket number, open minor units) at one month end. Credits (amounts of 0 or below) do not count."""


@dataclass(frozen=True)
class CureRates:
    """Shares of a bucket's amount that left the ledger by the next month end: paid, and credited.

    Apart, because a credit memo is no payment. Each None when the bucket was empty.
    """

    cash: Fraction | None
    credit: Fraction | None


def roll_rate(before: Positions, after: Positions, bucket: int) -> Fraction | None:
    """True migration: the share of a bucket's amount that stands in the next bucket one month end later.

    Part payments do not roll: of each item counts what is still open, at most what was. None for an empty bucket.
    """
    held = _held(before, bucket)
    rolled = 0
    for item, minor in held.items():
        bucket_now, minor_now = after.get(item, (bucket, 0))
        rolled += min(minor, max(minor_now, 0)) if bucket_now == bucket + 1 else 0
    return ratio(rolled, sum(held.values()))


def net_flow_rate(next_bucket_now_minor: int, bucket_before_minor: int) -> Fraction | None:
    """Net flow: the next bucket's amount now / this bucket's one month end ago. Not a share: it can be above 1.

    Cheaper than `roll_rate` and another measure: new items and returns flow into it.
    """
    return ratio(next_bucket_now_minor, bucket_before_minor)


def cure_rates(
    before: Positions, cash_by_item: Mapping[str, int], credit_by_item: Mapping[str, int], bucket: int
) -> CureRates:
    """What became of a bucket by payment and by credit until the next month end.

    Args:
        cash_by_item: cash applied in the month, minor units, returns taken off; of each item at most what was open.
        credit_by_item: credit memos applied in the month; at most what cash has left open.
    """
    held = _held(before, bucket)
    total, cash, credit = sum(held.values()), 0, 0
    for item, minor in held.items():
        paid = min(minor, cash_by_item.get(item, 0))
        cash += paid
        credit += min(minor - paid, credit_by_item.get(item, 0))
    return CureRates(ratio(cash, total), ratio(credit, total))


def loss_chain(roll_rates: Sequence[Decimal | Fraction], recovery: Decimal | Fraction = Fraction(0)) -> list[Fraction]:
    """Share of each bucket that will be lost: the product of the roll rates from it to write-off x (1 - recovery).

    Args:
        roll_rates: from the first bucket to the one before write-off, shares; the last is the roll into write-off.
        recovery: share of what is written off that comes back.

    Source: measures, section 3; .12 .45 .60 .70 .55 lose 1.25 %, 10.40 %, 23.10 %, 38.50 %, 55.00 %.
    """
    lost, chain = 1 - Fraction(recovery), []
    for rate in reversed(roll_rates):
        lost *= Fraction(rate)
        chain.append(lost)
    return chain[::-1]


def _held(positions: Positions, bucket: int) -> dict[str, int]:
    return {item: minor for item, (number, minor) in positions.items() if number == bucket and minor > 0}
