"""The books as the commands show them: aging, reconciliation and roll-forward as JSON bodies, tables and files.

Amounts are exact decimals as text with their currency beside them; every body says its evening and its knowledge.
"""

import csv
import io
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.errors import PayriskError
from ledger.money import to_decimal
from ledger.neutral import neutral, neutral_in_csv
from serving.files import write_whole

if TYPE_CHECKING:
    import pandas as pd

    from ledger.books.aging_report import Aging
    from ledger.books.reconcile import Reconciliation
    from ledger.books.roll_forward import RollForward

Body = dict[str, Any]


class NotATableFile(PayriskError):
    """A name that does not say which kind of table to write."""

    code = "unknown_file_kind"
    exit_code = 2
    field = "out"

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: expected a name that ends in .csv or .xlsx, as in aging.xlsx.")


_KEYS = ("entity", "customer_id", "currency")
_COUNTS = ("items", "open_items")


def aging_body(report: "Aging", *, by_customer: bool) -> Body:
    """An aging as one JSON object; `rows` per entity and currency, or per customer and currency."""
    rows, told = (report.customers, report.customers_told) if by_customer else (report.rows, report.rows_told)
    base = report.reporting_currency
    return {
        "report": report.name,
        "as_of": report.as_of.isoformat(),
        "known_by": report.known_by.isoformat(),
        "basis": report.basis,
        "by": "customer" if by_customer else "entity",
        "buckets": list(report.buckets.names),
        "rows": _rows(rows),
        "reporting_currency": base,
        "rows_told": None if told is None else _rows(told, base),
        "total_told": None if told is None or base is None else {
            str(name): _cell(str(name), int(told[name].sum()), base) for name in told.columns if name not in _KEYS
        },
        "notices": [str(error) for error in report.missing],
    }  # fmt: skip


def reconciliation_body(proof: "Reconciliation", rolled: "RollForward") -> Body:
    """A reconciliation with its roll-forward as one JSON object."""
    return {
        "as_of": proof.as_of.isoformat(),
        "known_by": proof.known_by.isoformat(),
        "ties": proof.ties and rolled.closes,
        "rows": _rows(proof.rows),
        "control": None if proof.against is None else _rows(proof.against),
        "variances": [
            {
                "code": variance.code,
                "entity": variance.entity,
                "item_id": variance.item_id,
                "currency": variance.currency or None,
                "ours": _amount(variance.ours_minor, variance.currency),
                "theirs": _amount(variance.theirs_minor, variance.currency),
                "difference": _amount(variance.difference_minor, variance.currency),
                "sentence": variance.sentence,
            }
            for variance in proof.variances
        ],
        "roll_forward": {
            "from": rolled.opened_on.isoformat(),
            "to": rolled.closed_on.isoformat(),
            "clock": rolled.clock,
            "rows": _rows(rolled.rows),
            "unexplained": [
                {
                    "entity": item.entity,
                    "item_id": item.item_id,
                    "currency": item.currency or None,
                    "difference": _amount(item.difference_minor, item.currency),
                }
                for item in rolled.unexplained
            ],
            "reporting_currency": rolled.base,
            "rows_told": None if rolled.told is None else _rows(rolled.told, rolled.base),
            "notices": [str(error) for error in rolled.missing],
        },
    }


def month_before(day: date) -> date:
    """The last evening of the month before: what a roll-forward of this month opens with."""
    return day.replace(day=1) - timedelta(days=1)


def write_aging(body: Body, path: Path) -> None:
    """Write the rows of an aging; the name's ending, `.csv` or `.xlsx`, says how.

    Rows in the reporting currency follow with that currency in the column `told_in`. Text that a spreadsheet could run
    as a formula is neutralised. Raises `NotATableFile`, `CannotWrite`.
    """
    kind = path.suffix.lower()
    if kind not in (".csv", ".xlsx"):
        raise NotATableFile(path)
    rows = [row | {"told_in": row["currency"]} for row in body["rows"]]
    rows += [row | {"told_in": body["reporting_currency"]} for row in body["rows_told"] or ()]
    about = {"report": body["report"], "as_of": body["as_of"], "known_by": body["known_by"]}
    names = [*about, *(rows[0] if rows else ())]
    table = [names, *([(about | row)[name] for name in names] for row in rows)]
    content = _csv(table) if kind == ".csv" else _workbook(body["report"], table)
    write_whole(path, lambda unfinished: unfinished.write_bytes(content))


def _csv(table: Sequence[Sequence[Any]]) -> bytes:
    out = io.StringIO(newline="")
    for row in table:
        csv.writer(out, lineterminator="\r\n").writerow(
            [neutral_in_csv(cell) if isinstance(cell, str) and not _is_number(cell) else cell for cell in row]
        )
    return out.getvalue().encode()


def _workbook(title: str, table: Sequence[Sequence[Any]]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold, money = book.add_worksheet(title), book.add_format({"bold": True}), book.add_format()
        money.set_num_format("#,##0.00##")
        for at, row in enumerate(table):
            for column, cell in enumerate(row):
                if at and table[0][column] not in (*_KEYS, "told_in") and _is_number(cell):
                    sheet.write_number(at, column, float(cell), money if isinstance(cell, str) else None)
                else:
                    sheet.write_string(at, column, neutral(str(cell)), None if at else bold)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _is_number(cell: Any) -> bool:
    try:
        return Decimal(str(cell)).is_finite()
    except ArithmeticError:
        return False


def _rows(table: "pd.DataFrame", currency: str | None = None) -> list[Body]:
    """The rows with amounts as text, in the currency of each row or in the one they are told in."""
    names = [str(name) for name in table.columns]
    columns = [table[name].tolist() for name in names]
    told = []
    for values in zip(*columns, strict=True):
        row = dict(zip(names, values, strict=True))
        of = currency or row["currency"]
        told.append({name: _cell(name, value, of) for name, value in row.items()})
    return told


def _cell(name: str, value: Any, currency: str) -> Any:
    return value if name in _KEYS or name in _COUNTS else _amount(value, currency)


def _amount(minor: int, currency: str) -> str:
    """Exact text; in minor units, and said so, where the currency is not known."""
    return str(to_decimal(minor, currency)) if currency else f"{minor} minor units"
