"""What an account did lately, as the evening knows it."""

from datetime import date

from builders import contact, invoice, payment, promise, reversal, together
from views import view_of

from serving.accounts.customers import customer_facts
from serving.accounts.history import NO_HISTORY, Contacted, Settled
from serving.strategy.reading import shipped
from serving.value.response import prior


def history_of(*facts, day="2026-03-31"):
    found = customer_facts(view_of(*facts, day=date.fromisoformat(day)), prior(), shipped(), date(2026, 4, 1))
    return found["C-1"].history if "C-1" in found else NO_HISTORY


def settled(item_id, due_on, paid_on, **also):
    return together(invoice(item_id, due_on=due_on, amount=100), payment(item_id, paid_on=paid_on, amount=100, **also))


def test_settled_invoices_are_told_by_due_day_with_how_late_they_came():
    history = history_of(
        settled("INV-2", due_on="2026-02-10", paid_on="2026-02-08"),
        settled("INV-1", due_on="2026-01-10", paid_on="2026-03-01"),
    )

    assert history.settled == (
        Settled("INV-1", date(2026, 1, 10), date(2026, 3, 1), 50, 100_00, "EUR"),
        Settled("INV-2", date(2026, 2, 10), date(2026, 2, 8), -2, 100_00, "EUR"),
    )


def test_only_what_was_known_that_evening_and_due_within_two_years_is_told():
    history = history_of(
        settled("OLD", due_on="2024-03-30", paid_on="2026-03-01"),
        settled("FIRST", due_on="2024-03-31", paid_on="2024-04-01"),
        settled("BOUNCED", due_on="2026-01-10", paid_on="2026-01-12"),
        reversal("BOUNCED", taken_back_on="2026-02-20", amount=100),
        settled("UNBOOKED", due_on="2026-03-10", paid_on="2026-03-30", known_on="2026-04-02"),
        settled("PART", due_on="2026-03-10", paid_on="2026-03-30"),
        invoice("OPEN", due_on="2026-03-01", amount=50),
    )

    assert [one.item_id for one in history.settled] == ["FIRST", "PART"]


def test_of_many_invoices_those_due_last_are_told_and_all_are_counted(monkeypatch):
    monkeypatch.setattr("serving.accounts.history_reading.MOST_SETTLED", 3)
    # The invoices due first are settled last: what is cut goes by the due day, so that none is missing in between.
    facts = [settled(f"INV-{n}", due_on=f"2026-01-0{n}", paid_on=f"2026-03-{20 - n}") for n in range(1, 6)]

    history = history_of(*facts)

    assert [one.item_id for one in history.settled] == ["INV-3", "INV-4", "INV-5"]
    assert history.settled_count == 5


def test_a_promise_is_told_as_cash_has_judged_it_by_that_evening():
    facts = (
        invoice("INV-1", due_on="2026-02-01", amount=100),
        promise("P-1", made_on="2026-03-01", promised_on="2026-03-06", amount=100),
        payment("INV-1", paid_on="2026-03-09", amount=40),
    )

    states = [
        [(one.promise_id, one.state) for one in history_of(*facts, day=day).promises]
        for day in ("2026-02-28", "2026-03-06", "2026-03-31")
    ]

    assert states == [[], [("P-1", "pending")], [("P-1", "part_kept")]]


def test_contacts_are_told_by_their_day_with_whether_somebody_was_reached():
    history = history_of(
        invoice("INV-1", due_on="2026-02-01", amount=100),
        contact("K-2", happened_on="2026-03-12", channel="email", outcome="sent"),
        contact("K-1", happened_on="2026-03-10", outcome="wrong_party"),
        contact("K-3", happened_on="2026-03-20", known_on="2026-04-01"),
        contact("K-0", happened_on="2023-03-20"),
    )

    assert history.contacts == (
        Contacted(date(2026, 3, 10), "phone", "wrong_party", reached=True),
        Contacted(date(2026, 3, 12), "email", "sent", reached=False),
    )


def test_a_customer_without_a_past_has_no_history():
    assert history_of(invoice("INV-1", due_on="2026-04-10", amount=-5)) == NO_HISTORY
