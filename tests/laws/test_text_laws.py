"""Laws of amounts and dates as texts: an exact value or a reason, never another value and never a float."""

import ast
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from itertools import product
from pathlib import Path

import pytest
from builders import law
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.days import to_date, to_day
from ledger.money import EXPONENT, to_decimal
from ledger.parsing.amounts import Amount, parse_amount, settle_decimal
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.dates import DateReader, ReadDate
from ledger.parsing.texts import NumberCell

LEDGER = Path(__file__).resolve().parents[2] / "ledger"
NEAR = date(2025, 6, 30)

# Odd amounts of euro in a file with decimal dots, each of them with what it is.

SIGNS = {"{}": 1, "-{}": -1, "{}-": -1, "({})": -1, "−{}": -1, "+{}": 1, "- {}": -1, "{} CR": -1, "{}DR": 1}
UNITS = ("{}", "€{}", "{} €", "EUR {}", "{}eur", " {}\u00a0", "\u200b{}\ufeff")
NUMBERS = {
    "0.01": "0.01", "1,234.50": "1234.50", "1'234'567.8": "1234567.80", "12\u202f345.67": "12345.67", ".5": "0.50",
    "0012.30": "12.30", "7": "7.00", "9,999,999,999,999.99": "9999999999999.99", "12.3000": "12.30",
}  # fmt: skip
NONE_AMOUNTS = (
    "",
    " ",
    "-",
    "n/a",
    "N/A",
    "NULL",
    "null",
    "(null)",
    "None",
    "NaT",
    "nan",
    "\u200b",
    "\u00a0",
    "\u202e",
)
TOO_FINE = ("0.001", "1.005", "12.345", "1,234.5678", "0.0000000001", "-0.009", "99999.999", "1.2300001")
SCIENTIFIC = ("1e5", "1E+5", "2.5e-2", "-3E3", "1.23457E+11")
TOO_LARGE = ("10,000,000,000,000.01", "9" * 16, "-" + "9" * 30, "1" + "0" * 400)
OTHER_MONEY = ("£12.50", "USD 12.50", "12.50 CHF", "$5", "¥7", "GBP1", "1 JPY")
NO_AMOUNTS = (
    "abc", "?", "#", "--5", "5--", "-5-", "(-5)", "(5", "5)", "()", "+-5", "1 2", "1,2,3", "12,34.56", "1.2.3",
    "1..2", "1,,234", ",5,", ".", ",", "'", "1/2", "1:30", "50%", "=1+1", "=A1", "0x1F", "1_000", "1e", "e5", "1e5e5",
    "inf", "-inf", "Infinity", "∞", "NaN5", "true", "FALSE", "12 approx", "ca. 12", "12.5 EUR EUR", "€€5", "€5€",
    "EUR5€", "XYZ 5", "5 XYZ", "½", "12³", "١٢", "१२.५०", "１２", "５.00", "1２3.45", "12.3٤", "٣.50", "Ⅷ", "十",
    "12.5O", "l2.50", "12\n50", "1\t2", "1;2", "5 CR CR", "-5 CR", "(5 CR)", "5,00", "1.234,50",
    "1 234 56", "1'23",
    "12'34'567", "1,234'567", "1 234,567.00", "--", "---", "- -", "Subtotal", "12.50;13", "5.-",
    "5,-", "5=", "≈5",
)  # fmt: skip


def odd_amounts() -> Iterator[tuple[str, str]]:
    """(cell, the exact amount; 'none'; or the reasons that may be given)."""
    for sign, unit, (number, value) in product(SIGNS, UNITS, NUMBERS.items()):
        behind = sign in ("{} CR", "{}DR")
        cell = unit.format(sign.format(number)) if behind else sign.format(unit.format(number))
        meant = f"-{value}" if SIGNS[sign] < 0 else value
        # A sign and a currency side by side are rare: they may be refused, but not misread.
        may_be_refused = sign not in ("{}", "-{}") and unit not in ("{}", UNITS[-1], UNITS[-2])
        yield cell, f"{meant}|bad_amount" if may_be_refused else meant
    yield from ((cell, "none") for cell in NONE_AMOUNTS)
    yield from ((cell, "amount_precision") for cell in TOO_FINE)
    yield from ((cell, "amount_scientific|bad_amount") for cell in SCIENTIFIC)
    yield from ((cell, "amount_out_of_range") for cell in TOO_LARGE)
    yield from ((cell, "currency_mismatch|ambiguous_currency|bad_amount") for cell in OTHER_MONEY)
    yield from ((cell, "bad_amount") for cell in NO_AMOUNTS)


