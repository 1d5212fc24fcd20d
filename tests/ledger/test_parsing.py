"""Cells: money, dates and ids are read exactly, or refused with a reason."""

from datetime import UTC, date
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pytest

from ledger.days import to_day
from ledger.parsing.amounts import (
    AmbiguousNumberFormat,
    MixedNumberFormats,
    parse_amount,
    settle_decimal,
    shown_mark,
)
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.dates import AmbiguousDateOrder, DateReader, MixedDateOrders, settle_order
from ledger.parsing.plain import plain_amounts, plain_ids, plain_texts, shown_marks, without_time
from ledger.parsing.texts import NumberCell, clean_text, parse_id

TODAY = date(2026, 3, 31)


def minor(cell, currency="EUR", decimal=".", **how):
    read = parse_amount(cell, currency, decimal, **how)
    return read.reason if isinstance(read, BadCell) else None if read is None else read.minor


def day(cell, order="dmy", zone=UTC):
    read = DateReader(order, TODAY, zone).parse(cell)
    if isinstance(read, BadCell):
        return read.reason
    return None if read is None else read.day


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("12.30", 1230), ("12.3", 1230), ("1,234.50", 123450), ("1 234.50", 123450), ("1'234.50", 123450), ("7", 700),
        ("12.3000", 1230), ("-12.30", -1230), ("12.30-", -1230), ("(12.30)", -1230), ("−12.30", -1230),
        ("12.30 CR", -1230), ("€ 12.30", 1230), ("12.30 EUR", 1230), (".5", 50), ("+12.30", 1230),
        ("", None), ("n/a", None), ("-", None), ("NULL", None),
        ("12.345", "amount_precision"), ("1,23.45", "bad_amount"), ("12,34,567.00", "bad_amount"),
        ("abc", "bad_amount"), ("--5", "bad_amount"), ("1.2.3", "bad_amount"),
        ("١٢", "bad_amount"), ("5000 USD", "currency_mismatch"),
        ("£5000", "currency_mismatch"), ("5e3", "amount_scientific"), ("99999999999999999", "amount_out_of_range"),
    ],
)  # fmt: skip
def test_a_written_amount_is_read_exactly_or_refused(cell, expected):
    assert minor(cell) == expected


def test_decimal_commas_are_read_where_the_file_uses_them():
    assert minor("1.234,50", decimal=",") == 123450


def test_minor_units_follow_the_currency():
    assert (minor("1200", "JPY"), minor("1.5", "JPY"), minor("1.234", "KWD")) == (1200, "amount_precision", 1234)


def test_a_dollar_sign_agrees_with_dollars_only():
    assert (minor("$5", "USD"), minor("$5", "CAD"), minor("$5", "EUR")) == (500, 500, "currency_mismatch")


def test_float_noise_is_forgiven_in_numbers_written_by_machines_only():
    assert minor(NumberCell("2309.7899999999995"), "USD") == 230979
    assert minor("2309.7899999999995", "USD", floats=True) == 230979
    assert minor("2309.7899999999995", "USD") == "amount_precision"


def test_real_decimals_are_never_taken_for_noise():
    assert minor(NumberCell("10.005")) == "amount_precision"
    assert minor("64982.589", "USD", floats=True) == "amount_precision"


def test_rounding_happens_only_when_asked_and_is_told():
    read = parse_amount("64982.589", "USD", ".", floats=True, round_off=True)
    assert (read.minor, read.rounded) == (6498259, True)


def test_the_decimal_mark_is_settled_by_decisive_cells():
    assert settle_decimal(["1.234", "1,234.5"]) == "."
    assert settle_decimal(["1.234", "1.234.567"]) == ","
    assert settle_decimal(["1,234", "12,5"]) == ","
    assert settle_decimal(["0.125"]) == "."
    assert settle_decimal(["1200", NumberCell("1.234")]) == "."


def test_amounts_that_could_be_thousands_or_decimals_are_not_guessed():
    with pytest.raises(AmbiguousNumberFormat):
        settle_decimal(["1.234", "2.500"])
    with pytest.raises(MixedNumberFormats):
        settle_decimal(["1.234,56", "1,234.56"])


