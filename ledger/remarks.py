"""What stopped nothing and should be known: of the rows, of the files and of the mapping."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from ledger.checked import Checked
from ledger.layout import INVOICES, PAYMENTS, Table, normal
from ledger.mapping import ColumnMapping
from ledger.reading.files import SourceFile
from ledger.report import Warned
from ledger.words import shown

_WARNINGS = {
    "amounts_rounded": "Amounts with more decimals than their currency has were rounded, as the mapping says.",
    "customer_name_conflict": "Customers appear under different names; the newest is shown.",
    "customer_name_missing": "Customers have no name in some rows; their id stands for it.",
    "due_date_derived": "Due dates were missing and derived from the terms.",
    "erased_names_left_out": "Rows tell of persons who were erased: their names, and what was written of their "
    "disputes, were left out; the money counts. To let a name in again: payrisk privacy readmit.",
    "excel_serial_dates": "Dates were spreadsheet day numbers, read in the 1900 system.",
    "ids_differ_only_in_case": "Ids differ in capital and small letters alone; each counts as one of its own.",
    "overpaid": "More was paid than billed.",
    "paid_total_differs": "The paid columns disagree with the payments of a file of their own; those stay as they are.",
    "paid_amount_assumed_full": "There is no paid amount; a paid date counts as paid in full.",
    "paid_before_issue": "Payments lie before the issue of their invoice: prepayments.",
    "paid_columns_unused": "Payments have a file of their own; the paid columns of the invoices were not read.",
    "two_digit_year": "Years have two digits and were completed to within 50 years.",
    "vanished_invoices": "Invoices of the export before are missing in this one; they are flagged, not deleted.",
    "zero_amount": "Invoices over zero are kept, and never ranked.",
}

_PAYMENT = re.compile("pay|paid|settle|clear|zahl|ausgleich")
_NO_PAYMENT = re.compile("term|method|bedingung")


def row_remarks(warned: Counter[str], tables: Iterable[Checked], mapping: ColumnMapping) -> tuple[Warned, ...]:
    """Of the rows, in order of their codes, `warned` and what each table counted; then those of the mapping itself."""
    counted: Counter[str] = Counter(warned)
    rows = 0
    for table in tables:
        counted.update(table.warned)
        rows += table.accepted
    said = [Warned(code, counted[code], _WARNINGS[code]) for code in sorted(counted) if counted[code]]
    return (*said, *(Warned(code, rows, sentence) for code, sentence in sorted(mapping.warnings.items())))


def file_remarks(files: Iterable[SourceFile], tables: Sequence[Table], *, mapped: bool) -> tuple[Warned, ...]:
    """Of the files, in order of their codes. A mapping that leaves columns out (`mapped`) does so knowingly."""
    said: list[Warned] = []
    unread = [] if mapped else [name for table in tables for name in payment_columns(table)]
    if unread:
        names = ", ".join(f'"{shown(name)}"' for name in unread)
        sentence = (
            f"Columns that look like payments were not read: {names}. If they are, paid invoices count as open: rename "
            f"them to paid_date and paid_amount, or name them in a mapping."
        )
        said.append(Warned("payment_columns_unread", 0, sentence))
    garbled = sum(sheet.garbled for file in files for sheet in file.sheets)
    if garbled:
        sentence = (
            "Letters look garbled, as when UTF-8 is read as Western text. Export the file in one encoding, UTF-8."
        )
        said.append(Warned("suspected_mojibake", garbled, sentence))
    return tuple(said)


def payment_columns(table: Table) -> list[str]:
    """Unread headers of invoices or payments that look like a payment's day or amount."""
    if table.role not in (INVOICES, PAYMENTS):
        return []
    names = [(name, normal(name)) for name in table.unread]
    return [name for name, plain in names if _PAYMENT.search(plain) and not _NO_PAYMENT.search(plain)]
