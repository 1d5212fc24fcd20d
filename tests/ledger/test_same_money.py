"""The same money told twice: by two imports at once, in two kinds of file, or in the wrong order, it counts once."""

from datetime import date

import pytest
from importing_kit import HEADER, TODAY, take

from ledger.book import Ledger
from ledger.errors import ChangedApplication, LedgerMoved
from ledger.mapping import ColumnMapping
from ledger.refusals import PaymentsToldTwice, StaleExport

MARCH_10, MARCH_20 = date(2026, 3, 10), date(2026, 3, 20)
OPEN = HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,,\n"
PART_PAID = HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-05,40.00\n"
PAID = HEADER + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR,2026-03-08,100.00\n"


def open_minor(ledger, item_id="INV-1"):
    return ledger.as_of(TODAY).invoice(item_id).open_minor


def meanwhile(monkeypatch, other, folder, *contents):
    """Before each load of the import under test, another import of the next of these files is accepted."""
    waiting, tell = list(contents), Ledger.tell
    inner = folder / "other"
    inner.mkdir()

    def late(self, *args, **how):
        if waiting and self is not other:
            content, day = waiting.pop(0)
            take(other, inner, content, as_of=day)
        return tell(self, *args, **how)

    monkeypatch.setattr(Ledger, "tell", late)


@pytest.fixture
def other(ledger):
    second = Ledger.open(ledger.store.engine.url.render_as_string(hide_password=False))
    yield second
    second.close()


def test_an_import_that_another_one_overtook_is_compared_anew(ledger, other, tmp_path, monkeypatch):
    take(ledger, tmp_path, OPEN, as_of=MARCH_10)
    meanwhile(monkeypatch, other, tmp_path, (PART_PAID, MARCH_20))
    report = take(ledger, tmp_path, PAID)

    assert open_minor(ledger) == 0, "40 of the 100 were known, 60 are new"
    assert (report.version, report.loaded) == (3, True)


def test_an_import_that_is_overtaken_again_and_again_is_refused(ledger, other, tmp_path, monkeypatch):
    take(ledger, tmp_path, OPEN, as_of=MARCH_10)
    amounts = ("10.00", "20.00", "30.00")
    meanwhile(monkeypatch, other, tmp_path, *[(PART_PAID.replace("40.00", amount), MARCH_20) for amount in amounts])
    with pytest.raises(LedgerMoved, match="run the import again"):
        take(ledger, tmp_path, PAID)

    assert open_minor(ledger) == 100_00 - 30_00


def test_an_import_that_a_newer_export_overtook_fills_in_older_knowledge(ledger, other, tmp_path, monkeypatch):
    take(ledger, tmp_path, OPEN, as_of=MARCH_10)
    meanwhile(monkeypatch, other, tmp_path, (PAID, TODAY))
    take(ledger, tmp_path, PART_PAID, as_of=MARCH_20)

    opened = [ledger.as_of(day).invoice("INV-1").open_minor for day in (MARCH_10, MARCH_20, TODAY)]
    assert opened == [100_00, 60_00, 0]


INVOICES = "invoice_id,customer_id,issue_date,due_date,amount,currency\n"
BILL = INVOICES + "INV-1,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
PAYMENTS = "payment_id,invoice_id,kind,amount,currency,paid_date\n"
P1 = PAYMENTS + "P-1,INV-1,cash,40.00,EUR,2026-03-05\n"


def warned(report):
    return {warned.code: warned.count for warned in report.warnings}


@pytest.mark.parametrize("files", [[P1], [BILL, P1], [BILL, P1.replace("P-1,", ",")]])
def test_payments_of_invoices_told_by_paid_columns_are_refused(ledger, tmp_path, files):
    take(ledger, tmp_path, PART_PAID, as_of=MARCH_10)
    with pytest.raises(PaymentsToldTwice) as refused:
        take(ledger, tmp_path, *files)

    assert (refused.value.code, open_minor(ledger), ledger.version) == ("payments_told_twice", 60_00, 1)
    assert 'first: "INV-1"' in str(refused.value)


def test_a_payments_file_may_follow_paid_columns_that_told_nothing_or_took_it_back(ledger, tmp_path):
    take(ledger, tmp_path, PART_PAID, as_of=MARCH_10)
    take(ledger, tmp_path, OPEN, as_of=MARCH_20)
    take(ledger, tmp_path, P1)

    assert open_minor(ledger) == 60_00


