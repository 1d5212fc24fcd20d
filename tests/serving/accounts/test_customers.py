"""What the ledger says of a customer beside the scored items."""

from datetime import date

from builders import customer, invoice, ledger_of, payment, reversal, together

from serving.accounts.account import Money
from serving.accounts.customers import customer_facts
from serving.strategy.reading import shipped
from serving.value.response import prior


def facts_of(*facts, day="2026-03-31"):
    view = ledger_of(together(*facts)).as_of(date.fromisoformat(day))
    return customer_facts(view, prior(), shipped(), date(2026, 4, 1))


def settled(number, due_on, paid_on, **also):
    item = f"INV-{number}"
    return together(invoice(item, due_on=due_on, amount=100, **also), payment(item, paid_on=paid_on, amount=100))


def test_the_invoices_paid_last_are_told_oldest_first_and_at_most_twelve():
    paid = [settled(n, due_on=f"2025-{n:02d}-01", paid_on=f"2025-{n:02d}-{n + 1:02d}") for n in range(1, 13)]
    first = settled(99, due_on="2024-12-01", paid_on="2024-12-31")

    assert facts_of(first, *paid)["C-1"].paid_days_late == tuple(range(1, 13))


def test_a_payment_that_bounced_is_not_among_the_paid():
    facts = facts_of(
        settled(1, due_on="2026-01-10", paid_on="2026-01-12"),
        settled(2, due_on="2026-02-10", paid_on="2026-02-13"),
        reversal("INV-2", taken_back_on="2026-02-20", amount=100),
    )

    assert facts["C-1"].paid_days_late == (2,)


def test_a_credit_memo_with_money_left_is_an_unused_credit():
    facts = facts_of(
        invoice("CM-1", due_on="2026-03-01", amount=-70),
        invoice("CM-2", due_on="2026-03-01", amount=-30),
        invoice("CM-3", due_on="2026-03-01", amount=-5, currency="USD"),
    )

    assert facts["C-1"].credits == (Money(100_00, "EUR"), Money(5_00, "USD"))


def test_a_name_is_the_one_known_that_evening():
    renamed = (
        customer("C-1", name="Acme", country="DE", known_on="2026-01-01"),
        customer("C-1", name="Acme & Co", country="DE", known_on="2026-04-01"),
        customer("C-2", known_on="2026-01-01"),
        invoice("INV-1", due_on="2026-03-01", amount=1),
    )

    assert facts_of(*renamed)["C-1"].customer_name == "Acme"
    assert facts_of(*renamed, day="2026-04-01")["C-1"].customer_name == "Acme & Co"
    assert (facts_of(*renamed)["C-2"].customer_name, facts_of(*renamed)["C-2"].country) == (None, None)