@pytest.mark.parametrize(
    "cell",
    ["2025-01-31", "20250131", "31/01/2025", "31.01.2025", "31-01-2025 23:59", "31-Jan-25", "January 31, 2025",
     "2025-01-31T08:00:00", "2025/01/31", "31 Jan 2025", "31/1/25"],
)  # fmt: skip
def test_one_day_in_many_spellings(cell):
    assert day(cell) == to_day(date(2025, 1, 31))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("31/02/2025", "bad_date"), ("2023-02-29", "bad_date"), ("soon", "bad_date"), ("2025-13-01", "bad_date"),
        ("1980-01-01", "date_out_of_range"), ("2062-01-01", "date_out_of_range"),
        ("0000-00-00", None), ("9999-12-31", None), ("31.12.9999", None), ("", None), ("-", None),
    ],
)  # fmt: skip
def test_what_is_no_day_is_refused_and_placeholders_say_none(cell, expected):
    assert day(cell) == expected


def test_the_stated_order_is_read_whatever_stands_between_the_parts():
    assert day("1/2/2025", order="mdy") == to_day(date(2025, 1, 2))
    assert day("1.2.2025", order="mdy") == to_day(date(2025, 1, 2))
    assert day("1.2.2025", order="dmy") == to_day(date(2025, 2, 1))
    assert day("25/03/31", order="ymd") == to_day(date(2025, 3, 31))


def test_a_zoned_time_stamp_gives_the_day_of_the_company():
    berlin = ZoneInfo("Europe/Berlin")
    assert day("2025-01-31T23:30:00Z", zone=berlin) == to_day(date(2025, 2, 1))
    assert day("2025-01-31 23:30:00", zone=berlin) == to_day(date(2025, 1, 31))


def test_two_digit_years_fall_within_fifty_years_and_are_told():
    read = DateReader("dmy", TODAY, UTC).parse("26-Apr-11")
    assert (read.day, read.two_digits) == (to_day(date(2011, 4, 26)), True)


def test_the_order_of_a_column_is_settled_by_a_day_above_twelve():
    assert settle_order(["02/03/2025", "31/03/2025"]) == "dmy"
    assert settle_order(["02/03/2025", "03/31/2025"]) == "mdy"
    assert settle_order(["45658", "45700", ""]) == "serial"


@pytest.mark.parametrize(
    "cells",
    [
        ["02/03/2025", "04/05/2025"],
        ["02/03/2025", "04.05.2025"],
        ["26/01/05", "26/02/11"],
        ["15-01-31"],
        ["31/12/25"],
    ],
)
def test_dates_that_read_both_ways_are_not_guessed(cells):
    with pytest.raises(AmbiguousDateOrder):
        settle_order(cells)


def test_dots_mean_the_day_first_unless_that_gives_no_date():
    assert settle_order(["03.04.2026", "31.03.26"]) == "dmy"
    assert settle_order(["03.31.2026", "04.30.2026"]) == "mdy"
    with pytest.raises(MixedDateOrders):
        settle_order(["03.04.2026", "3.31.2026"])


@pytest.mark.parametrize(
    ("cells", "order"), [(["26/01/05", "15/01/45"], "dmy"), (["01/31/26", "02/03/26"], "mdy"), (["31/12/2025"], "dmy")]
)
def test_a_short_year_that_cannot_be_a_day_settles_the_order(cells, order):
    assert settle_order(cells) == order
    with pytest.raises(MixedDateOrders):
        settle_order(["31/03/2025", "03/31/2025"])
    assert settle_order(["02/02/2025"]) == "dmy"


def test_a_column_of_spreadsheet_day_numbers_is_read_in_the_1900_system():
    assert day("45658", order="serial") == to_day(date(2025, 1, 1))


@pytest.mark.parametrize(
    ("cell", "expected"),
    [("0001234", "0001234"), (" INV 1 ", "INV 1"), ("INV\u200b-1", "INV-1"), ("=1+1", "=1+1"), ("NULL", None)],
)
def test_ids_are_text(cell, expected):
    assert parse_id(cell) == expected


