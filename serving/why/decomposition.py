"""Decompositions: a rank value as the product of its factors, exactly.

For every order of the list, whatever its factors are: what a value is made of, and why one account has more than
another. The logarithms of the factors add up to that of the value, so each factor has a share of every difference.
"""

import math
import sys
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from serving.errors import FactorsDoNotMultiply
from serving.value.priority import Factor

EXACT = 1e-12
"""How far, relatively, the product of the factors may be from the value: rounding, nothing more."""


@dataclass(frozen=True)
class FactorRatio:
    """How one factor of an account compares with that of another.

    Attributes:
        times: by how much the other's raises its value above this account's; above 1 it ranks the other higher. None
            where this account's is 0 and the other's is not.
    """

    name: str
    own: float
    other: float
    times: float | None


@dataclass(frozen=True)
class Decomposition:
    """A value and the factors whose product it is; made by `of`, which proves it.

    Attributes:
        value: what the account ranks by, >= 0.
        factors: what it is made of, tie-breaks among them.
    """

    value: float
    factors: tuple[Factor, ...]

    @classmethod
    def of(cls, value: float, factors: Sequence[Factor]) -> "Decomposition":
        """The decomposition of a value.

        Raises:
            FactorsDoNotMultiply: when a factor is no number at or above 0, what divides is 0, or the product is not the
                value to 1e-12 of it.
        """
        for factor in factors:
            if not math.isfinite(factor.value) or factor.value < 0 or (factor.role == "per" and factor.value == 0):
                raise FactorsDoNotMultiply(value, f"{factor.name} is {factor.value}")
        made = cls(value, tuple(factors))
        if not math.isclose(made.product, value, rel_tol=EXACT, abs_tol=sys.float_info.min):
            raise FactorsDoNotMultiply(value, f"their product is {made.product}")
        return made

    @property
    def product(self) -> float:
        """What counts `times`, divided by what counts `per`."""
        product = math.prod(factor.value for factor in self.factors if factor.role == "times")
        return product / math.prod(factor.value for factor in self.factors if factor.role == "per")

    @property
    def log_value(self) -> float | None:
        """The natural logarithm of the value: the sum of `log_of` over the factors. None of a value of 0."""
        logs = [log_of(factor) for factor in self.factors]
        known = [log for log in logs if log is not None]
        return None if len(known) < len(logs) else math.fsum(known)

    def against(self, other: "Decomposition") -> tuple[FactorRatio, ...]:
        """How another account's factors compare, in the order of the factors; both of one order of the list.

        Where both values are above 0, the product of all `times` is the ratio of the values.
        """
        theirs = {factor.name: factor for factor in other.factors}
        return tuple(_ratio(factor, theirs[factor.name]) for factor in self.factors if factor.role != "tie_break")


def log_of(factor: Factor) -> float | None:
    """What a factor adds to the logarithm of the value; None where it is 0, and 0 for a tie-break."""
    if factor.role == "tie_break":
        return 0.0
    if factor.value == 0:
        return None
    return -math.log(factor.value) if factor.role == "per" else math.log(factor.value)


def outranked_share(factor: Factor, everybodys: Sequence[float]) -> float | None:
    """Share of the other accounts that this factor alone would rank lower, in [0, 1]; equals count half.

    Args:
        everybodys: the values of this factor, ascending, the account's own among them. None where there is no other.

    >>> outranked_share(Factor("reach", 0.5, "share"), [0.4, 0.5, 0.5])
    0.75
    """
    others = len(everybodys) - 1
    if not others:
        return None
    lower, upto = bisect_left(everybodys, factor.value), bisect_right(everybodys, factor.value)
    ranked_lower = len(everybodys) - upto if factor.role == "per" else lower
    return (ranked_lower + (upto - lower - 1) / 2) / others


def _ratio(own: Factor, other: Factor) -> FactorRatio:
    high, low = (own.value, other.value) if own.role == "per" else (other.value, own.value)
    times = 1.0 if high == low else high / low if low > 0 else None
    return FactorRatio(own.name, own.value, other.value, times)
