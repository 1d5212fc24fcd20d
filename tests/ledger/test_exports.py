"""Which imports are exports of the book: those of invoices or payments. Customers and rates alone are none."""

from datetime import date

import pytest
from importing_kit import HEADER, TODAY, drawn, take

from ledger.errors import EmptyLedger
from ledger.mapping import ColumnMapping
from ledger.refusals import FileRefused

BOOK = HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,,\n"
RATES = "currency,base_currency,rate_date,rate\n"
USD = RATES + "USD,EUR,2026-04-01,0.92\n"
NAMES = "customer_id,customer_name\nC-1,Elm Street\n"
MARCH_20, MARCH_28, APRIL_1, APRIL_5 = date(2026, 3, 20), date(2026, 3, 28), date(2026, 4, 1), date(2026, 4, 5)


def test_rates_of_a_later_day_do_not_make_the_ledger_newer(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    report = take(ledger, tmp_path, USD, as_of=None, today=APRIL_5)

    assert report.loaded
    assert ledger.newest_day() == MARCH_20
    assert ledger.previous_exports("canonical") == (MARCH_20,)
    assert drawn(ledger.as_of(APRIL_1).rates, "rate", "known_on") == [("0.92", "2026-04-01")]


def test_an_export_from_before_the_newest_rate_is_not_stale(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    take(ledger, tmp_path, USD, as_of=None, today=APRIL_5)
    take(ledger, tmp_path, BOOK + "INV-2,C-1,2026-03-25,2026-04-25,50.00,EUR,,\n", as_of=MARCH_28, today=APRIL_5)

    assert ledger.newest_day() == MARCH_28


def test_customers_alone_do_not_delay_the_knowledge_of_invoices(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, as_of=date(2026, 3, 10))
    take(ledger, tmp_path, NAMES, as_of=MARCH_20)
    take(ledger, tmp_path, BOOK + "INV-2,C-1,2026-03-12,2026-04-12,50.00,EUR,,\n")

    items = ledger.as_of(TODAY).items
    assert drawn(items, "item_id", "known_on") == [("INV-1", "2026-02-01"), ("INV-2", "2026-03-12")]


def test_rates_beside_invoices_do_not_make_their_export_newer(ledger, tmp_path):
    for _ in range(2):
        report = take(
            ledger, tmp_path, BOOK + "INV-2,C-1,2026-03-20,2026-04-20,1,EUR,,\n", USD, as_of=None, today=APRIL_5
        )

    assert (report.as_of, report.reasons) == (MARCH_20, {})
    assert drawn(ledger.as_of(APRIL_1).rates, "currency", "known_on") == [("USD", "2026-04-01")]
    assert (report.nothing_new, ledger.version) == (True, 1)


def test_a_corrected_rate_is_known_from_the_day_of_the_file_and_not_before_the_wrong_one(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    for rate in ("0.92", "0.93"):
        take(ledger, tmp_path, RATES + f"USD,EUR,2026-03-25,{rate}\n", as_of=MARCH_28, today=APRIL_5)

    assert drawn(ledger.as_of(APRIL_1).rates, "rate", "known_on") == [("0.92", "2026-03-25"), ("0.93", "2026-03-28")]


def test_a_rate_of_tomorrow_is_set_aside(ledger, tmp_path):
    good = "".join(f"USD,EUR,2026-03-{day},0.92\n" for day in (10, 11, 12))
    report = take(ledger, tmp_path, RATES + good + "USD,EUR,2026-04-01,0.92\n", as_of=None)

    assert [(row.line, row.reason) for row in report.quarantined] == [(5, "date_out_of_range")]
    assert "2026-04-01 is after today, 2026-03-31" in report.text()


@pytest.mark.parametrize("content", [NAMES, USD])
def test_customers_or_rates_alone_leave_the_ledger_empty(ledger, tmp_path, content):
    assert take(ledger, tmp_path, content, as_of=None, today=APRIL_5).loaded

    with pytest.raises(EmptyLedger):
        ledger.newest_day()
    assert ledger.newest_export("canonical") is None


@pytest.mark.parametrize("content", [NAMES, USD])
def test_customers_or_rates_again_change_nothing(ledger, tmp_path, content):
    take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    first, again = (take(ledger, tmp_path, content, as_of=None, today=APRIL_5) for _ in range(2))

    assert (first.loaded, again.loaded, again.nothing_new, ledger.version) == (True, False, True, 2)


def test_the_report_of_rates_alone_claims_no_export(ledger, tmp_path):
    take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    report = take(ledger, tmp_path, USD, as_of=None, today=APRIL_5)

    assert "Export of" not in report.text()
    assert "No invoices or payments: the newest day of the ledger stays as it was. Read as canonical." in report.text()
    assert report.as_dict()["is_export"] is False


@pytest.mark.parametrize(("today", "said"), [(date(2026, 3, 22), False), (date(2026, 3, 23), True)])
def test_a_derived_day_more_than_two_days_back_is_noted_with_the_way_out(ledger, tmp_path, today, said):
    content = BOOK + "INV-2,C-1,2026-03-20,2026-04-20,1,EUR,,\n"
    report = take(ledger, tmp_path, content, as_of=None, today=today, dry_run=True)

    note = (
        "Note: No day was named, and the newest day in the files is 3 days ago. "
        "If this export was made on 2026-03-23, import it with --as-of 2026-03-23. (old_day_derived)"
    )
    assert (note in report.text()) == said
    assert [warned.code for warned in report.warnings] == ["old_day_derived"] * said


def test_a_named_day_is_never_doubted(ledger, tmp_path):
    assert take(ledger, tmp_path, BOOK, as_of=date(2026, 3, 1)).warnings == ()


def test_a_constant_currency_of_the_invoices_is_not_that_of_the_rates(ledger, tmp_path):
    mapping = ColumnMapping.parse({"constants": {"currency": "EUR"}}, "ours")
    invoices = HEADER.replace("currency,", "") + "INV-1,C-1,2026-02-01,2026-03-03,100.00,,\n"
    take(ledger, tmp_path, invoices, RATES + "USD,EUR,2026-03-25,0.92\n", mapping=mapping)

    assert drawn(ledger.as_of(TODAY).items, "currency") == [("EUR",)]
    assert drawn(ledger.as_of(TODAY).rates, "currency", "base", "rate") == [("USD", "EUR", "0.92")]


MARCH_10 = date(2026, 3, 10)
SECOND = "INV-2,C-1,2026-02-01,2026-03-03,50.00,EUR,,\n"


def warned(report):
    return {warned.code: warned.count for warned in report.warnings}


def test_an_invoice_that_is_missing_in_the_next_snapshot_is_flagged_and_stays(ledger, tmp_path):
    take(ledger, tmp_path, BOOK + SECOND, as_of=MARCH_10)
    report = take(ledger, tmp_path, BOOK, as_of=MARCH_20)
    again = take(ledger, tmp_path, BOOK + SECOND, as_of=MARCH_28)

    assert warned(report) == {"vanished_invoices": 1}
    assert (report.nothing_new, again.learned["returned_invoices"]) == (False, 1)
    gone = [ledger.as_of(day).vanished for day in (date(2026, 3, 19), MARCH_20, date(2026, 3, 27), MARCH_28)]
    assert gone == [frozenset(), {"INV-2"}, {"INV-2"}, frozenset()]
    assert list(ledger.as_of(MARCH_20).open_items()["item_id"]) == ["INV-1", "INV-2"]


def test_an_addition_makes_nothing_vanish(ledger, tmp_path):
    take(ledger, tmp_path, BOOK + SECOND, as_of=MARCH_10)
    report = take(ledger, tmp_path, HEADER + SECOND.replace("INV-2", "INV-3"), as_of=MARCH_20, mode="append")

    assert (warned(report), ledger.as_of(MARCH_20).vanished) == ({}, frozenset())


def test_an_invoice_whose_row_is_set_aside_is_there_though_it_is_not_believed(ledger, tmp_path):
    third = SECOND.replace("INV-2", "INV-3")
    take(ledger, tmp_path, BOOK + SECOND + third, as_of=MARCH_10)
    report = take(ledger, tmp_path, BOOK + SECOND.replace("50.00", "fifty") + third, as_of=MARCH_20)

    assert (report.reasons, warned(report)) == ({"bad_amount": 1}, {})
    assert ledger.as_of(MARCH_20).vanished == frozenset()


def test_money_on_account_never_vanishes(ledger, tmp_path):
    bills = "invoice_id,customer_id,issue_date,due_date,amount,currency\nINV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    payments = "payment_id,invoice_id,customer_id,kind,amount,currency,paid_date\n"
    take(ledger, tmp_path, bills, payments + "P-1,,C-1,cash,30.00,EUR,2026-03-05\n", as_of=MARCH_10)
    report = take(ledger, tmp_path, bills, as_of=MARCH_20)

    view = ledger.as_of(MARCH_20)
    assert (warned(report), view.vanished) == ({}, frozenset())
    assert drawn(view.open_items(), "kind", "open_minor") == [("invoice", 10000), ("on_account", -3000)]


def test_a_snapshot_of_far_fewer_invoices_is_held_back_unless_it_is_said_to_be_whole(ledger, tmp_path):
    rows = "".join(f"N-{number},C-1,2026-02-01,2026-03-03,{number}.00,EUR,,\n" for number in range(1, 11))
    take(ledger, tmp_path, HEADER + rows, as_of=MARCH_10)
    with pytest.raises(FileRefused, match="--mode append if the file only adds") as refused:
        take(ledger, tmp_path, BOOK, as_of=MARCH_20)

    assert (refused.value.code, ledger.version) == ("snapshot_shrunk", 1)
    report = take(ledger, tmp_path, BOOK, as_of=MARCH_20, allow_shrink=True)
    assert warned(report) == {"vanished_invoices": 10}