def test_ids_eaten_by_a_spreadsheet_are_refused():
    assert parse_id("1.23457E+11").reason == "id_mangled_by_spreadsheet"
    assert parse_id(NumberCell("1.5")).reason == "bad_id"


def test_ids_written_as_floats_become_their_digits_when_the_mapping_says_so():
    assert (parse_id("2960623488.0", floats=True), parse_id("2960623488.0")) == ("2960623488", "2960623488.0")
    assert parse_id(NumberCell("2960623488")) == "2960623488"


def test_a_customer_may_be_called_null():
    assert clean_text(" Null ") == "Null"


ODD = (
    "NULL", "null", "n/a", "N/A", "#N/A", "#REF!", "=", "-", "0000-00-00", "00.00.0000", "0-0-0", "1.2E+5", "1E5",
    "12E5",
    "1e-3", "1,5e3", "007", "-7", "1.", ".5", "1,234", "1.234", "12,34", "1,234.5", "1.234,5", "1,234,567", "1.234.567",
    "12,3456", "--5", "+5", "5-", "(5)", " 5", "5 ", "a  b", "a b", "\u00a0a", "a\u00ad", "U\u0308", "\u00dc", "\u01c5",
    "M\ufffdller", "\u0344", "\u0374", "\u4e2d\u6587", "\u304b\u3099", "\u1100\u1161", "\uac00", "a\tb", "a\nb", "",
    "2026-01-31 24:00", "2026-01-31T23:59", "31.01.2026 8:00", "2026-01-31T08:00:00.123", "2026-01-31 08:00 PM", "nan",
    "999999999999999", "1000000000000000", "123456789012.99", "1234567890123.99", "000", "0", "1.0", "\u0661",
)  # fmt: skip
ALPHABET = list("0123456789.,-+eE #=/()ab\u00e4\u0308\u00a0\u200b")


def odd_cells():
    draw = np.random.default_rng(11)
    return [*ODD, *("".join(draw.choice(ALPHABET, draw.integers(1, 9))) for _ in range(4000))]


@pytest.mark.parametrize("number", [False, True])
def test_what_is_told_plain_is_what_the_parsers_would_have_said(number):
    """The law of `plain.py`: it may say less than the parsers, never something else."""
    texts = odd_cells()
    cells, numbers = pa.array(texts, pa.large_string()), np.full(len(texts), number)
    typed = [NumberCell(text) if number else text for text in texts]

    for text, plain in zip(texts, plain_texts(cells), strict=True):
        assert not plain or clean_text(text) == text
    for text, plain in zip(typed, plain_ids(cells, numbers), strict=True):
        assert not plain or parse_id(text) == text
    for mark in ".,":
        for text, plain, hundredths in zip(typed, *plain_amounts(cells, numbers, mark), strict=True):
            assert not plain or parse_amount(text, "EUR", mark).minor == hundredths
    for text, shown in zip(texts, shown_marks(cells), strict=True):
        assert shown == "x" or shown == shown_mark(text)
    for text, short in zip(texts, without_time(cells).to_pylist(), strict=True):
        assert day(text) == day(short)


def test_zero_dates_and_spoilt_cells_are_told_apart_from_text():
    assert [day(cell) for cell in ("0000-00-00T00:00:00", "00.00.00", "#VALUE!", "=", "\ufffd")] == [
        None, None, "cell_error", "formula_without_value", "undecodable_text",
    ]  # fmt: skip
    assert [minor(cell) for cell in ("#DIV/0!", "=", "EUR (5)", "(5) EUR", "CR 5", "5 Cr.", "(5) CR")] == [
        "cell_error", "formula_without_value", -500, -500, -500, -500, "bad_amount",
    ]  # fmt: skip


def test_a_separator_that_repeats_settles_the_mark_only_in_groups_of_three():
    assert settle_decimal(["1.2.3", "1.50"]) == "."
    assert settle_decimal(["31.01.2026", "00.00.0000", "1.50"]) == "."
    assert settle_decimal(["12,34,567", "1.234"]) == "."
