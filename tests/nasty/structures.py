"""Files of the wrong kind or shape: headers, columns, and what is no table at all."""

import gzip
from collections.abc import Sequence

from nasty.case import Step, accepted, case, refused, text_step
from nasty.clean import COLUMNS, Maker
from nasty.writing import day_month, grouped, records, text, without


@case("structure", "P20")
def a_header_in_odd_case_with_blanks_and_hyphens(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    header = [" Invoice-ID ", "CUSTOMER ID", "Customer.Name", "issue date", "Due_Date", "AMOUNT ", "currency",
              "PaidDate", "paid-amount", "Terms"]  # fmt: skip
    return [text_step(text([header, *records(bills)[1:]]), accepted(bills))]


@case("structure", "P20")
def columns_in_another_order_among_unknown_ones(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    order = list(COLUMNS)
    make.rng.shuffle(order)
    rows = [["note", *row, "1.234"] for row in records(bills, order)]
    rows[0] = ["remark", *order, "weight"]
    return [text_step(text(rows), accepted(bills))]


@case("structure", "P20")
def german_headers_with_a_mapping(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    header = ["Belegnummer", "Debitor", "Name 1", "Belegdatum", "Nettofälligkeit", "Betrag in Hauswährung", "Währung",
              "Ausgleichsdatum", "Ausgleichsbetrag", "Zahlungsbedingung"]  # fmt: skip
    rows = records(bills, date_text=day_month("."), amount_text=grouped(".", ","))
    content = text([header, *rows[1:]], delimiter=";").encode("cp1252")
    return [text_step(content, accepted(bills), mapping=dict(zip(COLUMNS, header, strict=True)))]


@case("structure", "P20")
def a_mapping_beside_canonical_headers(make: Maker) -> Sequence[Step]:
    """The file has a column `amount` in thousands; the mapping says that another one is meant."""
    bills = make.ledger()
    rows = records(bills)
    rows = [[*row, "7"] for row in rows]
    at = rows[0].index("amount")
    rows[0][at], rows[0][-1] = "Belegbetrag", "amount"
    mapping = {name: name for name in COLUMNS} | {"amount": "Belegbetrag"}
    return [text_step(text(rows), accepted(bills), mapping=mapping)]


@case("structure", "P13 P20")
def a_mapping_that_names_a_header_that_is_not_there(make: Maker) -> Sequence[Step]:
    mapping = {name: name for name in COLUMNS} | {"due_date": "Nettofälligkeit"}
    return [text_step(text(records(make.ledger())), refused("missing_columns", "Nettofälligkeit"), mapping=mapping)]


@case("structure", "P13")
def a_paid_column_of_the_mapping_that_is_not_there(make: Maker) -> Sequence[Step]:
    """Read without it, paid invoices would look open."""
    mapping = {name: name for name in COLUMNS} | {"paid_date": "Ausgleich"}
    rows = without(records(make.ledger()), "paid_date")
    return [text_step(text(rows), refused("missing_columns", "Ausgleich"), mapping=mapping)]


def _lacking(column: str) -> None:
    def make_case(make: Maker) -> Sequence[Step]:
        rows = without(records(make.ledger()), column)
        if column == "due_date":
            rows = without(rows, "terms")
        return [text_step(text(rows), refused("missing_columns", column))]

    make_case.__name__ = f"no_column_{column}"
    make_case.__code__ = make_case.__code__.replace(co_name=make_case.__name__)
    case("structure", "P11 P13")(make_case)


for _column in ("invoice_id", "customer_id", "issue_date", "due_date", "amount", "currency"):
    _lacking(_column)


@case("structure", "P20")
def no_customer_names(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = without(records(bills), "customer_name")
    return [text_step(text(rows), accepted([bill.but(customer_name="") for bill in bills]))]


@case("structure", "P10")
def no_due_dates_but_terms(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = without(records(bills), "due_date")
    return [text_step(text(rows), accepted(bills).warning("due_date_derived"))]


@case("structure", "P13")
def two_columns_of_one_name(make: Maker) -> Sequence[Step]:
    rows = [[*row, row[5] + "0"] for row in records(make.ledger())]
    rows[0][-1] = " Amount "
    return [text_step(text(rows), refused("duplicate_columns|ambiguous_columns", "mount"))]


@case("structure", "P20")
def two_unneeded_columns_of_one_name(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = [[*row, "a", "b"] for row in records(bills)]
    rows[0][-2:] = ["note", "note"]
    return [text_step(text(rows), accepted(bills))]


@case("structure", "P13")
def no_header(make: Maker) -> Sequence[Step]:
    return [text_step(text(records(make.ledger())[1:]), refused("no_header|missing_columns"))]


@case("structure", "P13")
def a_header_alone(make: Maker) -> Sequence[Step]:
    return [text_step(text(records([])), refused("no_data_rows|empty_file"))]


@case("structure", "P13")
def no_bytes_at_all(make: Maker) -> Sequence[Step]:
    return [text_step(b"", refused("empty_file"))]


@case("structure", "P13")
def white_space_alone(make: Maker) -> Sequence[Step]:
    return [text_step(b"\xef\xbb\xbf \r\n\t\r\n", refused("empty_file|no_header|no_data_rows"))]


@case("structure", "P13")
def a_byte_order_mark_alone(make: Maker) -> Sequence[Step]:
    return [text_step(b"\xef\xbb\xbf", refused("empty_file|no_header|no_data_rows"))]


@case("structure", "P13")
def prose(make: Maker) -> Sequence[Step]:
    content = "Dear colleague,\nthe invoice list follows tomorrow; the amount, as you know, is due.\n" * 9
    return [text_step(content, refused("no_header|missing_columns|unsupported_format|malformed_csv"))]


def _of_kind(name: str, file: str, content: bytes, codes: str) -> None:
    def make_case(make: Maker) -> Sequence[Step]:
        return [Step({file: content}, (refused(codes),))]

    make_case.__name__ = name
    make_case.__code__ = make_case.__code__.replace(co_name=name)
    case("structure", "P13")(make_case)


_HEADER = ",".join(COLUMNS).encode()
_of_kind("a_pdf", "ledger.pdf", b"%PDF-1.7\n" + _HEADER, "unsupported_format")
_of_kind("json", "ledger.json", b'[{"invoice_id": "1", "amount": 3}]', "unsupported_format")
_of_kind("a_web_page_called_xls", "ledger.xls", b"<html><body><table><tr><td>invoice_id</td></tr></table>",
         "unsupported_format")  # fmt: skip
_of_kind("a_gzip_called_csv", "ledger.csv", gzip.compress(_HEADER, mtime=0), "unsupported_format|binary_content")
_of_kind("a_picture_called_csv", "ledger.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 9,
         "unsupported_format|binary_content|undecodable|corrupt_file")  # fmt: skip
_of_kind("an_archive_cut_off", "ledger.xlsx", b"PK\x03\x04" + bytes(64), "corrupt_file|unsupported_format")
_of_kind("an_old_workbook", "ledger.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1024),
         "unsupported_format|corrupt_file|encrypted_workbook")  # fmt: skip
