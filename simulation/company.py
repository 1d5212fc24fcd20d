"""A believable company: customers of known type, three years of invoices, and how they were paid.

For the demo, tests and benchmarks. `generate` builds it from a seed, the same to the byte for the same arguments;
`simulation.export.write_export` writes the files that its ERP would export. What is not in those files (who is of which
type, which invoice was forgotten) is the planted truth, kept beside the company for tests.
"""

import math
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from ledger.days import to_day
from simulation.customers import draw_customers
from simulation.errors import ImpossibleCompany
from simulation.intentions import draw_intentions
from simulation.invoicing import draw_invoices
from simulation.payments import draw_payments
from simulation.rates import draw_rates

_TOLD = ["customer_id", "customer_name", "country"]


@dataclass(frozen=True, eq=False)
class Company:
    """One simulated supplier and its receivables, all of it known by the evening of `ends_on`.

    Days are whole numbers (`ledger.days`), amounts whole minor units of the document currency.

    Attributes:
        seed, first_day, ends_on: what it was made of; nothing happens before the first or after the last day.
        customers: `customer_id`, `customer_name`, `country`.
        invoices: `invoice_id`, `customer_id`, `issued_day`, `due_day`, `amount_minor`, `currency`, `terms`,
            `known_day`; a negative amount is a stand-alone credit memo.
        payments: `payment_id`, `invoice_id`, `kind`, `amount_minor`, `currency`, `paid_day`, `booked_day`; a positive
            amount lowers the open amount.
        rates: `currency`, `base_currency`, `rate_day`, `rate`.
        truth: one row per customer: its type and everything hidden (see `simulation.customers.draw_customers`).
        item_truth: one row per invoice: `invoice_id`, `forgotten`, `blocked`, `paid_twice`.
    """

    seed: int
    first_day: date
    ends_on: date
    customers: pd.DataFrame
    invoices: pd.DataFrame
    payments: pd.DataFrame
    rates: pd.DataFrame
    truth: pd.DataFrame
    item_truth: pd.DataFrame


def generate(seed: int, ends_on: date, customers: int = 600, invoices: int = 30_000, years: float = 3.0) -> Company:
    """The company that ends on the evening of `ends_on`, after `years` years of business.

    Args:
        seed: any whole number from 0; another seed, another company.
        ends_on: the last day of the ledger, from 2010 to 2099.
        customers: how many there are, at least 1.
        invoices: documents in the ledger, credit memos (0.9 %) among them; at least as many as customers.
        years: length of the history in years of 365.25 days, from 0.25 to 30.

    Raises:
        ImpossibleCompany: an argument no company can have; it names which, and what is expected.
    """
    _check(seed, ends_on, customers, invoices, years)
    first_on = ends_on - timedelta(days=round(365.25 * years))
    first_day, last_day = to_day(first_on), to_day(ends_on)

    truth = draw_customers(seed, customers, first_day, last_day)
    documents = draw_invoices(seed, truth, invoices, first_day, last_day)
    intentions = draw_intentions(seed, truth, documents, first_day, last_day)
    applied, paid_twice = draw_payments(seed, truth, documents, intentions, last_day)

    documents["customer_id"] = truth["customer_id"].to_numpy()[documents["customer_at"].to_numpy()]
    at = applied["invoice_at"].to_numpy()
    applied["invoice_id"] = documents["invoice_id"].to_numpy()[at]
    applied["currency"] = documents["currency"].to_numpy()[at]
    told_of_invoices = ["invoice_id", "customer_id", "issued_day", "due_day", "amount_minor", "currency", "terms"]
    told_of_payments = ["payment_id", "invoice_id", "kind", "amount_minor", "currency", "paid_day", "booked_day"]
    return Company(
        seed=seed,
        first_day=first_on,
        ends_on=ends_on,
        customers=truth[_TOLD].copy(),
        invoices=documents[[*told_of_invoices, "known_day"]].copy(),
        payments=applied[told_of_payments].copy(),
        rates=draw_rates(seed, first_day, last_day),
        truth=truth.drop(columns=["type_index"]),
        item_truth=pd.DataFrame(
            {
                "invoice_id": documents["invoice_id"],
                "forgotten": intentions.forgotten,
                "blocked": intentions.blocked,
                "paid_twice": paid_twice,
            }
        ),
    )


def _check(seed: int, ends_on: date, customers: int, invoices: int, years: float) -> None:
    if seed < 0:
        raise ImpossibleCompany("seed", seed, "a whole number from 0")
    if customers < 1:
        raise ImpossibleCompany("customers", customers, "at least 1")
    if invoices < customers:
        raise ImpossibleCompany("invoices", invoices, f"at least one per customer, here {customers}")
    if not math.isfinite(years) or not 0.25 <= years <= 30:
        raise ImpossibleCompany("years", years, "a number from 0.25 to 30")
    if not date(2010, 1, 1) <= ends_on <= date(2099, 12, 31):
        raise ImpossibleCompany("ends_on", ends_on, "a day from 2010 to 2099")
