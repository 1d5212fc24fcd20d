"""A clean ledger to spoil: invoices as a bookkeeper means them, from a seed."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

AS_OF = date(2025, 6, 30)
"""The day of the exports, unless a case says otherwise."""

COLUMNS = (
    "invoice_id", "customer_id", "customer_name", "issue_date", "due_date", "amount", "currency", "paid_date",
    "paid_amount", "terms",
)  # fmt: skip
EXPONENTS = {"EUR": 2, "USD": 2, "GBP": 2, "JPY": 0, "KWD": 3}

_NAMES = ("Aspen Works", "Beech & Daughters", "Cork Tiles SA", "Date Palm Foods", "Ebony Pianos", "Fig Logistics NV")


@dataclass(frozen=True)
class Invoice:
    """One invoice and what was paid on it so far, as it is meant."""

    invoice_id: str
    customer_id: str
    customer_name: str
    issue_date: date
    due_date: date
    amount: Decimal
    currency: str = "EUR"
    paid_date: date | None = None
    paid_amount: Decimal | None = None
    terms: str = "NET30"

    def but(self, **changes: object) -> "Invoice":
        """The same with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]

    def paid(self, on: date | None, amount: Decimal | str | None = None) -> "Invoice":
        """Paid in full, or with `amount`, on that day; not at all where there is none."""
        if on is None:
            return self.but(paid_date=None, paid_amount=None)
        return self.but(paid_date=on, paid_amount=self.amount if amount is None else Decimal(amount))


class Maker:
    """Makes clean ledgers. Half of the invoices are paid; no amount, day or id is round by accident."""

    def __init__(self, seed: int) -> None:
        self.rng = Random(seed)
        self.next_number = self.rng.randrange(1000, 9000)

    def ledger(self, count: int = 12, currency: str = "EUR") -> list[Invoice]:
        """So many invoices; the first is paid and the second open, for cases that need one of each."""
        return [self.invoice(currency, is_paid=[True, False, None][min(at, 2)]) for at in range(count)]

    def invoice(self, currency: str = "EUR", is_paid: bool | None = None) -> Invoice:
        """One more invoice, issued between January 2024 and March 2025."""
        number, self.next_number = self.next_number, self.next_number + 1
        customer = self.rng.randrange(len(_NAMES))
        issued = date(2024, 1, 1) + timedelta(days=self.rng.randrange(450))
        days = self.rng.choice((15, 30, 45))
        bill = Invoice(
            f"INV-{number:06d}", f"C{customer + 100}", _NAMES[customer], issued, issued + timedelta(days=days),
            self.amount(currency), currency, terms=f"NET{days}",
        )  # fmt: skip
        is_paid = self.rng.random() < 0.5 if is_paid is None else is_paid
        return bill.paid(min(AS_OF, bill.due_date + timedelta(days=self.rng.randrange(-5, 25)))) if is_paid else bill

    def amount(self, currency: str = "EUR") -> Decimal:
        """Over a thousand units, its last digits not all zero."""
        exponent = EXPONENTS[currency]
        minor = self.rng.randrange(1_001 * 10**exponent, 30_000 * 10**exponent)
        return Decimal(minor + (minor % 10 == 0)).scaleb(-exponent)

    def on_days(self, bills: list[Invoice], days: list[int], months: list[int]) -> list[Invoice]:
        """The same invoices, open, issued and due on days of the month and months out of these."""
        made = []
        for bill in bills:
            issued = date(2024, self.rng.choice(months), self.rng.choice(days))
            due = date(2025, self.rng.choice(months), self.rng.choice(days))
            made.append(bill.but(issue_date=issued, due_date=due).paid(None))
        return made
