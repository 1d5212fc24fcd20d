"""Dialects of delimited text: delimiters, quotes, line ends, and what stands between the rows."""

from collections.abc import Sequence

from nasty.case import Outcome, Step, accepted, case, refused, set_aside, text_step
from nasty.clean import Maker
from nasty.writing import day_month, grouped, put, records, text

RAGGED = "wrong_field_count|malformed_row"


@case("dialect", "P20")
def commas_and_windows_line_ends(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [text_step(text(records(bills), eol="\r\n"), accepted(bills))]


@case("dialect", "P20")
def tabs(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_name="Semis; Commas, & | Pipes") for bill in make.ledger()]
    return [text_step(text(records(bills), delimiter="\t"), accepted(bills))]


@case("dialect", "P20")
def pipes_with_commas_in_every_name(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_name="Commas, Inc.; Semis") for bill in make.ledger()]
    return [text_step(text(records(bills), delimiter="|"), accepted(bills))]


@case("dialect", "P02 P03 P20")
def semicolons_decimal_commas_and_dotted_days(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = records(bills, date_text=day_month("."), amount_text=grouped(".", ","))
    return [text_step(text(rows, delimiter=";"), accepted(bills))]


@case("dialect", "P20")
def commas_that_are_delimiters_and_decimal_commas_in_quotes(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [text_step(text(records(bills, amount_text=grouped("", ","))), accepted(bills))]


@case("dialect", "P20")
def a_delimiter_that_only_the_option_knows(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [text_step(text(records(bills), delimiter="^"), accepted(bills), delimiter="^")]


@case("dialect", "P20")
def everything_in_quotes(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_name='The "Best" Shop, Inc.') for bill in make.ledger()]
    return [text_step(text(records(bills), quote_all=True), accepted(bills))]


@case("dialect", "P15")
def line_feeds_inside_names(make: Maker) -> Sequence[Step]:
    bills = [bill.but(customer_name="Accounts Dept Floor 2") for bill in make.ledger()]
    rows = records(bills)
    for row in range(1, len(rows)):
        put(rows, row, customer_name="Accounts Dept\r\nFloor  2")
    return [text_step(text(rows), accepted(bills))]


@case("dialect", "P12")
def blank_lines_mixed_line_ends_and_an_end_of_file_mark(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    lines = text(records(bills)).splitlines()
    ends = ["\n", "\r\n", "\n\n", "\r\n\r\n", "\n"]
    content = "".join(line + ends[at % len(ends)] for at, line in enumerate(lines)) + "\n\x1a"
    return [text_step(content, accepted(bills))]


@case("dialect", "P12")
def lines_of_delimiters_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    lines = text(records(bills)).splitlines()
    content = "\n".join([*lines[:5], "," * 9, *lines[5:], "," * 9, " , ,  ,,,,,,,"])
    return [text_step(content, accepted(bills).ignoring(3))]


@case("dialect", "P12")
def headers_and_totals_on_every_page(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    header, *lines = text(records(bills)).splitlines()
    total = sum(bill.amount for bill in bills)
    content = "\n".join(
        [header, *lines[:6], f"Subtotal,,,,,{total},EUR,,,", "", header, *lines[6:], f"Total,,,,,{total},EUR,,,", ""]
    )
    other = Outcome("accept_with_quarantine", len(bills), None, ledger=tuple(bills))
    return [text_step(content, accepted(bills), other)]


@case("dialect", "P12")
def titles_above_the_header(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    content = "Open items of Example Ltd\nPrinted on 2025-06-30\n\n" + text(records(bills))
    return [text_step(content, accepted(bills), refused("missing_columns|no_header"))]


@case("dialect", "P12 P20")
def a_line_that_names_the_delimiter(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    content = "sep=;\n" + text(records(bills), delimiter=";")
    return [text_step(content, accepted(bills), refused("missing_columns|no_header"))]


@case("dialect", "P20")
def a_delimiter_at_the_end_of_every_line(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [text_step(text([*row, ""] for row in records(bills)), accepted(bills))]


@case("dialect", "P20")
def rows_with_more_or_fewer_fields(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    lines = text(records(bills)).splitlines()
    lines[3] += ",x,y"
    lines[5] = ",".join(lines[5].split(",")[:6])
    lines[7] = lines[7].replace(bills[6].customer_name, "Smith, Jones and Co")
    bad = dict.fromkeys((3, 5, 7), f"{RAGGED}|bad_currency|missing_currency|missing_required")
    good = [bill for row, bill in enumerate(bills, 1) if row not in bad]
    return [text_step("\n".join(lines), set_aside(good, bad))]


@case("dialect", "P13")
def more_than_half_of_the_rows_bad(make: Maker) -> Sequence[Step]:
    rows = records(make.ledger(10))
    for row in range(1, 7):
        put(rows, row, amount="?")
    return [text_step(text(rows), refused("too_many_bad_rows"))]


@case("dialect", "P13")
def more_bad_rows_than_the_option_allows(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    rows = put(put(records(bills), 1, amount="?"), 2, amount="?")
    good = set_aside(bills[2:], {1: "bad_amount", 2: "bad_amount"})
    return [
        text_step(text(rows), refused("too_many_bad_rows"), max_quarantine_ratio=0.1),
        text_step(text(rows), good, max_quarantine_ratio=0.2),
    ]


@case("dialect", "P13")
def a_quotation_mark_that_is_never_closed(make: Maker) -> Sequence[Step]:
    lines = text(records(make.ledger())).splitlines()
    lines[4] = lines[4].replace(",C", ',"C', 1)
    return [text_step("\n".join(lines), refused("unterminated_quote|malformed_csv"))]


@case("dialect", "P20")
def text_behind_a_closing_quotation_mark(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    lines = text(records(bills)).splitlines()
    lines[4] = lines[4].replace(bills[3].customer_name, f'"{bills[3].customer_name}" & Sons')
    good = [*bills[:3], *bills[4:]]
    outcomes = (refused("malformed_csv"), set_aside(good, {4: RAGGED}), accepted(bills).whatever_names())
    return [text_step("\n".join(lines), *outcomes)]


@case("dialect", "P20")
def one_row_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger(1)
    return [text_step(text(records(bills)).rstrip("\n"), accepted(bills))]


@case("dialect", "P20")
def line_ends_of_an_old_mac(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    content = text(records(bills), eol="\r")
    return [text_step(content, accepted(bills), refused("malformed_csv|no_data_rows|missing_columns|no_header"))]
