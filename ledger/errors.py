"""Errors that know their facts and their remedy.

Each is a small class with a stable `code`; its sentence is written once, here: what was expected, what came, where,
and the way out. They rise untouched to the gate, which prints them, or to the one web handler that answers them.
"""

from datetime import date
from decimal import Decimal


class PayriskError(Exception):
    """Something a user can cause and mend. `code` is stable and part of the API; `exit_code` is the command's."""

    code = "refused"
    exit_code = 1
    field: str | None = None
    remedy: str | None = None


class UnknownCurrency(PayriskError):
    """Not an active ISO 4217 code."""

    code = "bad_currency"
    field = "currency"

    def __init__(self, currency: str) -> None:
        self.currency = currency
        super().__init__(f'"{currency}" is not an active ISO 4217 currency code. Expected one such as EUR or USD.')


class AmountPrecision(PayriskError):
    """More decimals than the currency has."""

    code = "amount_precision"
    field = "amount"

    def __init__(self, amount: Decimal, currency: str, exponent: int) -> None:
        self.amount, self.currency, self.exponent = amount, currency, exponent
        super().__init__(f"{amount} has more decimals than {currency}, which has {exponent}; nothing is rounded silently.")


class AmountTooLarge(PayriskError):
    """An amount that no receivable has."""

    code = "amount_out_of_range"
    field = "amount"

    def __init__(self, amount: Decimal, currency: str) -> None:
        self.amount, self.currency = amount, currency
        super().__init__(f"{amount} {currency} is beyond any receivable (the limit is 10^15 minor units).")


class MissingRate(PayriskError):
    """No dated rate on or before the day asked for."""

    code = "missing_rate"
    field = "currency"

    def __init__(self, currency: str, base: str) -> None:
        self.currency, self.base = currency, base
        super().__init__(
            f"No exchange rate from {currency} to {base} is known by that day. "
            f"Import a rates file (currency, rate_date, rate), or look at {currency} by itself."
        )


class UnknownItem(PayriskError):
    """An item that the ledger does not know on that evening."""

    code = "unknown_item"
    field = "item_id"

    def __init__(self, item_id: str, day: date) -> None:
        self.item_id, self.day = item_id, day
        super().__init__(f'No item "{item_id}" is known on the evening of {day.isoformat()}.')
