"""Files meant to do harm: text stays text, and whatever it is, it changes no money."""

from collections.abc import Sequence

from nasty.case import Step, accepted, case, set_aside, text_step
from nasty.clean import Maker
from nasty.writing import put, records, text, workbook


@case("hostile", "P14")
def formulas_as_names_and_ids(make: Maker) -> Sequence[Step]:
    said = ["=1+1", "+41 79 000", "-2+3", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://example.test")']
    bills = [bill.but(invoice_id=f"{name}.{at}", customer_id=f"C{at}", customer_name=name)
             for at, (bill, name) in enumerate(zip(make.ledger(len(said)), said, strict=True))]  # fmt: skip
    return [text_step(text(records(bills), quote_all=True), accepted(bills))]


@case("hostile", "P14")
def formulas_as_texts_of_a_workbook(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_name="=1+1") for bill in make.ledger()]
    return [Step({"ledger.xlsx": workbook({"Ledger": records(bills)})}, (accepted(bills),))]


@case("hostile", "P06 P14")
def ids_that_are_paths_markup_and_sql(make: Maker) -> Sequence[Step]:
    ids = ["../../etc/passwd", "..\\..\\boot.ini", "a/b?c=d&e#f", "<script>alert(1)</script>", "'; DROP TABLE items;--",
           "INV%2e%2e%2f", "con", "INV 1/2", "Ünï-1", "%s%n", "{{7*7}}", "$(reboot)", "x" * 120, "🧾-1"]  # fmt: skip
    bills = [bill.but(invoice_id=name) for bill, name in zip(make.ledger(len(ids)), ids, strict=True)]
    return [text_step(text(records(bills), quote_all=True), accepted(bills))]


@case("hostile", "P15")
def direction_marks(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    for row, bill in enumerate(bills, 1):
        put(rows, row, invoice_id=f"\u202e{bill.invoice_id}\u202c", customer_name=f"\u2066{bill.customer_name}\u2069",
            amount=f"\u202d{bill.amount}\u202c")  # fmt: skip
    return [text_step(text(rows), accepted(bills))]


@case("hostile", "P15")
def control_characters(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills)
    for row, bill in enumerate(bills, 1):
        put(rows, row, customer_name=f"\x1b[31m{bill.customer_name}\x07\x08")
    shown = [bill.but(customer_name=f"[31m{bill.customer_name}") for bill in bills]
    return [text_step(text(rows), accepted(shown))]


@case("hostile", "P06")
def two_ids_in_one_cell(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, invoice_id=f"{bills[1].invoice_id}\nINV-999999")
    good = [bills[0], *bills[2:]]
    joined = [bills[0], bills[1].but(invoice_id=f"{bills[1].invoice_id} INV-999999"), *bills[2:]]
    return [text_step(text(rows), set_aside(good, {2: "bad_id"}), accepted(joined))]


@case("hostile", "P14")
def headers_that_are_formulas(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = [[*row, "=1+1"] for row in records(bills)]
    rows[0][-1] = "=cmd|' /C calc'!A0"
    return [text_step(text(rows), accepted(bills))]


@case("hostile", "P12")
def invoices_that_are_called_total(make: Maker) -> Sequence[Step]:
    """A customer or an id may be called so; a row with a day and a customer is an invoice."""
    bills = make.ledger()
    bills[1] = bills[1].but(invoice_id="TOTAL-1", customer_id="C1", customer_name="Total Energies")
    bills[2] = bills[2].but(customer_id="C2", customer_name="Summe & Söhne")
    return [text_step(text(records(bills)), accepted(bills))]