@pytest.mark.parametrize("content", [OPEN, PAID, PART_PAID])
@pytest.mark.parametrize("payments", [P1, P1.replace("P-1,", ",")])
def test_paid_columns_never_touch_what_a_payments_file_told(ledger, tmp_path, content, payments):
    take(ledger, tmp_path, BILL, payments, as_of=MARCH_10)
    report = take(ledger, tmp_path, content)

    assert open_minor(ledger) == 60_00
    assert warned(report) == ({} if content == PART_PAID else {"paid_total_differs": 1})
    again = take(ledger, tmp_path, BILL, payments)
    assert (again.nothing_new, open_minor(ledger)) == (True, 60_00)


def test_reversals_are_counted_beside_the_payments(ledger, tmp_path):
    take(ledger, tmp_path, PAID, as_of=MARCH_10)
    report = take(ledger, tmp_path, PART_PAID)

    assert (report.learned["new_reversals"], report.learned.get("new_payments", 0)) == (1, 0)
    assert "1 new reversal," in report.text()


def test_money_paid_told_taken_back_and_told_again_counts_once(ledger, tmp_path):
    for day, content in enumerate([PART_PAID, OPEN, PART_PAID, OPEN, PART_PAID], 10):
        take(ledger, tmp_path, content, as_of=date(2026, 3, day))

    assert open_minor(ledger) == 60_00


@pytest.mark.parametrize(
    ("files", "count"),
    [
        ([BILL, P1.replace("40.00", "140.00")], 1),
        ([PAID.replace("EUR,2026-03-08,100", "EUR,2026-03-08,140")], 1),
        ([BILL, P1.replace("40.00", "100.00")], 0),
        ([BILL.replace("100.00", "-100.00"), P1.replace("40.00", "-140.00")], 1),
    ],
)
def test_more_paid_than_billed_is_warned_of_whatever_the_file(ledger, tmp_path, files, count):
    assert warned(take(ledger, tmp_path, *files)).get("overpaid", 0) == count


def test_payments_of_two_imports_that_add_up_to_more_than_billed_are_warned_of(ledger, tmp_path):
    take(ledger, tmp_path, BILL, P1, as_of=MARCH_10)
    report = take(ledger, tmp_path, PAYMENTS + "P-2,INV-1,cash,70.00,EUR,2026-03-15\n")

    assert warned(report) == {"overpaid": 1}


def test_a_payment_that_moved_to_another_invoice_is_refused(ledger, tmp_path):
    bills = BILL + "INV-2,C-1,2026-02-01,2026-03-03,100.00,EUR\n"
    take(ledger, tmp_path, bills, P1, as_of=MARCH_10)
    with pytest.raises(ChangedApplication, match="take it back with a reversal"):
        take(ledger, tmp_path, bills, P1.replace("INV-1", "INV-2"))

    both = take(ledger, tmp_path, bills, P1 + "P-1,INV-2,cash,40.00,EUR,2026-03-05\n")
    assert both.learned["new_payments"] == 1, "one bank payment may serve two invoices"


def test_an_older_export_under_another_name_is_stale_when_it_holds_the_same_invoices(ledger, tmp_path):
    take(ledger, tmp_path, PAID, as_of=MARCH_20)
    erp = ColumnMapping(name="erp")
    with pytest.raises(StaleExport, match=r'one of 2026-03-20 .*"canonical"'):
        take(ledger, tmp_path, PART_PAID, as_of=MARCH_10, mapping=erp)
    assert open_minor(ledger) == 0

    take(ledger, tmp_path, PART_PAID.replace("INV-1", "INV-2"), as_of=MARCH_10, mapping=erp)
    assert open_minor(ledger, "INV-2") == 60_00


def test_the_day_of_an_export_is_never_taken_from_a_row_that_is_set_aside(ledger, tmp_path):
    bad = "INV-{},C-1,2026-03-28,2026-03-01,100.00,EUR,,\n"
    good = "INV-3,C-1,2026-03-15,2026-04-01,100.00,EUR,,\n"
    report = take(ledger, tmp_path, PART_PAID + good + bad.format(2), as_of=None)

    assert (report.as_of, len(report.quarantined)) == (date(2026, 3, 15), 1)


def test_an_invoice_of_tomorrow_does_not_make_the_export_one_of_tomorrow(ledger, tmp_path):
    tomorrow = "INV-2,C-1,2026-04-01,2026-05-01,100.00,EUR,,\n"
    report = take(ledger, tmp_path, PART_PAID + tomorrow, as_of=None)

    assert (report.as_of, report.reasons) == (date(2026, 3, 5), {"issue_in_future": 1})
