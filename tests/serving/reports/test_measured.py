"""The reports against figures that a controller works out by hand; golden numbers of docs/measures.md among them."""

from dataclasses import replace
from datetime import date

import pytest
from builders import invoice, ledger_of, payment, promise, rate, together

from ledger.books.conversion import rates_of
from ledger.books.reconcile import reconcile
from serving.reports.aging import aging_report
from serving.reports.book_year import BookYear
from serving.reports.dso import dso_report
from serving.reports.effectiveness import effectiveness_report
from serving.reports.past_due import past_due_report

MARCH = date(2026, 3, 31)


def sold(item_id, issued_on, due_on, amount, **also):
    return invoice(item_id, issued_on=issued_on, due_on=due_on, amount=amount, **also)


def seen(facts, day=MARCH, currency="EUR"):
    view = ledger_of(facts).as_of(day)
    return view, BookYear.of(view, currency)


@pytest.fixture(scope="module")
def golden():
    """Sales of 700k, 800k and 900k in the first months of 2026; of January's 300k is paid."""
    return together(
        sold("JAN-1", "2026-01-10", "2026-02-09", 400_000),
        sold("JAN-2", "2026-01-20", "2026-02-19", 300_000),
        sold("FEB", "2026-02-15", "2026-03-17", 800_000),
        sold("MAR", "2026-03-15", "2026-04-14", 900_000),
        payment("JAN-2", paid_on="2026-03-10", amount=300_000),
    )


def test_golden_2_dso_by_countback_of_the_report_is_76_71(golden):
    _, year = seen(golden)
    newest = dso_report(year)["month_ends"][-1]

    assert newest["as_of"] == "2026-03-31"
    assert newest["dso_countback"] == 76.71  # 31 + 28 + 400/700 x 31
    assert newest["dso"] == round(2_100 / 2_400 * 90, 2)
    assert newest["dso_best_possible"] == round(900 / 2_400 * 90, 2)
    assert newest["add_portfolio"] == newest["dso"] - newest["dso_best_possible"]
    assert sum(newest["delinquent_dso"].values()) == pytest.approx(newest["add_portfolio"])
    # JAN-1 is 80 days old, FEB 44, MAR 16.
    assert newest["dso_true"] == round(80 * 400 / 700 + 44 * 800 / 800 + 16 * 900 / 900, 2)


def test_a_month_end_is_told_as_it_was_known_then(golden):
    late_news = payment("JAN-1", paid_on="2026-02-20", amount=400_000, known_on="2026-03-20")
    _, year = seen(together(golden, late_news))
    february = next(one for one in dso_report(year)["month_ends"] if one["as_of"] == "2026-02-28")

    assert february["open"]["amount"] == "1500000.00"  # 400 + 300 + 800, the payment booked in March
    assert dso_report(year)["month_ends"][-1]["open"]["amount"] == "1700000.00"


def test_dso_says_more_than_its_history_where_the_sales_do_not_explain_the_receivables():
    _, year = seen(
        together(
            sold("OLD", "2026-03-05", "2026-04-05", 100),
            sold("DUP", "2026-03-05", "2026-04-05", 100, known_on="2026-03-06"),
            invoice("OPENING", issued_on="2026-03-31", due_on="2026-04-05", amount=50, currency="USD"),
            rate("USD", "1", rate_on="2026-03-31"),
            payment("OLD", paid_on="2026-03-07", amount=-500, kind="reversal"),
        )
    )
    newest = dso_report(year)["month_ends"][-1]

    assert newest["dso_countback"] is None
    assert newest["more_than_days"] == 31
    assert newest["dso"] is None  # of three months there is one


def test_golden_3_the_collection_effectiveness_index_of_the_report_is_67_31():
    view, year = seen(
        together(
            sold("OLD-1", "2026-02-01", "2026-03-01", 170_000),
            sold("OLD-2", "2026-02-01", "2026-03-01", 330_000),
            sold("NEW", "2026-03-10", "2026-04-10", 300_000),
            payment("OLD-2", paid_on="2026-03-20", amount=330_000),
            payment("NEW", paid_on="2026-03-25", amount=20_000),
        )
    )
    month = effectiveness_report(view, year)["months"][-1]

    told = [month[name]["amount"] for name in ("opening", "sales", "closing", "closing_current")]
    assert told == ["500000.00", "300000.00", "450000.00", "280000.00"]
    assert month["cei_pct"] == 67.31  # 350 / 520
    assert month["past_due_pct"] == round(170 / 450 * 100, 2)


def test_what_rolls_is_what_stands_in_the_next_bucket_a_month_end_later():
    view, year = seen(
        together(
            sold("STAYS", "2025-12-01", "2026-01-10", 300),  # 49 days past due, then 80
            sold("PART", "2025-12-01", "2026-01-10", 100),
            sold("PAID", "2025-12-01", "2026-01-10", 600),
            payment("PART", paid_on="2026-03-05", amount=40),
            payment("PAID", paid_on="2026-03-06", amount=600),
        )
    )
    month = effectiveness_report(view, year)["months"][-1]

    assert month["roll_rates_pct"] == [None, None, (300 + 60) / 1000 * 100, None, None]


