"""Making facts: a code of the catalogue of reasons with its numbers, and the English text they make."""

from functools import lru_cache

from features.reason_catalogue import tell_reason
from features.wording import Value, is_missing
from ledger.money import plain_amount
from models.score import Fact


def fact_of(code: str, value: Value = None, typical: Value = None, **further: float) -> Fact:
    """The fact of a code of the catalogue; NaN and pandas' missing text become None, and -0.0 becomes 0.0."""
    return _fact(code, _plain(value), _plain(typical), tuple(further.items()))


def age_fact(dpd: int, typical: Value = None) -> Fact:
    """How old the item is.

    >>> [age_fact(dpd).text for dpd in (34, 1, 0, -6)]
    ['34 days past due', '1 day past due', 'due today', 'due in 6 days']
    """
    return fact_of("age", float(dpd), typical)


def amount_fact(code: str, minor: int, currency: str, **further: float) -> Fact:
    """The fact of a code whose value is an amount, in minor units of its currency.

    >>> amount_fact("open_amount", 41200_00, "EUR").text
    '41,200.00 EUR open, not yet past due'
    """
    return fact_of(code, f"{plain_amount(minor, currency)} {currency}", **further)


def _plain(value: Value) -> Value:
    if is_missing(value):
        return None
    return value + 0.0 if isinstance(value, float) else value


@lru_cache(maxsize=1 << 15)
def _fact(code: str, value: Value, typical: Value, further: tuple[tuple[str, float], ...]) -> Fact:
    """Kept, since the items of a customer share most of its facts."""
    text = tell_reason(code, value, dict(further))
    if text is None:
        raise ValueError(f"{code}: expected a code of the catalogue of reasons with its numbers.")
    return Fact(text, code, value, typical, further)
