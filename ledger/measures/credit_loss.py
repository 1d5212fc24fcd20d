"""Expected credit loss by a provision matrix: exposure of each bucket x its lifetime loss rate.

The rates come from write-offs and migration of past cohorts (`rolls.loss_chain`), never from a lateness model:
paying late is not defaulting.
"""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction


def expected_credit_loss(
    matrix: Mapping[str, tuple[int, Decimal]], *, overlay: Decimal = Decimal(1), unit_minor: int = 1
) -> dict[str, int]:
    """The allowance of each bucket, minor units; their sum is the allowance.

    Args:
        matrix: by bucket, (exposure in minor units, loss rate in percent).
        overlay: documented factor on every rate for what is known about the future, 1 without.
        unit_minor: each bucket is rounded half to even to a multiple of this (100 for whole euros), so that the
            table adds up as it is printed.

    Source: IFRS 9, B5.5.35; ASC 326 likewise. Measures, section 10: 580k and 21,035.
    """
    return {
        bucket: round(Fraction(rate_pct) * Fraction(overlay) * exposure / (100 * unit_minor)) * unit_minor
        for bucket, (exposure, rate_pct) in matrix.items()
    }