def wrong_amounts() -> dict[str, str]:
    """The odd amounts that are not what they are: cell → what came."""
    said = ((cell, amount_said(cell), meant) for cell, meant in odd_amounts())
    return {cell: f"{came} instead of {meant}" for cell, came, meant in said if came not in meant.split("|")}


def amount_said(cell: str, currency: str = "EUR", decimal: str = ".") -> str:
    read = parse_amount(cell, currency, decimal)
    if read is None:
        return "none"
    return read.reason if isinstance(read, BadCell) else str(to_decimal(read.minor, currency))


def test_of_four_hundred_odd_amounts_each_is_exact_or_has_its_reason():
    cells = [cell for cell, _ in odd_amounts()]
    assert len(set(cells)) >= 400
    assert wrong_amounts() == {}


DAY = date(2024, 3, 25)
DAY_SPELLINGS = (
    "2024-03-25", "2024/03/25", "2024.03.25", "20240325", "2024-3-25", "25 Mar 2024", "25-Mar-2024", "25. March 2024",
    "Mar 25, 2024", "March 25 2024", "mar 25, 2024", "25/03/2024", "25-03-2024", "25.03.2024", "25.3.2024",
    "25MAR2024", "2024-03-25T00:00:00", "2024-03-25 23:59:59", "2024-03-25T23:59:59.999", "25/03/2024 11:59 PM",
    "2024-03-25T12:00Z", " 2024-03-25 ", "\u200b2024-03-25\ufeff", "2024-03-25T24:00:00", "25/03/24", "25.03.24",
    "25-Mar-24",
)  # fmt: skip
NO_DAYS = ("", "-", "n/a", "NULL", "0000-00-00", "00000000", "00.00.0000", "9999-12-31", "1900-01-01", "1899-12-30")
NOBODYS_DAYS = (
    "2023-02-29", "1900-02-29", "2100-02-29", "2024-02-30", "2024-13-01", "2024-00-10", "2024-01-00", "2024-04-31",
    "20240230", "2024-1", "2024", "03/2024", "25/03", "Q1-2024", "2024-W12", "2024-085", "25 Foo 2024",
    "Mär 25, 2024", "45658", "45658.5", "yesterday", "=TODAY()", "2024-03-25x", "x2024-03-25", "25//03//2024",
    "25/03-2024", "+2024-03-25", "2024-03-25T25:00:00", "2024-03-25T12:60:00", "2024-03-25 12:00 CET", "1989-12-31",
    "2035-07-02", "0024-03-25", "25/03/0024", "32/01/2024", "25/13/2024", "2024-03-25, 2024-03-26", "1.5", "3e4",
    "٢٠٢٤x", "2024 03 25 1",
)  # fmt: skip


@pytest.mark.parametrize("cell", DAY_SPELLINGS)
def test_every_spelling_of_a_day_is_that_day(cell):
    read = DateReader("dmy", NEAR, UTC).parse(cell)
    assert isinstance(read, ReadDate), read
    assert to_date(read.day) == DAY


@pytest.mark.parametrize("cell", NO_DAYS)
def test_every_placeholder_of_a_day_says_none(cell):
    assert DateReader("dmy", NEAR, UTC).parse(cell) is None


@pytest.mark.parametrize("cell", NOBODYS_DAYS)
def test_what_no_calendar_has_is_set_aside(cell):
    read = DateReader("dmy", NEAR, UTC).parse(cell)
    assert isinstance(read, BadCell), to_date(read.day) if read else read
    assert read.reason in ("bad_date", "date_out_of_range")


currencies = st.sampled_from(["EUR", "JPY", "KWD"])
marks = st.sampled_from([".", ","])
minors = st.integers(-(10**15), 10**15)


@law(200)
@given(
    minors, currencies, st.sampled_from(["", ",", ".", "'", " ", "\u00a0"]), st.sampled_from([".", ","]), st.booleans()
)
@example(-1, "KWD", "", ".", True)
def test_an_amount_written_in_a_convention_reads_as_itself(minor, currency, thousands, decimal, behind):
    if thousands == decimal:
        thousands = ""
    number = f"{abs(to_decimal(minor, currency)):,f}".replace(",", "\0").replace(".", decimal).replace("\0", thousands)
    cell = (f"{number}-" if behind else f"-{number}") if minor < 0 else number
    assert parse_amount(cell, currency, decimal) == Amount(minor)


