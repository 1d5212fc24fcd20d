"""Parquet: columns of many types, of which some are no money and no days."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime, time
from decimal import Decimal

import pyarrow as pa
from nasty.case import Outcome, Step, accepted, case, refused, set_aside
from nasty.clean import Invoice, Maker
from nasty.writing import parquet, parquet_table, records


def _file(table: pa.Table, *outcomes: Outcome, **options: object) -> Step:
    return Step({"ledger.parquet": parquet(table)}, outcomes, options)


def _doubles(bills: Sequence[Invoice], **instead: object) -> pa.Array:
    values = [float(bill.amount) for bill in bills]
    for at, value in instead.items():
        values[int(at.removeprefix("row")) - 1] = value  # type: ignore[call-overload]
    return pa.array(values, pa.float64())


@case("parquet", "P20")
def exact_decimals_and_days(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    return [_file(parquet_table(bills), accepted(bills))]


@case("parquet", "P20")
def texts_alone(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    header, *rows = records(bills)
    columns = {name: pa.array([row[at] or None for row in rows], pa.string()) for at, name in enumerate(header)}
    return [_file(pa.table(columns), accepted(bills))]


@case("parquet", "P20")
def dictionaries_large_texts_and_many_row_groups(make: Maker) -> Sequence[Step]:
    bills = make.ledger(50)
    ids = pa.array([bill.invoice_id for bill in bills], pa.large_string())
    coded = pa.array([bill.customer_id for bill in bills]).dictionary_encode()
    content = parquet(parquet_table(bills, invoice_id=ids, customer_id=coded), row_group_size=7)
    return [Step({"ledger.parquet": content}, (accepted(bills),))]


@case("parquet", "P01")
def doubles_with_noise(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    bills[2] = bills[2].but(amount=Decimal("2309.79")).paid(None)
    amounts = _doubles(bills, row3=2309.7899999999995, row5=10.005)
    good = [*bills[:4], *bills[5:]]
    return [_file(parquet_table(bills, amount=amounts), set_aside(good, {5: "amount_precision"}))]


@case("parquet", "P01")
def not_a_number_and_infinite(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    amounts = _doubles(bills, row2=math.nan, row3=math.inf, row4=-math.inf)
    bad = dict.fromkeys((2, 3, 4), "bad_amount|missing_required")
    return [_file(parquet_table(bills, amount=amounts), set_aside([bills[0], *bills[4:]], bad))]


@case("parquet", "P01")
def whole_amounts_as_integers(make: Maker) -> Sequence[Step]:
    bills = [bill.but(amount=Decimal(make.rng.randrange(1, 9_999))).paid(None) for bill in make.ledger()]
    amounts = pa.array([int(bill.amount) for bill in bills], pa.int32())
    return [_file(parquet_table(bills, amount=amounts), accepted(bills))]


@case("parquet", "P06")
def ids_as_integers_and_doubles(make: Maker) -> Sequence[Step]:
    bills = [bill.but(invoice_id=str(4711 + at), customer_id=str(10 + at)) for at, bill in enumerate(make.ledger())]
    ids = pa.array([int(bill.invoice_id) for bill in bills], pa.int64())
    customers = [float(bill.customer_id) for bill in bills]
    customers[3] = 1.5
    good = [*bills[:3], *bills[4:]]
    table = parquet_table(bills, invoice_id=ids, customer_id=pa.array(customers))
    return [_file(table, set_aside(good, {4: "bad_id|id_mangled_by_spreadsheet"}))]


@case("parquet", "P17")
def instants(make: Maker) -> Sequence[Step]:
    """Instants in UTC; the day is that of the tenant in Berlin."""
    bills = make.ledger()
    eves = [datetime.combine(bill.issue_date, time(0), UTC).timestamp() - 1800 for bill in bills]
    moments = pa.array([int(eve * 1_000_000) for eve in eves], pa.int64()).cast(pa.timestamp("us", "UTC"))
    return [_file(parquet_table(bills, issue_date=moments), accepted(bills))]


@case("parquet", "P17")
def times_without_a_zone(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    moments = pa.array([datetime.combine(bill.issue_date, time(23, 30)) for bill in bills], pa.timestamp("ns"))
    return [_file(parquet_table(bills, issue_date=moments), accepted(bills))]


@case("parquet", "P20")
def nested_columns_that_nobody_needs(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    lists = pa.array([[1, 2]] * len(bills))
    structs = pa.array([{"a": 1}] * len(bills))
    raw = pa.array([b"\xff\x00"] * len(bills), pa.binary())
    return [_file(parquet_table(bills, lines=lists, address=structs, raw=raw), accepted(bills))]


@case("parquet", "P13")
def a_needed_column_that_is_nested(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    amounts = pa.array([[float(bill.amount)] for bill in bills])
    return [_file(parquet_table(bills, amount=amounts), refused("unsupported_column_type|bad_column_type"))]


@case("parquet", "P13")
def amounts_that_are_true_or_false(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    amounts = pa.array([True] * len(bills))
    codes = "unsupported_column_type|bad_column_type|too_many_bad_rows"
    return [_file(parquet_table(bills, amount=amounts), refused(codes))]


@case("parquet", "P03 P13")
def days_that_are_durations(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    spans = pa.array([5] * len(bills), pa.int64()).cast(pa.duration("s"))
    codes = "unsupported_column_type|bad_column_type|too_many_bad_rows|unrecognised_dates"
    return [_file(parquet_table(bills, issue_date=spans), refused(codes))]


@case("parquet", "P13")
def no_rows(make: Maker) -> Sequence[Step]:
    return [_file(parquet_table([]), refused("no_data_rows|empty_file"))]


@case("parquet", "P13")
def cut_off(make: Maker) -> Sequence[Step]:
    content = parquet(parquet_table(make.ledger()))
    return [Step({"ledger.parquet": content[:-100]}, (refused("corrupt_file"),))]


@case("parquet", "P13")
def nothing_but_the_magic_word(make: Maker) -> Sequence[Step]:
    return [Step({"ledger.parquet": b"PAR1"}, (refused("corrupt_file"),))]


@case("parquet", "P16")
def more_rows_than_allowed(make: Maker) -> Sequence[Step]:
    return [_file(parquet_table(make.ledger(10)), refused("too_many_rows"), limits={"max_rows": 9})]


@case("parquet", "P13")
def two_columns_of_one_name(make: Maker) -> Sequence[Step]:
    table = parquet_table(make.ledger())
    doubled = table.append_column("Amount", table.column("amount"))
    return [_file(doubled, refused("duplicate_columns|ambiguous_columns"))]
