"""Who is who: ids, duplicates, and rows without what they need."""

from collections.abc import Sequence
from decimal import Decimal

from nasty.case import Step, accepted, case, set_aside, text_step
from nasty.clean import Maker
from nasty.writing import put, records, text

MANGLED = "id_mangled_by_spreadsheet|bad_id"


@case("identity", "P06")
def leading_zeros_and_long_numbers(make: Maker) -> Sequence[Step]:
    ids = ["0001234", "1234", "000000000000000099", "12345678901234567890", "00-12/34", "1E", "E10", "12.5-A"]
    bills = [bill.but(invoice_id=name) for bill, name in zip(make.ledger(len(ids)), ids, strict=True)]
    bills[0] = bills[0].but(customer_id="0042", customer_name="Zeros Ltd")
    bills[1] = bills[1].but(customer_id="42", customer_name="Another Ltd")
    return [text_step(text(records(bills)), accepted(bills))]


@case("identity", "P06")
def ids_that_a_spreadsheet_ate(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(put(put(records(bills), 2, invoice_id="1.23457E+11"), 3, invoice_id="2,5E+10"), 4, customer_id="1E+05")
    return [text_step(text(rows), set_aside([bills[0], *bills[4:]], dict.fromkeys((2, 3, 4), MANGLED)))]


@case("identity", "P06")
def ids_that_differ_in_case_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].but(invoice_id="inv-a1")
    bills[1] = bills[1].but(invoice_id="INV-A1")
    return [text_step(text(records(bills)), accepted(bills).warning("ids_differ_only_in_case"))]


@case("identity", "P05")
def exact_copies(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    rows += [list(rows[3]), list(rows[3]), list(rows[7])]
    return [text_step(text(rows), accepted(bills).ignoring(3))]


@case("identity", "P05 P06")
def copies_that_are_equal_once_normalised(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[0] = bills[0].but(amount=Decimal("1500.50")).paid(bills[0].due_date)
    rows = records(bills)
    copy = [f" {rows[1][0]}\u200b", *rows[1][1:]]
    copy[5], copy[6] = "1500.5", "eur"
    return [text_step(text([*rows, copy]), accepted(bills).ignoring(1))]


@case("identity", "P05")
def one_id_with_two_contents(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    rows += [list(rows[2]), list(rows[3]), list(rows[3])]
    put(rows, 13, amount="1.00")
    put(rows, 14, due_date="2025-06-01")
    bad = dict.fromkeys((2, 3, 13, 14, 15), "conflicting_duplicate")
    return [text_step(text(rows), set_aside([bills[0], *bills[3:]], bad))]


@case("identity", "P05")
def one_id_of_two_customers(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    rows += [list(rows[2])]
    put(rows, 13, customer_id="C999", customer_name="Somebody Else")
    bad = dict.fromkeys((2, 13), "conflicting_duplicate")
    return [text_step(text(rows), set_aside([bills[0], *bills[2:]], bad))]


@case("identity", "P05")
def one_id_paid_and_not_paid(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    rows += [list(rows[1])]
    put(rows, 13, paid_date="", paid_amount="")
    bad = dict.fromkeys((1, 13), "conflicting_duplicate")
    return [text_step(text(rows), set_aside(bills[1:], bad))]


@case("identity", "P04 P13")
def required_cells_missing_here_and_there(make: Maker) -> Sequence[Step]:
    bills = make.ledger(16)
    rows = records(bills)
    put(rows, 2, invoice_id="")
    put(rows, 3, invoice_id="   ")
    put(rows, 4, customer_id="NULL")
    put(rows, 5, issue_date="")
    put(rows, 6, due_date="", terms="")
    put(rows, 7, amount="")
    bad = dict.fromkeys(range(2, 8), "missing_required")
    return [text_step(text(rows), set_aside([bills[0], *bills[7:]], bad))]


@case("identity", "P13")
def several_faults_in_one_row(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, amount="?", issue_date="31/31/2025", currency="")
    reasons = "bad_amount|missing_required|bad_date|missing_currency"
    return [text_step(text(rows), set_aside([bills[0], *bills[2:]], {2: reasons}))]


@case("identity", "P19")
def customers_without_a_name(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_id="C7", customer_name="") for bill in make.ledger(3)]
    bills += [bill.but(customer_id="C8", customer_name="Named Ltd") for bill in make.ledger(3)]
    return [text_step(text(records(bills)), accepted(bills).warning("customer_name_missing"))]