@law(200)
@given(minors, currencies)
def test_a_number_cell_reads_as_the_nearest_minor_unit_or_not_at_all(minor, currency):
    """The noise of a binary float goes, half a unit does not."""
    number = to_decimal(minor, currency)
    read = parse_amount(NumberCell(repr(float(number))), currency, ".")
    assert read == Amount(minor) or (isinstance(read, BadCell) and abs(minor) > 10**14)
    half = number + Decimal(5).scaleb(-EXPONENT[currency] - 1)
    assert isinstance(parse_amount(NumberCell(str(half)), currency, "."), BadCell)


@law(300)
@given(st.text(alphabet="0123456789.,'’ -+()€$£EURCD\u00a0\u202f٣eE", max_size=14), marks)
def test_any_text_is_an_exact_amount_or_has_a_reason(cell, decimal):
    """Whatever is read has exactly the digits of the cell: nothing is dropped, added or moved."""
    read = parse_amount(cell, "EUR", decimal)
    if isinstance(read, Amount):
        whole, _, fraction = cell.partition(decimal)
        digits = "".join(char for char in whole if char.isdigit())
        cents = "".join(char for char in fraction if char.isdigit()).ljust(2, "0")
        assert set(cents[2:]) <= {"0"}
        assert "٣" not in cell
        assert abs(read.minor) == int(f"{digits or 0}{cents[:2]}")
        negative = any(mark in cell for mark in ("-", "(", "CR"))
        assert (read.minor < 0) == (negative and read.minor != 0)
    elif read is not None:
        assert read.reason
        assert read.sentence


@law(100)
@given(st.lists(minors.map(lambda minor: to_decimal(minor, "EUR")), min_size=1), marks)
def test_a_column_with_two_decimals_everywhere_settles_its_mark(amounts, decimal):
    assert settle_decimal(str(amount).replace(".", decimal) for amount in amounts) == decimal


@law(200)
@given(st.dates(date(1990, 1, 1), NEAR + timedelta(days=3650)), st.sampled_from(["/", "-", "."]))
def test_a_day_reads_as_itself_in_the_order_of_its_column(day, mark):
    for order, cell in (("dmy", f"%d{mark}%m{mark}%Y"), ("mdy", f"%m{mark}%d{mark}%Y"), ("dmy", f"%Y{mark}%m{mark}%d")):
        assert DateReader(order, NEAR, UTC).parse(day.strftime(cell)) == ReadDate(to_day(day))
    serial = str((day - date(1899, 12, 30)).days)
    assert DateReader("serial", NEAR, UTC).parse(serial) == ReadDate(to_day(day))


@law(300)
@given(st.text(alphabet="0123456789/-.: TZ+JanMr٣", max_size=20), st.sampled_from(["dmy", "mdy", "ymd", "serial"]))
def test_any_text_is_a_believable_day_or_has_a_reason(cell, order):
    read = DateReader(order, NEAR, UTC).parse(cell)
    if isinstance(read, ReadDate):
        assert date(1990, 1, 1) <= to_date(read.day) <= NEAR + timedelta(days=3653)
    else:
        assert read is None or read.reason in ("bad_date", "date_out_of_range")


def floats_in(tree: ast.AST) -> list[str]:
    """Where a float is made of something: `float(x)`, a float type, or a number read as one."""
    names = {"float", "float32", "float64", "to_numeric", "double"}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = [node.func, *node.args, *(keyword.value for keyword in node.keywords)]
            said = [
                ast.unparse(part).rsplit(".", 1)[-1] for part in called if isinstance(part, ast.Name | ast.Attribute)
            ]
            found += [f"{node.lineno}: {name}" for name in said if name in names]
    return found


def test_no_float_is_made_on_the_path_of_money():
    """All of the ledger, but for the readers: they meet the floats of other people's files, and write them as text.

    And but for two guards that compare and keep nothing: whether a sum would leave 64 bits (`store.py`), and whether
    amounts are of another size than before (`plausibility.py`, and `scorecard/`).
    """
    elsewhere = {"reading", "scorecard", "store.py", "plausibility.py"}
    paths = [path for path in sorted(LEDGER.rglob("*.py")) if not elsewhere & set(path.relative_to(LEDGER).parts)]
    assert len(paths) > 30
    found = {str(path.relative_to(LEDGER)): floats_in(ast.parse(path.read_text(encoding="utf-8"))) for path in paths}
    assert {path: calls for path, calls in found.items() if calls} == {}


def test_the_law_of_floats_can_fail():
    assert floats_in(ast.parse("x = float(y)\nz = a.astype(np.float64)\nw = pa.array(v, type=pa.float64)")) != []
