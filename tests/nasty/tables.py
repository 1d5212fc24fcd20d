"""Three tables of one system, and payments as rows of their own."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from nasty.case import Outcome, Step, accepted, case, refused, set_aside, text_step
from nasty.clean import AS_OF, COLUMNS, Invoice, Maker
from nasty.writing import put, records, text

INVOICES = ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency")
PAYMENTS = ["payment_id", "invoice_id", "paid_date", "paid_amount", "currency"]
ROLES = {"invoices.csv": "invoices", "payments.csv": "payments", "customers.csv": "customers"}

Table = list[list[str]]


def _customers(bills: Sequence[Invoice]) -> Table:
    names = {bill.customer_id: bill.customer_name for bill in bills}
    return [["customer_id", "customer_name"], *([key, name] for key, name in sorted(names.items()))]


def _payments(bills: Sequence[Invoice]) -> Table:
    paid = [bill for bill in bills if bill.paid_date]
    return [PAYMENTS, *([f"P{at}", bill.invoice_id, str(bill.paid_date), str(bill.paid_amount), bill.currency]
                        for at, bill in enumerate(paid, 1))]  # fmt: skip


def _step(tables: Mapping[str, Table], *outcomes: Outcome, **options: object) -> Step:
    files = {f"{name}.csv": text(rows).encode() for name, rows in tables.items()}
    return Step(files, outcomes, {"layout": "three_tables", **options}, {name: ROLES[name] for name in files})


def _tables(bills: Sequence[Invoice]) -> dict[str, Table]:
    return {"customers": _customers(bills), "invoices": records(bills, INVOICES), "payments": _payments(bills)}


@case("tables", "P20")
def three_that_fit(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_step(_tables(bills), accepted(bills))]


@case("tables", "P20")
def in_another_order_of_files(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_step(dict(reversed(_tables(bills).items())), accepted(bills))]


@case("tables", "P13")
def payments_of_nobodys_invoice(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    tables = _tables(bills)
    tables["payments"].insert(1, ["P99", "INV-NONE", "2025-05-01", "12.00", "EUR"])
    return [_step(tables, set_aside(bills, {1: "orphan_payment"}))]


@case("tables", "P13")
def invoices_of_nobody(make: Maker) -> Sequence[Step]:
    """A customer that no table names: set aside, or called by its id."""
    bills = make.ledger(10)
    bills[4] = bills[4].but(customer_id="C-NONE", customer_name="").paid(None)
    tables = _tables(bills)
    tables["customers"] = [row for row in tables["customers"] if row[0] != "C-NONE"]
    good = [*bills[:4], *bills[5:]]
    return [_step(tables, set_aside(good, {5: "unknown_customer"}), accepted(bills))]


@case("tables", "P11")
def payments_in_another_currency(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    tables["payments"][1][4] = "USD"
    bills[0] = bills[0].paid(None)
    return [_step(tables, set_aside(bills, {1: "payment_currency_mismatch|currency_mismatch"}))]


@case("tables", "P11")
def payments_that_name_no_currency(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    tables = _tables(bills)
    tables["payments"] = [row[:4] for row in tables["payments"]]
    return [_step(tables, accepted(bills))]


def _paid_by(bill: Invoice, amounts: Sequence[str]) -> Table:
    return [[f"Q{at}", bill.invoice_id, str(bill.due_date + timedelta(days=at)), amount, bill.currency]
            for at, amount in enumerate(amounts)]  # fmt: skip


@case("tables", "P08")
def payments_in_parts(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    tables["payments"] += _paid_by(bills[1], ["100.00", "200.00", "0.01"])
    bills[1] = bills[1].paid(bills[1].due_date + timedelta(days=2), "300.01")
    return [_step(tables, accepted(bills))]


@case("tables", "P08")
def more_paid_than_billed(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    tables["payments"] += _paid_by(bills[1], [str(bills[1].amount), "0.01"])
    bills[1] = bills[1].paid(bills[1].due_date + timedelta(days=1), bills[1].amount + Decimal("0.01"))
    return [_step(tables, accepted(bills).warning("overpaid"))]


@case("tables", "P08")
def payments_taken_back(make: Maker) -> Sequence[Step]:
    """Rows of kind reversal: the first of two payments, and all of another invoice."""
    bills = make.ledger(10)
    tables = _tables(bills)
    tables["payments"] = [[*row, "cash"] for row in tables["payments"]]
    tables["payments"][0] = [*PAYMENTS, "kind"]
    first, second = bills[1].due_date + timedelta(days=1), bills[1].due_date + timedelta(days=3)
    tables["payments"] += [
        ["Q1", bills[1].invoice_id, str(first), "100.00", "EUR", "cash"],
        ["Q2", bills[1].invoice_id, str(second), "250.00", "EUR", "cash"],
        ["Q3", bills[1].invoice_id, str(second + timedelta(days=1)), "-250.00", "EUR", "reversal"],
        ["Q4", bills[0].invoice_id, str(AS_OF), str(-bills[0].amount), "EUR", "reversal"],
    ]
    bills[0], bills[1] = bills[0].paid(None), bills[1].paid(first, "100.00")
    return [_step(tables, accepted(bills))]


@case("tables", "P08")
def payments_below_zero(make: Maker) -> Sequence[Step]:
    """Without a word that it is a reversal: taken back, or set aside; never paid twice."""
    bills = make.ledger(10)
    tables = _tables(bills)
    last = len(tables["payments"])
    tables["payments"].append(["Q4", bills[0].invoice_id, str(AS_OF), str(-bills[0].amount), "EUR"])
    aside = set_aside(bills, {last: "payment_sign_mismatch"})
    return [_step(tables, accepted([bills[0].paid(None), *bills[1:]]), aside)]


@case("tables", "P08")
def a_payment_below_zero_that_takes_back_nothing_known(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    last = len(tables["payments"])
    tables["payments"].append(["Q4", bills[1].invoice_id, str(AS_OF), "-10.00", "EUR"])
    return [_step(tables, set_aside(bills, {last: "payment_sign_mismatch"}))]


@case("tables", "P05")
def payments_twice(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    tables = _tables(bills)
    tables["payments"].append(list(tables["payments"][1]))
    return [_step(tables, accepted(bills).ignoring(1))]


@case("tables", "P05")
def one_payment_with_two_contents(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    last = len(tables["payments"])
    tables["payments"].append([*tables["payments"][1][:3], "1.00", "EUR"])
    bills[0] = bills[0].paid(None)
    return [_step(tables, set_aside(bills, {1: "conflicting_duplicate", last: "conflicting_duplicate"}))]


@case("tables", "P05")
def customers_twice_and_with_two_names(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    tables = _tables(bills)
    tables["customers"].append(list(tables["customers"][1]))
    step = _step(tables, accepted(bills).ignoring(1))
    tables["customers"].append([tables["customers"][1][0], "Another Name Ltd"])
    conflict = Outcome("accept_with_quarantine", len(bills), None, ledger=tuple(bills), names=False)
    return [step, _step(tables, conflict, accepted(bills).whatever_names().warning("customer_name_conflict"))]


@case("tables", "P09")
def payments_in_the_future(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    tables["payments"][1][2] = str(AS_OF + timedelta(days=1))
    bills[0] = bills[0].paid(None)
    return [_step(tables, set_aside(bills, {1: "paid_in_future"}))]


@case("tables", "P13")
def payments_of_invoices_set_aside(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    put(tables["invoices"], 1, amount="?")
    outcome = Outcome("accept_with_quarantine", 9, None, ledger=tuple(bills[1:]))
    return [_step(tables, outcome)]


@case("tables", "P13")
def one_bad_table_refuses_all(make: Maker) -> Sequence[Step]:
    tables = _tables(make.ledger(10))
    tables["payments"] = [row[:2] + row[3:] for row in tables["payments"]]
    return [_step(tables, refused("missing_columns", "paid_date"))]


@case("tables", "P18")
def imported_twice(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_step(_tables(bills), accepted(bills)), _step(_tables(bills), accepted(bills))]


@case("tables", "P18")
def a_payment_more_in_the_next_export(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    tables = _tables(bills)
    first = _step(dict(tables), accepted(bills))
    more = [*tables["payments"], *_paid_by(bills[1], ["10.00"])]
    paid = [bills[0], bills[1].paid(bills[1].due_date, "10.00"), *bills[2:]]
    return [first, _step({**tables, "payments": more}, accepted(paid))]


def _flat(bills: Sequence[Invoice], *more: Sequence[str]) -> Table:
    """One row per payment: the invoice's fields again, with another payment."""
    return [*records(bills), *(list(row) for row in more)]


