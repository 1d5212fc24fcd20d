"""Encodings: read as they were written, or refused; never with other letters in ids or other digits in amounts."""

import codecs
import unicodedata
from collections.abc import Sequence

from nasty.case import Outcome, Step, accepted, case, refused, text_step
from nasty.clean import Invoice, Maker
from nasty.writing import grouped, put, records, text


def _named(make: Maker, name: str) -> list[Invoice]:
    return [bill.but(customer_name=name) for bill in make.ledger()]


def _in(make: Maker, encoding: str, name: str, mark: bytes = b"", /, **options: object) -> Sequence[Step]:
    bills = _named(make, name)
    return [text_step(mark + text(records(bills)).encode(encoding), accepted(bills), **options)]


@case("encoding", "P20")
def utf8_with_a_mark(make: Maker) -> Sequence[Step]:
    return _in(make, "utf-8-sig", "Łódź – Østergård 株式会社")


@case("encoding", "P20")
def latin1(make: Maker) -> Sequence[Step]:
    return _in(make, "latin-1", "Müller & Søn A/S, Besançon")


@case("encoding", "P20")
def windows_1252(make: Maker) -> Sequence[Step]:
    bills = _named(make, "Müller “Zur Post” – Café…")
    rows = records(bills, amount_text=lambda amount: f"€ {amount}")
    return [text_step(text(rows).encode("cp1252"), accepted(bills))]


@case("encoding", "P20")
def utf16_little_endian_with_a_mark(make: Maker) -> Sequence[Step]:
    return _in(make, "utf-16-le", "Łódź Østergård", codecs.BOM_UTF16_LE)


@case("encoding", "P20")
def utf16_big_endian_with_a_mark(make: Maker) -> Sequence[Step]:
    return _in(make, "utf-16-be", "Łódź Østergård", codecs.BOM_UTF16_BE)


@case("encoding", "P20")
def utf16_without_a_mark(make: Maker) -> Sequence[Step]:
    bills = _named(make, "Łódź")
    codes = "binary_content|undecodable|no_header|missing_columns|corrupt_file"
    return [text_step(text(records(bills)).encode("utf-16-le"), accepted(bills), refused(codes))]


@case("encoding", "P20")
def windows_1250_that_the_option_names(make: Maker) -> Sequence[Step]:
    return _in(make, "cp1250", "Łódź – Příbram", encoding="cp1250")


@case("encoding", "P20")
def shift_jis_that_the_option_names(make: Maker) -> Sequence[Step]:
    return _in(make, "shift_jis", "株式会社ソニー", encoding="shift_jis")


@case("encoding", "P20")
def another_encoding_than_the_option_says(make: Maker) -> Sequence[Step]:
    bills = _named(make, "Müller")
    outcomes = (refused("undecodable"), accepted(bills))
    return [text_step(text(records(bills)).encode("latin-1"), *outcomes, encoding="utf-8")]


@case("encoding", "P20")
def utf8_that_was_read_as_western_once(make: Maker) -> Sequence[Step]:
    bills = _named(make, "Müller & Søn".encode().decode("cp1252"))
    return [text_step(text(records(bills)), accepted(bills).warning("suspected_mojibake"))]


@case("encoding", "P15 P20")
def one_broken_byte_in_utf8(make: Maker) -> Sequence[Step]:
    bills = _named(make, "Müller")
    raw = bytearray(text(records(bills)).encode())
    raw[raw.rindex(b"\xc3\xbc") + 1] = 0x20
    aside = Outcome("accept_with_quarantine", len(bills) - 1, None, ledger=tuple(bills[:-1]), names=False)
    garbled = accepted(bills).whatever_names().warning("suspected_mojibake")
    return [text_step(bytes(raw), refused("undecodable"), aside, garbled)]


@case("encoding", "P15")
def nul_bytes(make: Maker) -> Sequence[Step]:
    raw = text(records(make.ledger())).encode()
    codes = "binary_content|undecodable|corrupt_file"
    return [text_step(raw[:300] + b"\0" * 40 + raw[300:], refused(codes)), text_step(raw + b"\0" * 512, refused(codes))]


@case("encoding", "P15")
def nul_bytes_a_megabyte_into_the_file(make: Maker) -> Sequence[Step]:
    raw = text(records(make.ledger(9_000))).encode()
    return [text_step(raw[:-60] + b"\0\0" + raw[-60:], refused("binary_content|undecodable|corrupt_file"))]


@case("encoding", "P06 P15")
def invisible_characters(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills, amount_text=grouped("\u00a0", ","))
    for row, bill in enumerate(bills, 1):
        name = bill.customer_name.replace(" ", "\u00a0\u2009 ")
        put(rows, row, invoice_id=f"\u200b{bill.invoice_id}\u00a0", customer_id=f"{bill.customer_id}\ufeff",
            customer_name=f"{name}\u00ad", issue_date=f"\u200e{bill.issue_date}", currency="EU\u200dR")  # fmt: skip
    return [text_step(text(rows, delimiter=";"), accepted(bills))]


@case("encoding", "P06 P15")
def composed_and_decomposed(make: Maker) -> Sequence[Step]:
    bills = [bill.but(invoice_id=f"RÉÜ-{at}", customer_name="Émile Zürich") for at, bill in enumerate(make.ledger())]
    rows = [[unicodedata.normalize("NFD", cell) for cell in row] for row in records(bills)]
    return [text_step(text(rows), accepted(bills))]
