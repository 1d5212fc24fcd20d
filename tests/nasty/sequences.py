"""Exports that follow one another: what changes, what vanishes, what cannot be believed."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from nasty.case import Outcome, Step, accepted, case, refused, set_aside, text_step
from nasty.clean import AS_OF, Invoice, Maker
from nasty.writing import put, records, text

MAY, JUNE = date(2025, 5, 31), AS_OF
SHIFT = "distribution_shift|suspicious_change"


def _export(bills: Sequence[Invoice], *outcomes: Outcome, as_of: date = JUNE, **options: object) -> Step:
    return text_step(text(records(bills)), *(outcomes or (accepted(bills),)), as_of=as_of, **options)


def _by_may(bills: list[Invoice]) -> list[Invoice]:
    """The same, as they stood at the end of May."""
    return [bill.paid(None) if bill.paid_date and bill.paid_date > MAY else bill for bill in bills]


def _two(make: Maker, change: object, *outcomes: Outcome) -> Sequence[Step]:
    """An export of May, and one of June in which the first five invoices are changed."""
    before = _by_may(make.ledger(20))
    after = [change(bill) if at < 5 else bill for at, bill in enumerate(before)]  # type: ignore[operator]
    return [_export(before, as_of=MAY), _export(after, *outcomes)]


def _all(make: Maker, change: object, codes: str = SHIFT) -> Sequence[Step]:
    """An export of May, and one of June in which every invoice is changed: refused."""
    before = _by_may(make.ledger(40))
    after = [change(bill) for bill in before]  # type: ignore[operator]
    return [_export(before, as_of=MAY), _export(after, refused(codes))]


@case("sequence", "P18")
def the_same_export_twice(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_export(bills), _export(bills)]


@case("sequence", "P18")
def the_same_rows_in_another_order_and_dialect(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_export(bills), text_step(text(records(bills[::-1]), delimiter="\t", eol="\r\n"), accepted(bills))]


@case("sequence", "P18")
def corrected_amounts(make: Maker) -> Sequence[Step]:
    return _two(make, lambda bill: bill.but(amount=bill.amount + 1).paid(None))


@case("sequence", "P18")
def corrected_due_days(make: Maker) -> Sequence[Step]:
    return _two(make, lambda bill: bill.but(due_date=bill.due_date + timedelta(days=14)))


@case("sequence", "P18")
def corrected_issue_days_and_terms(make: Maker) -> Sequence[Step]:
    return _two(make, lambda bill: bill.but(issue_date=bill.issue_date - timedelta(days=3), terms="NET90"))


@case("sequence", "P18")
def paid_since(make: Maker) -> Sequence[Step]:
    return _two(make, lambda bill: bill.paid(JUNE - timedelta(days=2)))


@case("sequence", "P18")
def paid_in_two_parts(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger()]
    part = [bill.paid(date(2025, 4, 10), "100.00") for bill in bills]
    whole = [bill.paid(date(2025, 6, 10), "300.00") for bill in bills]
    return [_export(bills, as_of=date(2025, 3, 31)), _export(part, as_of=MAY), _export(whole)]


def _paid(make: Maker, on: date, amount: str = "1500.00") -> list[Invoice]:
    bills = [
        bill.but(issue_date=date(2025, 2, 1), due_date=date(2025, 3, 3), amount=Decimal(1500))
        for bill in make.ledger(8)
    ]
    return [bill.paid(on, amount) for bill in bills]


@case("sequence", "P18")
def a_payment_on_a_later_day_after_all(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 4, 20)), *bills[1:]])]


@case("sequence", "P18")
def a_payment_on_an_earlier_day_after_all(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 2, 20)), *bills[1:]])]


@case("sequence", "P18")
def a_payment_of_less_after_all(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 3, 2), "1000.00"), *bills[1:]])]


@case("sequence", "P18")
def a_payment_of_less_on_another_day(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 2, 25), "1000.00"), *bills[1:]])]


@case("sequence", "P18")
def a_payment_of_more_on_the_same_day(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2), "1000.00")
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 3, 2)), *bills[1:]])]


@case("sequence", "P18")
def a_payment_of_more_on_an_earlier_day(make: Maker) -> Sequence[Step]:
    """Not a second payment: the row says that all of it came on the earlier day."""
    bills = _paid(make, date(2025, 3, 2), "1000.00")
    return [_export(bills, as_of=MAY), _export([bills[0].paid(date(2025, 2, 20)), *bills[1:]])]


@case("sequence", "P18")
def a_payment_that_bounced(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    return [_export(bills, as_of=MAY), _export([bills[0].paid(None), *bills[1:]])]


@case("sequence", "P18")
def a_payment_that_bounced_and_came_again(make: Maker) -> Sequence[Step]:
    bills = _paid(make, date(2025, 3, 2))
    gone, again = [bills[0].paid(None), *bills[1:]], [bills[0].paid(date(2025, 6, 20)), *bills[1:]]
    return [_export(bills, as_of=date(2025, 4, 30)), _export(gone, as_of=MAY), _export(again)]


@case("sequence", "P18")
def some_vanish(make: Maker) -> Sequence[Step]:
    bills = make.ledger(12)
    left = accepted(bills[:10]).knowing(bills).warning("vanished_invoices")
    return [_export(bills, as_of=JUNE), _export(bills[:10], left)]


@case("sequence", "P18")
def some_vanish_and_come_back(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    paid = [*bills[:10], *(bill.paid(JUNE) for bill in bills[10:])]
    left = accepted(bills[:10]).knowing(bills).warning("vanished_invoices")
    return [_export(bills, as_of=date(2025, 5, 30)), _export(bills[:10], left, as_of=MAY), _export(paid)]


@case("sequence", "P18")
def a_snapshot_of_a_third(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    left = accepted(bills[:4]).knowing(bills).warning("vanished_invoices")
    return [
        _export(bills, as_of=MAY),
        _export(bills[:4], refused("snapshot_shrunk")),
        _export(bills[:4], left, allow_shrink=True),
    ]


@case("sequence", "P18")
def a_snapshot_below_a_ratio_of_ones_own(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    return [_export(bills, as_of=MAY), _export(bills[:10], refused("snapshot_shrunk"), min_snapshot_ratio=0.9)]


@case("sequence", "P18")
def appended_rows_make_nothing_vanish(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    more = make.ledger(3)
    outcome = accepted(more).knowing([*bills, *more])
    return [_export(bills, as_of=MAY), _export(more, outcome, mode="append")]


@case("sequence", "P18")
def an_older_export_that_comes_late(make: Maker) -> Sequence[Step]:
    """It fills in older knowledge or is refused; the current ledger stays as it is."""
    bills = make.ledger(12)
    newer = [bill.but(due_date=bill.due_date + timedelta(days=7)).paid(None) for bill in bills]
    late = accepted(bills).knowing(newer)
    return [_export(newer), _export(_by_may(bills), late, refused("stale_export"), as_of=MAY)]


@case("sequence", "P18")
def an_older_export_with_what_vanished_since(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    filled = accepted(bills).knowing(bills)
    return [_export(bills[:9]), _export(bills, filled, refused("stale_export"), as_of=MAY)]


@case("sequence", "P18")
def exports_in_any_order(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger(10)]
    paid = [bill.paid(date(2025, 5, 20)) if at < 4 else bill for at, bill in enumerate(bills)]
    moved = [bill.but(due_date=date(2025, 9, 1)) if at > 6 else bill for at, bill in enumerate(paid)]
    late = accepted(paid).knowing(moved)
    return [
        _export(bills, as_of=date(2025, 4, 30)),
        _export(moved),
        _export(paid, late, refused("stale_export"), as_of=MAY),
        _export(moved),
    ]


@case("sequence", "P18")
def twice_on_one_day_with_a_correction(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    later = [bills[0].but(amount=Decimal("77.01")).paid(None), *bills[1:]]
    return [_export(bills), _export(later, accepted(later), refused("stale_export"))]


@case("sequence", "P13 P18")
def a_column_renamed_by_an_update(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    rows = records(bills)
    rows[0][4], rows[0][9] = "net_due", "pay_terms_cd"
    return [_export(bills, as_of=MAY), text_step(text(rows), refused("missing_columns", "due_date"))]


@case("sequence", "P13 P18")
def a_refused_file_between_two_good_ones(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    rows = records(make.ledger(12))
    for row in range(1, 10):
        put(rows, row, amount="?")
    paid = [bill.paid(JUNE) for bill in bills[:2]] + bills[2:]
    return [_export(bills, as_of=MAY), text_step(text(rows), refused("too_many_bad_rows")), _export(paid)]


@case("sequence", "P13 P18")
def a_bad_row_leaves_what_was_known(make: Maker) -> Sequence[Step]:
    """It is neither changed nor vanished."""
    bills = _by_may(make.ledger(12))
    rows = put(records(bills), 3, amount="?")
    good = [*bills[:2], *bills[3:]]
    return [_export(bills, as_of=MAY), text_step(text(rows), set_aside(good, {3: "bad_amount"}).knowing(bills))]


@case("sequence", "P13 P18")
def a_row_that_is_mended_later(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    rows = put(records(bills), 3, amount="?")
    good = [*bills[:2], *bills[3:]]
    return [text_step(text(rows), set_aside(good, {3: "bad_amount"}), as_of=MAY), _export(bills)]


@case("sequence", "P18 P19")
def a_customer_with_a_new_name(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    renamed = [bill.but(customer_name=f"{bill.customer_name} Holding") for bill in bills]
    return [_export(bills, as_of=MAY), _export(renamed)]


@case("sequence", "P18")
def new_invoices_beside_the_known_ones(make: Maker) -> Sequence[Step]:
    bills = _by_may(make.ledger(12))
    return [_export(bills, as_of=MAY), _export([*bills, *make.ledger(5)])]


@case("sequence", "P18")
def another_currency_in_one_row(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger(12)]
    rows = put(records(bills), 3, currency="USD")
    other = [*bills[:2], bills[2].but(currency="USD"), *bills[3:]]
    aside = set_aside([*bills[:2], *bills[3:]], {3: "currency_mismatch|conflicting_duplicate"}).knowing(bills)
    return [_export(bills, as_of=MAY), text_step(text(rows), aside, accepted(other), refused(SHIFT))]


@case("sequence", "P18")
def amounts_a_hundred_times_as_large(make: Maker) -> Sequence[Step]:
    return _all(make, lambda bill: bill.but(amount=bill.amount * 100).paid(None))


@case("sequence", "P18")
def amounts_a_hundredth(make: Maker) -> Sequence[Step]:
    before = _by_may([bill.but(amount=Decimal(int(bill.amount))).paid(None) for bill in make.ledger(40)])
    after = [bill.but(amount=bill.amount / 100) for bill in before]
    return [_export(before, as_of=MAY), _export(after, refused(SHIFT))]


@case("sequence", "P18")
def new_invoices_a_hundred_times_as_large(make: Maker) -> Sequence[Step]:
    """The known ones stayed away; what came is of another size."""
    before = _by_may(make.ledger(40))
    more = [bill.but(amount=bill.amount * 100).paid(None) for bill in make.ledger(40)]
    return [_export(before, as_of=MAY), _export(more, refused(SHIFT))]


@case("sequence", "P18")
def every_sign_turned(make: Maker) -> Sequence[Step]:
    return _all(make, lambda bill: bill.but(amount=-bill.amount).paid(None))


@case("sequence", "P18")
def every_currency_another(make: Maker) -> Sequence[Step]:
    before = [bill.paid(None) for bill in make.ledger(40)]
    return [_export(before, as_of=MAY), _export([bill.but(currency="USD") for bill in before], refused(SHIFT))]


def _shifted(make: Maker, days: int) -> Sequence[Step]:
    by = timedelta(days=days)

    def moved(bill: Invoice) -> Invoice:
        paid = None if bill.paid_date is None else bill.paid_date + by
        return bill.but(issue_date=bill.issue_date + by, due_date=bill.due_date + by).paid(paid, bill.paid_amount)

    return _all(make, moved)


@case("sequence", "P03 P18")
def every_day_1462_days_earlier(make: Maker) -> Sequence[Step]:
    return _shifted(make, -1462)


@case("sequence", "P18")
def every_day_one_day_earlier(make: Maker) -> Sequence[Step]:
    return _shifted(make, -1)


@case("sequence", "P18")
def every_due_day_moved(make: Maker) -> Sequence[Step]:
    return _all(make, lambda bill: bill.but(due_date=bill.due_date + timedelta(days=31)))


@case("sequence", "P18")
def everything_open_again(make: Maker) -> Sequence[Step]:
    """A column of payments that came empty would take back every payment."""
    before = _by_may([bill.paid(date(2025, 5, 5)) for bill in make.ledger(40)])
    after = [bill.paid(None) for bill in before]
    return [_export(before, as_of=MAY), _export(after, refused(SHIFT))]


@case("sequence", "P18")
def everything_changed_and_believed(make: Maker) -> Sequence[Step]:
    before = [bill.paid(None) for bill in make.ledger(40)]
    after = [bill.but(due_date=bill.due_date + timedelta(days=31)) for bill in before]
    return [_export(before, as_of=MAY), _export(after, refused(SHIFT)), _export(after, allow_shift=True)]
