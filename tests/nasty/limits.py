"""More than an import may cost: refused before it costs that much."""

import io
import zipfile
from collections.abc import Sequence

from nasty.case import Step, accepted, case, refused, set_aside, text_step
from nasty.clean import Maker
from nasty.writing import put, records, text, typed, workbook


@case("limits", "P16")
def more_rows_than_allowed(make: Maker) -> Sequence[Step]:
    bills = make.ledger(10)
    content = text(records(bills))
    return [
        text_step(content, refused("too_many_rows"), limits={"max_rows": 9}),
        text_step(content, accepted(bills), limits={"max_rows": 10}),
    ]


@case("limits", "P16")
def more_rows_in_a_workbook_than_allowed(make: Maker) -> Sequence[Step]:
    content = workbook({"Ledger": typed(make.ledger(10))})
    return [Step({"ledger.xlsx": content}, (refused("too_many_rows"),), {"limits": {"max_rows": 9}})]


@case("limits", "P16")
def more_columns_than_allowed(make: Maker) -> Sequence[Step]:
    rows = [[*row, *(["x"] * 600)] for row in records(make.ledger())]
    rows[0][10:] = [f"c{at}" for at in range(600)]
    return [text_step(text(rows), refused("too_many_columns"))]


@case("limits", "P16")
def more_bytes_than_allowed(make: Maker) -> Sequence[Step]:
    return [text_step(text(records(make.ledger())), refused("too_large"), limits={"max_bytes": 500})]


@case("limits", "P16")
def a_name_of_ten_thousand_and_one_letters(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 3, customer_name="x" * 10_001)
    good = [*bills[:2], *bills[3:]]
    return [text_step(text(rows), set_aside(good, {3: "field_too_long"}), refused("field_too_long|too_large"))]


@case("limits", "P16")
def a_cell_of_half_a_million_letters_nobody_needs(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = [[*row, ""] for row in records(bills)]
    rows[0][-1], rows[3][-1] = "note", "x" * 500_000
    good = [*bills[:2], *bills[3:]]
    outcomes = (accepted(bills), set_aside(good, {3: "field_too_long"}))
    return [text_step(text(rows), *outcomes, refused("field_too_long|too_large|unterminated_quote|malformed_csv"))]


@case("limits", "P16")
def amounts_beyond_the_limit(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, amount="10000000000000.01")
    put(rows, 4, amount="9" * 40)
    good = [bill for row, bill in enumerate(bills, 1) if row not in (2, 4)]
    bad = {2: "amount_out_of_range", 4: "amount_out_of_range"}
    return [text_step(text(rows), set_aside(good, bad), limits={"max_amount": "10000000000000"})]


@case("limits", "P16")
def amounts_beyond_a_limit_of_ones_own(make: Maker) -> Sequence[Step]:
    bills = make.ledger()
    rows = put(records(bills), 2, amount="50000.01")
    good = [*bills[:1], *bills[2:]]
    return [text_step(text(rows), set_aside(good, {2: "amount_out_of_range"}), limits={"max_amount": "50000"})]


@case("limits", "P16")
def a_workbook_that_unpacks_to_very_much(make: Maker) -> Sequence[Step]:
    content = _with_part(workbook({"Ledger": typed(make.ledger())}), "xl/media/image1.xml", b" " * 40_000_000)
    return [Step({"ledger.xlsx": content}, (refused("zip_bomb|too_large"),))]


@case("limits", "P16")
def a_workbook_of_very_many_parts(make: Maker) -> Sequence[Step]:
    raw = workbook({"Ledger": typed(make.ledger())})
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a") as archive:
        for at in range(12_000):
            archive.writestr(f"xl/media/{at}", b"")
    codes = refused("too_many_members|zip_bomb|unsafe_archive|too_large")
    return [Step({"ledger.xlsx": out.getvalue()}, (codes,))]


@case("limits", "P16")
def a_workbook_with_a_part_outside_of_it(make: Maker) -> Sequence[Step]:
    content = _with_part(workbook({"Ledger": typed(make.ledger())}), "../../evil_nasty.txt", b"x")
    return [Step({"ledger.xlsx": content}, (refused("unsafe_archive|corrupt_file"),))]


def _with_part(raw: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(raw)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()
