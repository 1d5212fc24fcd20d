"""What rows mean: paid or not, how much, in which currency, of whom."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from nasty.case import Step, accepted, case, refused, set_aside, text_step
from nasty.clean import AS_OF, Maker
from nasty.writing import put, records, text, without


@case("meaning", "P07")
def credit_memos_open_and_cleared(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[1] = bills[1].but(amount=-bills[1].amount)
    bills[2] = bills[2].but(amount=-bills[2].amount).paid(AS_OF)
    return [text_step(text(records(bills)), accepted(bills))]


@case("meaning", "P08")
def overpaid(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].paid(bills[0].due_date, bills[0].amount + Decimal("0.01"))
    return [text_step(text(records(bills)), accepted(bills).warning("overpaid"))]


@case("meaning", "P08")
def paid_in_part(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].paid(bills[0].due_date, "0.01")
    return [text_step(text(records(bills)), accepted(bills))]


@case("meaning", "P08")
def payments_that_contradict_themselves(make: Maker) -> Sequence[Step]:
    bills = make.ledger(16)
    rows = records(bills)
    put(rows, 3, paid_date="2025-05-01", paid_amount="")
    put(rows, 4, paid_date="2025-05-01", paid_amount="0.00")
    put(rows, 5, paid_date="", paid_amount="12.00")
    put(rows, 6, paid_date="2025-05-01", paid_amount="-12.00")
    put(rows, 7, amount="-100.00", paid_date="2025-05-01", paid_amount="100.00")
    bills[7] = bills[7].paid(None)
    put(rows, 8, paid_date="", paid_amount="0.00")
    bad = {3: "paid_date_without_amount", 4: "paid_date_without_amount", 5: "paid_amount_without_date",
           6: "payment_sign_mismatch", 7: "payment_sign_mismatch"}  # fmt: skip
    return [text_step(text(rows), set_aside([*bills[:2], *bills[7:]], bad))]


@case("meaning", "P08")
def no_paid_amounts_at_all(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = without(records(bills), "paid_amount")
    return [text_step(text(rows), accepted(bills).warning("paid_amount_assumed_full"))]


@case("meaning", "P08")
def paid_amounts_without_any_day(make: Maker) -> Sequence[Step]:
    """What was paid, but never when: the paid invoices cannot be believed, and must not look open."""
    bills = make.ledger()
    rows = without(records(bills), "paid_date")
    bad = {row: "paid_amount_without_date" for row, bill in enumerate(bills, 1) if bill.paid_amount}
    good = [bill for bill in bills if not bill.paid_amount]
    few = len(bad) <= len(bills) // 2
    outcome = set_aside(good, bad) if few else refused("too_many_bad_rows|missing_columns")
    return [text_step(text(rows), outcome, refused("missing_columns"))]


@case("meaning", "P11")
def four_currencies(make: Maker) -> Sequence[Step]:
    bills = [bill for currency in ("EUR", "USD", "JPY", "KWD") for bill in make.ledger(4, currency)]
    return [text_step(text(records(bills)), accepted(bills))]


@case("meaning", "P11")
def currencies_in_any_case_and_as_certain_signs(make: Maker) -> Sequence[Step]:
    bills = [*make.ledger(6), make.invoice("GBP")]
    rows = records(bills)
    for row, cell in ((1, "eur"), (2, "Eur"), (3, "€"), (4, " EUR "), (7, "£")):
        put(rows, row, currency=cell)
    return [text_step(text(rows), accepted(bills))]


@case("meaning", "P11")
def currencies_that_are_none(make: Maker) -> Sequence[Step]:
    bills = make.ledger(14)
    rows = records(bills)
    said = {2: "$", 3: "EURO", 4: "DEM", 5: "978", 6: "", 7: "n/a"}
    for row, cell in said.items():
        put(rows, row, currency=cell)
    bad = {2: "ambiguous_currency|bad_currency", 3: "bad_currency", 4: "bad_currency", 5: "bad_currency",
           6: "missing_currency", 7: "missing_currency"}  # fmt: skip
    return [text_step(text(rows), set_aside([bills[0], *bills[7:]], bad))]


@case("meaning", "P11")
def missing_currencies_and_a_default(make: Maker) -> Sequence[Step]:
    bills = [bill.but(currency="USD") for bill in make.ledger()]
    rows = records(bills)
    for row in (2, 5, 7):
        put(rows, row, currency="")
    rows_without = without(records(bills), "currency")
    return [
        text_step(text(rows), accepted(bills), default_currency="USD"),
        text_step(text(rows_without), accepted(bills), default_currency="USD"),
    ]


@case("meaning", "P11")
def a_default_does_not_mend_a_wrong_currency(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, currency="EURO")
    outcome = set_aside([bills[0], *bills[2:]], {2: "bad_currency"})
    return [text_step(text(rows), outcome, default_currency="EUR")]


@case("meaning", "P04")
def a_customer_called_null(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    names = {"C100": "Null", "C101": "N/A", "C102": "None", "C103": "-"}
    bills = [bill.but(customer_name=names.get(bill.customer_id, bill.customer_name)) for bill in bills]
    return [text_step(text(records(bills)), accepted(bills))]


@case("meaning", "P19")
def one_customer_with_two_names(make: Maker) -> Sequence[Step]:
    """Which name the ledger shows beside an older invoice is not settled; the money is."""
    bills = [bill.but(customer_id="C1", customer_name="Old Name Ltd") for bill in make.ledger(4)]
    bills += [make.invoice().but(customer_id="C1", customer_name="New Name Ltd", issue_date=date(2025, 5, 1),
                                 due_date=date(2025, 6, 1)).paid(None)]  # fmt: skip
    return [text_step(text(records(bills)), accepted(bills).warning("customer_name_conflict").whatever_names())]


@case("meaning", "P09")
def paid_on_the_day_of_the_export(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].but(issue_date=AS_OF - timedelta(days=1), due_date=AS_OF).paid(AS_OF)
    return [text_step(text(records(bills)), accepted(bills))]
