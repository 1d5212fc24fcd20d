"""Amounts: exact, in one convention per file, or not at all."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from nasty.case import Outcome, Step, accepted, case, refused, set_aside, text_step
from nasty.clean import Maker
from nasty.writing import grouped, plain, put, records, text

NO_AMOUNT = "missing_required|bad_amount"


def _spelt(make: Maker, spelling: Callable[[Decimal], str], delimiter: str = ";", **options: object) -> Sequence[Step]:
    bills = make.ledger()
    content = text(records(bills, amount_text=spelling), delimiter=delimiter)
    return [text_step(content, accepted(bills), **options)]


def _cells(make: Maker, cells: dict[str, str | Decimal], *warnings: str, currency: str = "EUR") -> Sequence[Step]:
    """Open invoices with these amounts: what is meant, or the reasons for which it is set aside."""
    bills = [bill.paid(None) for bill in make.ledger(len(cells) + len(cells), currency)]
    rows = records(bills)
    good, bad = [], {}
    for row, (cell, meant) in enumerate(cells.items(), 1):
        put(rows, row, amount=cell)
        if isinstance(meant, str):
            bad[row] = meant
        else:
            good.append(bills[row - 1].but(amount=meant))
    good += bills[len(cells) :]
    outcome = set_aside(good, bad) if bad else accepted(good)
    return [text_step(text(rows, delimiter=";"), outcome.warning(*warnings))]


@case("amount", "P02")
def american(make: Maker) -> Sequence[Step]:
    return _spelt(make, grouped(",", "."), delimiter=",")


@case("amount", "P02")
def european(make: Maker) -> Sequence[Step]:
    return _spelt(make, grouped(".", ","))


@case("amount", "P02")
def swiss(make: Maker) -> Sequence[Step]:
    return _spelt(make, grouped("'", "."))


@case("amount", "P02")
def french(make: Maker) -> Sequence[Step]:
    return _spelt(make, grouped("\u202f", ","))


@case("amount", "P02")
def no_break_blanks(make: Maker) -> Sequence[Step]:
    return _spelt(make, grouped("\u00a0", ","))


def _thousands(make: Maker, mark: str) -> list[object]:
    bills = [bill.but(amount=Decimal(make.rng.randrange(1_001, 9_999))).paid(None) for bill in make.ledger()]
    return [bills, text(records(bills, amount_text=lambda amount: f"{amount:,}".replace(",", mark)), delimiter=";")]


@case("amount", "P02")
def dots_before_three_digits_everywhere(make: Maker) -> Sequence[Step]:
    _, content = _thousands(make, ".")
    return [text_step(content, refused("ambiguous_number_format|too_many_bad_rows"))]  # type: ignore[arg-type]


@case("amount", "P02")
def commas_before_three_digits_everywhere(make: Maker) -> Sequence[Step]:
    _, content = _thousands(make, ",")
    return [text_step(content, refused("ambiguous_number_format|too_many_bad_rows"))]  # type: ignore[arg-type]


@case("amount", "P02")
def dots_before_three_digits_and_the_option_says_thousands(make: Maker) -> Sequence[Step]:
    bills, content = _thousands(make, ".")
    return [text_step(content, accepted(bills), decimal=",")]  # type: ignore[arg-type]


@case("amount", "P01 P02")
def dots_before_three_digits_and_the_option_says_decimals(make: Maker) -> Sequence[Step]:
    bills = [bill.but(amount=Decimal(f"{make.rng.randrange(10, 99)}.{at + 10}")).paid(None)
             for at, bill in enumerate(make.ledger())]  # fmt: skip
    content = text(records(bills, amount_text=lambda amount: f"{amount}0"), delimiter=";")
    return [text_step(content, accepted(bills), decimal=".")]


@case("amount", "P02")
def one_cell_that_settles_it(make: Maker) -> Sequence[Step]:
    bills, _ = _thousands(make, ".")
    bills[4] = bills[4].but(amount=Decimal("12.50"))  # type: ignore[index]
    rows = records(bills, amount_text=grouped(".", ","))  # type: ignore[arg-type]
    return [text_step(text(rows, delimiter=";"), accepted(bills))]  # type: ignore[arg-type]


@case("amount", "P02")
def one_repeated_separator_that_settles_it(make: Maker) -> Sequence[Step]:
    bills, _ = _thousands(make, ".")
    bills[4] = bills[4].but(amount=Decimal("1234567"))  # type: ignore[index]
    rows = records(bills, amount_text=grouped(".", ","))  # type: ignore[arg-type]
    return [text_step(text(rows, delimiter=";"), accepted(bills))]  # type: ignore[arg-type]


@case("amount", "P02")
def a_convention_only_in_the_paid_amounts(make: Maker) -> Sequence[Step]:
    """Settled per file: the paid amounts show what the amounts mean."""
    bills, _ = _thousands(make, ".")
    first = bills[0]  # type: ignore[index]
    bills[0] = first.paid(first.due_date, "1.50")  # type: ignore[index]
    rows = records(bills, amount_text=grouped(".", ","))  # type: ignore[arg-type]
    return [text_step(text(rows, delimiter=";"), accepted(bills))]  # type: ignore[arg-type]


@case("amount", "P02")
def dinars_with_three_decimals_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger(9, "KWD")
    bills = [bill.but(amount=Decimal(f"{make.rng.randrange(100, 999)}.123")).paid(None) for bill in bills]
    return [text_step(text(records(bills), delimiter=";"), refused("ambiguous_number_format|too_many_bad_rows"))]


@case("amount", "P02")
def two_conventions_in_one_file(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger()]
    rows = records(bills, amount_text=grouped(".", ","))
    for row in range(1, 13, 2):
        put(rows, row, amount=grouped(",", ".")(bills[row - 1].amount))
    codes = "mixed_number_formats|ambiguous_number_format|too_many_bad_rows"
    return [text_step(text(rows, delimiter=";"), refused(codes))]


@case("amount", "P02")
def two_conventions_and_the_option_says_one(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger()]
    rows = records(bills, amount_text=grouped(".", ","))
    put(rows, 3, amount="7,914.94")
    outcome = set_aside([*bills[:2], *bills[3:]], {3: "bad_amount"})
    return [text_step(text(rows, delimiter=";"), outcome, refused("mixed_number_formats"), decimal=",")]


@case("amount", "P02")
def whole_amounts_need_no_convention(make: Maker) -> Sequence[Step]:
    bills = [bill.but(amount=Decimal(make.rng.randrange(10, 99_999))).paid(None) for bill in make.ledger()]
    return [text_step(text(records(bills)), accepted(bills))]


@case("amount", "P07")
def negatives_in_every_spelling(make: Maker) -> Sequence[Step]:
    cells = {f"{sign[0]}{amount}{sign[1]}": -Decimal(amount) for sign, amount in zip(
        [("-", ""), ("", "-"), ("(", ")"), ("−", ""), ("", " CR"), ("- ", ""), ("", "CR")],
        ["12.01", "13.02", "14.03", "15.04", "16.05", "17.06", "18.07"], strict=True)}  # fmt: skip
    return _cells(make, {**cells, "+19.08": Decimal("19.08")})


@case("amount", "P01")
def more_decimals_than_the_currency_has(make: Maker) -> Sequence[Step]:
    return _cells(make, {"12.345": "amount_precision", "12.3000": Decimal("12.30"),
                         ".5": Decimal("0.50"), "0.0049": "amount_precision"} | {})  # fmt: skip


@case("amount", "P01")
def yen_have_no_decimals(make: Maker) -> Sequence[Step]:
    cells: dict[str, str | Decimal] = {"1200.5": "amount_precision", "1200.00": Decimal(1200), "77": Decimal(77)}
    return _cells(make, cells, currency="JPY")


@case("amount", "P01")
def dinars_have_three_decimals(make: Maker) -> Sequence[Step]:
    cells: dict[str, str | Decimal] = {"12.3456": "amount_precision", "1.5": Decimal("1.5")}
    cells["7.0010"] = Decimal("7.001")
    return _cells(make, cells, currency="KWD")


@case("amount", "P01")
def what_is_no_amount(make: Maker) -> Sequence[Step]:
    said = ["", "-", "n/a", "NULL", "?", "#", "abc", "12.50 approx", "1 2 3.50", "--5.00", "1e", "0x1F", "∞"]
    return _cells(make, dict.fromkeys(said, NO_AMOUNT))


@case("amount", "P01")
def scientific(make: Maker) -> Sequence[Step]:
    said = ["1.5E+3", "1e5", "2.5e-2"]
    return _cells(make, dict.fromkeys(said, "amount_scientific|bad_amount"))


@case("amount", "P01")
def digits_of_other_scripts(make: Maker) -> Sequence[Step]:
    return _cells(make, dict.fromkeys(["١٢٣٤", "１２３４.５０", "12³", "½", "12.5०"], NO_AMOUNT))


@case("amount", "P01")
def computed_and_not_numbers(make: Maker) -> Sequence[Step]:
    return _cells(make, dict.fromkeys(["=1+1", "NaN", "inf", "-Infinity", "1/2", "12%", "TRUE"], NO_AMOUNT))


@case("amount", "P01")
def thousands_out_of_step(make: Maker) -> Sequence[Step]:
    return _cells(make, dict.fromkeys(["1,23,456.78", "12,34.56", "1,,234.50", ",123.50"], "bad_amount"))


@case("amount", "P07")
def zeros(make: Maker) -> Sequence[Step]:
    return _cells(make, {"0.00": Decimal(0), "0": Decimal(0), "-0.00": Decimal(0)}, "zero_amount")


@case("amount", "P11")
def signs_and_codes_that_agree(make: Maker) -> Sequence[Step]:
    return _cells(make, {"€ 12.50": Decimal("12.50"), "13.50 €": Decimal("13.50"), "EUR 14.50": Decimal("14.50"),
                         "15.50EUR": Decimal("15.50"), "-€16.50": Decimal("-16.50")})  # fmt: skip


@case("amount", "P11")
def signs_and_codes_that_disagree(make: Maker) -> Sequence[Step]:
    return _cells(make, dict.fromkeys(["£12.50", "USD 13.50", "14.50 CHF", "$15.50"],
                                      "currency_mismatch|bad_amount|ambiguous_currency"))  # fmt: skip


@case("amount", "P11")
def a_dollar_sign_beside_dollars(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger(8, "USD")]
    rows = put(records(bills), 2, amount=f"${plain(bills[1].amount)}")
    reasons = {2: "ambiguous_currency|bad_amount|currency_mismatch"}
    return [text_step(text(rows), accepted(bills), set_aside([bills[0], *bills[2:]], reasons))]


@case("amount", "P01 P20")
def cents(make: Maker) -> Sequence[Step]:
    return _spelt(make, lambda amount: plain(amount * 100).split(".")[0], amount_scale="0.01")


@case("amount", "P01")
def thousands(make: Maker) -> Sequence[Step]:
    bills = [bill.but(amount=Decimal(make.rng.randrange(1_000, 99_999))).paid(None) for bill in make.ledger()]
    bills[0] = bills[0].but(amount=Decimal(12_500))
    rows = records(bills, amount_text=lambda amount: format(amount / 1000, "f"))
    put(rows, 1, amount="12.5")
    return [text_step(text(rows), accepted(bills), amount_scale="1000")]


@case("amount", "P01")
def fractions_of_cents(make: Maker) -> Sequence[Step]:
    bills = [bill.paid(None) for bill in make.ledger()]
    rows = records(bills, amount_text=lambda amount: plain(amount * 100).split(".")[0])
    put(rows, 2, amount="12345.5")
    outcome: Outcome = set_aside([bills[0], *bills[2:]], {2: "amount_precision"})
    return [text_step(text(rows), outcome, amount_scale="0.01")]
