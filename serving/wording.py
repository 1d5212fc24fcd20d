"""How the room says amounts and counts in sentences that leave it: notices, reasons, next actions."""

from ledger.money import to_decimal


def money_text(minor: int, currency: str) -> str:
    """An amount with all the decimals of its currency, and the currency.

    >>> money_text(4120000, "EUR"), money_text(-5, "KWD")
    ('41,200.00 EUR', '-0.005 KWD')
    """
    return f"{to_decimal(minor, currency):,} {currency}"


def count_text(count: int, one: str, many: str | None = None) -> str:
    """A count with its noun.

    >>> count_text(1, "invoice"), count_text(1200, "invoice")
    ('1 invoice', '1,200 invoices')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