def _again(bill: Invoice, on: str, amount: str, **other: str) -> list[str]:
    row = records([bill])
    return put(row, 1, paid_date=on, paid_amount=amount, **other)[1]


@case("tables", "P05")
def one_row_per_payment(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    bills[0] = bills[0].paid(bills[0].due_date, "100.00")
    rows = _flat(bills, _again(bills[0], "2025-06-20", "50.00"), _again(bills[0], "2025-06-25", "7.50"))
    whole = [bills[0].paid(AS_OF - timedelta(days=5), "157.50"), *bills[1:]]
    outcome = accepted(whole)
    rows_counted = Outcome("accept", 12, ledger=tuple(whole))
    return [text_step(text(rows), rows_counted, outcome, layout="one_row_per_payment")]


@case("tables", "P05")
def one_row_per_payment_that_contradicts(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    rows = _flat(bills, _again(bills[0], "2025-06-20", "50.00", due_date="2025-06-29"))
    outcome = set_aside(bills[1:], {1: "conflicting_duplicate", 11: "conflicting_duplicate"})
    return [text_step(text(rows), outcome, layout="one_row_per_payment")]


@case("tables", "P05")
def two_payments_where_the_layout_knows_one(make: Maker) -> Sequence[Step]:
    """The same rows, but not meant so: two contents of one id."""
    bills = make.ledger(10)
    rows = _flat(bills, _again(bills[0], "2025-06-20", "50.00"))
    outcome = set_aside(bills[1:], {1: "conflicting_duplicate", 11: "conflicting_duplicate"})
    return [text_step(text(rows), outcome, layout="one_row_per_invoice")]


@case("tables", "P05 P08")
def one_row_per_payment_of_open_invoices(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger(10)]
    return [text_step(text(records(bills, COLUMNS)), accepted(bills), layout="one_row_per_payment")]


@case("tables", "P18")
def one_row_per_payment_twice(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    bills[0] = bills[0].paid(bills[0].due_date, "100.00")
    rows = text(_flat(bills, _again(bills[0], "2025-06-20", "50.00")))
    whole = [bills[0].paid(AS_OF - timedelta(days=10), "150.00"), *bills[1:]]
    outcomes = (Outcome("accept", 11, ledger=tuple(whole)), accepted(whole))
    return [text_step(rows, *outcomes, layout="one_row_per_payment")] * 2
