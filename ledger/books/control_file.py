"""A control file: what another book says is owed, to be held against ours (`Control`).

A table (CSV, .xlsx or Parquet) with the columns `currency` and `amount`, and optionally `entity` (our legal entity) and
`item_id`. A row without an item is the total of its entity and currency, a row with one is the detail of a sub-ledger.
Without the column `entity` the totals are over all entities. What could be read in two ways is refused.
"""

from collections.abc import Callable
from pathlib import Path

from ledger.books.control import Control
from ledger.money import EXPONENT
from ledger.parsing.amounts import AmbiguousNumberFormat, MixedNumberFormats, parse_amount, settle_decimal
from ledger.parsing.bad_cell import BadCell
from ledger.parsing.texts import NumberCell, clean_text, parse_id
from ledger.reading.apart import read_apart
from ledger.reading.sheet import Limits, Record
from ledger.refusals import FileRefused, MissingColumns
from ledger.words import shown

COLUMNS = ("entity", "currency", "amount", "item_id")


def read_control(path: Path) -> Control:
    """Read a control file.

    Raises `FileRefused`: no such file, a column missing or twice, an amount or currency that cannot be believed, one
    total or item told twice. The sentence names line and column.
    """
    [source] = read_apart([path], Limits())
    if len(source.sheets) != 1:
        raise FileRefused(
            "ambiguous_sheet",
            path.name,
            "The workbook has several sheets.",
            remedy="Save the one that holds the totals.",
        )
    sheet = source.sheets[0]
    records = (sheet.record(at) for at in range(len(sheet)))
    header, *rows = [record for record in records if any(cell.strip() for cell in record.cells)]
    cell = _cells(path.name, header)
    mark = _decimal_mark(path.name, [cell(row, "amount") for row in rows])
    control = Control(path.name, by_entity="entity" in [clean_text(text).lower() for text in header.cells])
    for row in rows:
        _add(control, row, cell, mark)
    return control


def _add(control: Control, row: Record, cell: Callable[[Record, str], str], mark: str) -> None:
    def refuse(field: str, bad: BadCell) -> FileRefused:
        return FileRefused(bad.reason, control.file, bad.sentence, field=field, line=row.line)

    currency = clean_text(cell(row, "currency")).upper()
    if currency not in EXPONENT:
        expected = "Expected an active ISO 4217 code such as EUR."
        raise refuse("currency", BadCell("bad_currency", f'"{shown(currency)}" is no currency. {expected}'))
    amount = parse_amount(cell(row, "amount"), currency, mark)
    if amount is None:
        amount = BadCell("missing_required", "amount is empty. Write 0 where nothing is owed.")
    if isinstance(amount, BadCell):
        raise refuse("amount", amount)
    item_id = parse_id(cell(row, "item_id"))
    if isinstance(item_id, BadCell):
        raise refuse("item_id", item_id)

    group = (clean_text(cell(row, "entity")), currency)
    told = control.totals if item_id is None else control.items.setdefault(group, {})
    key = group if item_id is None else item_id
    if key in told:
        what = f"The total of {' '.join(group).strip()}" if item_id is None else f'Item "{shown(item_id)}"'
        raise refuse("amount", BadCell("conflicting_duplicate", f"{what} stands in the file twice. Keep one of them."))
    told[key] = amount.minor  # type: ignore[index]


def _cells(file: str, header: Record) -> Callable[[Record, str], str]:
    """A reader of one named cell of a row; '' where the file has no such column."""
    names = [clean_text(text).lower() for text in header.cells]
    missing = [name for name in ("currency", "amount") if name not in names]
    if missing:
        raise MissingColumns(file, missing, header.cells, "a control file")
    if twice := [name for name in COLUMNS if names.count(name) > 1]:
        raise FileRefused("duplicate_columns", file, f"Column {twice[0]} stands in the file twice.", field=twice[0])
    place = {name: names.index(name) for name in COLUMNS if name in names}

    def cell(row: Record, name: str) -> str:
        at = place.get(name, len(row.cells))
        return row.cells[at] if at < len(row.cells) else ""

    return cell


def _decimal_mark(file: str, amounts: list[str]) -> str:
    try:
        return settle_decimal(text for text in amounts if not isinstance(text, NumberCell))
    except MixedNumberFormats:
        raise FileRefused(
            "mixed_number_formats", file, "Some amounts have a decimal comma and some a decimal point.",
            remedy="Write all of them as in 1234.50.", field="amount",
        ) from None  # fmt: skip
    except AmbiguousNumberFormat:
        raise FileRefused(
            "ambiguous_number_format", file, "Amounts such as 1.234 can be read both ways, and no other shows which.",
            remedy="Write them with the decimals of their currency, as in 1234.50.", field="amount",
        ) from None  # fmt: skip