def test_promises_count_in_the_month_in_which_their_last_day_passed():
    view, year = seen(
        together(
            sold("A", "2026-01-01", "2026-02-01", 500, customer="C-1"),
            sold("B", "2026-01-01", "2026-02-01", 500, customer="C-2"),
            sold("C", "2026-01-01", "2026-02-01", 500, customer="C-3"),
            sold("D", "2026-01-01", "2026-02-01", 500, customer="C-4"),
            promise("P-1", customer="C-1", amount=500, promised_on="2026-03-10", made_on="2026-03-02"),
            promise("P-2", customer="C-2", amount=500, promised_on="2026-03-11", made_on="2026-03-02"),
            promise("P-3", customer="C-3", amount=500, promised_on="2026-03-12", made_on="2026-03-02"),
            promise("P-4", customer="C-4", amount=500, promised_on="2026-03-30", made_on="2026-03-02"),
            payment("A", paid_on="2026-03-09", amount=500),
            payment("B", paid_on="2026-03-09", amount=100),
        )
    )
    month = effectiveness_report(view, year)["months"][-1]

    assert month["promises"] == {"kept": 1, "part_kept": 1, "broken": 1, "cancelled": 0}  # P-4 has until 1 April
    assert month["promises_kept_pct"] == round(100 / 3, 2)


def test_the_trend_ends_with_the_evening_itself_once():
    facts = sold("A", "2026-01-01", "2026-02-01", 500)

    on_a_month_end = past_due_report(seen(facts)[1])["points"]
    in_between = past_due_report(seen(facts, date(2026, 3, 15))[1])["points"]

    assert [(one["as_of"], one["month_end"], one["past_due_pct"]) for one in on_a_month_end] == [
        ("2026-01-31", True, 0.0), ("2026-02-28", True, 100.0), ("2026-03-31", True, 100.0),
    ]  # fmt: skip
    assert [(one["as_of"], one["month_end"]) for one in in_between] == [
        ("2026-01-31", True), ("2026-02-28", True), ("2026-03-15", False),
    ]  # fmt: skip


def test_the_aging_ties_and_tells_each_currency_in_itself():
    facts = together(
        sold("A", "2026-01-01", "2026-02-01", 500),
        sold("B", "2026-03-01", "2026-04-01", 200, currency="USD", entity="US01"),
        sold("CREDIT", "2026-03-01", "2026-03-01", -30),
        rate("USD", "0.5", rate_on="2026-03-01"),
    )
    view, year = seen(facts)
    report = aging_report(reconcile(view, rates=rates_of(view, "EUR")), year)

    assert [money["amount"] for money in report["now"]["buckets"]] == [
        "100.00",
        "0.00",
        "500.00",
        "0.00",
        "0.00",
        "0.00",
    ]
    assert report["now"]["open"]["amount"] == "600.00"
    assert report["now"]["unapplied"]["amount"] == "-30.00"
    assert report["now"]["total"]["amount"] == "570.00"
    assert report["proof"]["ties"]
    assert [row["difference"]["amount"] for row in report["proof"]["rows"]] == ["0.00", "0.00"]
    told = [(row["entity"], row["currency"], row["open"]["amount"]) for row in report["by_entity"]]
    assert told == [("", "EUR", "500.00"), ("US01", "USD", "200.00")]
    assert [row["open"]["amount"] for row in report["by_currency"]] == ["500.00", "200.00"]
    assert report["month_before"]["open"]["amount"] == "500.00"  # of 28 February


def test_what_does_not_tie_is_named_in_the_report():
    view, year = seen(together(sold("A", "2026-01-01", "2026-02-01", 500), payment("A", paid_on=MARCH, amount=9)))
    view = replace(view, applications=view.applications.assign(item_id="NOBODY"))
    proof = aging_report(reconcile(view, rates=rates_of(view, "EUR")), year)["proof"]

    assert not proof["ties"]
    assert proof["variances_count"] == 1
    assert proof["variances"][0]["item_id"] == "NOBODY"
    assert proof["variances"][0]["difference"] is None  # nobody knows its currency


def test_money_without_a_rate_is_named_and_nowhere_in_the_sums():
    view, year = seen(
        together(sold("A", "2026-01-01", "2026-02-01", 500), sold("B", "2026-01-01", "2026-02-01", 90, currency="USD"))
    )
    report = aging_report(reconcile(view, rates=rates_of(view, "EUR")), year)

    assert report["now"]["open"]["amount"] == "500.00"
    assert len(report["without_rate"]) == 1
    assert "USD" in report["without_rate"][0]
    assert year.missing == ("USD",)
