"""The lists behind the figures: whose money, in which order, and that all of it is told."""

from evenings import rates, rules_of, score, why

from serving.accounts.account import CustomerFacts
from serving.accounts.adding_up import accounts_of
from serving.listing.queue import build_queue
from serving.reports import account_lists
from serving.reports.account_lists import LISTS, list_report
from serving.value.priority import OverdueThenAge

BY_NAME = {one.name: one for one in LISTS}


def report(name, *scores, capacity=40, customers=None):
    accounts = accounts_of(scores, customers or {}, rates())
    queue = build_queue(accounts, OverdueThenAge(), rules_of(capacity, rates()))
    return list_report(BY_NAME[name], queue.everybody(), "EUR")


def test_the_most_money_expected_late_stands_first():
    found = report(
        "high-risk",
        score("A", "C-1", open=1000, late_risk=0.2),
        score("B", "C-2", open=500, late_risk=0.9),
        score("C", "C-3", open=100, late_risk=0.0),
        score("D", "C-4", open=1000, late_risk=0.2),
    )

    assert [(row["customer_id"], row["money"]["amount"]) for row in found["rows"]] == [
        ("C-2", "450.00"), ("C-1", "200.00"), ("C-4", "200.00"),
    ]  # fmt: skip
    assert found["accounts"] == 3
    assert found["money"]["amount"] == "850.00"


def test_a_list_keeps_the_largest_and_tells_the_money_of_all(monkeypatch):
    monkeypatch.setattr(account_lists, "MOST_ROWS", 2)
    found = report("high-risk", *(score(f"I-{n}", f"C-{n}", open=100 + n, late_risk=0.5) for n in range(4)))

    assert [row["customer_id"] for row in found["rows"]] == ["C-3", "C-2"]
    assert found["accounts"] == 4
    assert found["money"]["amount"] == "203.00"


def test_only_what_is_more_than_90_days_past_due_counts_over_90():
    found = report("over-90", score("A", "C-1", open=70, dpd=91), score("B", "C-1", open=500, dpd=90))

    assert [row["money"]["amount"] for row in found["rows"]] == ["70.00"]
    assert found["rows"][0]["overdue"]["amount"] == "570.00"


def test_who_is_below_the_cut_has_no_next_step():
    found = report("without-next-step", *(score(f"I-{n}", f"C-{n}", open=1000 - n) for n in range(3)), capacity=2)

    assert [row["customer_id"] for row in found["rows"]] == ["C-2"]
    assert found["rows"][0]["standing"] == "below_the_cut"


def test_an_account_tells_the_reason_that_the_queue_tells_first():
    reasons = (why("newness", "customer for 8 years", -0.1), why("habit", "paid 26 days late", 0.3))
    named = {"C-1": CustomerFacts("Crossmoor Ceramics Ltd")}
    (row,) = report("high-risk", score("A", "C-1", late_risk=0.5, reasons=reasons), customers=named)["rows"]

    assert row["customer_name"] == "Crossmoor Ceramics Ltd"
    assert row["reason"]["text"].startswith("paid 26 days late")


def test_money_that_cannot_be_compared_is_on_no_list_and_counted():
    found = report("over-90", score("A", "C-1", dpd=99, currency="CAD"), score("B", "C-2", dpd=99, open=7))

    assert [row["customer_id"] for row in found["rows"]] == ["C-2"]
    assert found["without_rate"] == 1
