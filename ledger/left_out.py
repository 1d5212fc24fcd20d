"""What a file says of erased persons is left out: their names, and what was written of their disputes.

The facts of the rows count as any others, and the report says how many rows had something left out. A row that is set
aside says what nobody could read: once a person is erased, its cells are kept only where it is read as somebody else's.
"""

from collections.abc import Collection
from dataclasses import replace

import numpy as np
import pandas as pd

from ledger.checked import Checked
from ledger.layout import RATES
from ledger.ordering import are_in
from ledger.report import QuarantinedRow

LEFT_OUT = "erased_names_left_out"
"""The code of the remark on an import that told of an erased person."""

NOT_KEPT = (
    "The row may be about a person who was erased, so nothing of its cells is kept. Look at this line of the file that "
    "was imported."
)


def without_erased(table: Checked, gone: Collection[str], told_items: pd.DataFrame) -> Checked:
    """The table, emptied of what it says of the persons `gone`; its rows that said something are counted.

    Args:
        told_items: the items told before, with their `customer_id`: a dispute names the item alone.
    """
    if not gone:
        return table
    customers = pd.Series(sorted(gone), dtype="str")
    items = told_items.loc[are_in(told_items["customer_id"], customers), "item_id"]
    for of, among, column in (("customer_id", customers, "customer_name"), ("item_id", items, "reason")):
        table.facts = _emptied(table, table.facts, of, among, column)
        table.on_account = _emptied(table, table.on_account, of, among, column)
    return table


def _emptied(table: Checked, facts: pd.DataFrame, of: str, among: "pd.Series[str]", column: str) -> pd.DataFrame:
    if not {of, column} <= {*facts.columns} or not len(facts) or not len(among):
        return facts
    theirs = are_in(facts[of], among) & (facts[column] != "").to_numpy()
    table.warned[LEFT_OUT] += int(theirs.sum())
    return facts.assign(**{column: facts[column].mask(theirs, "")}) if theirs.any() else facts


def set_aside_without_erased(table: Checked, gone: Collection[str], told_items: pd.DataFrame) -> list[QuarantinedRow]:
    """The rows that a table set aside: of those that may be about the persons `gone` the line and the reason alone.

    May be: all but those whose customer, or whose invoice's as told before, can be read and is another one.
    """
    if not gone or not table.bad or table.role == RATES:
        return table.bad
    others = _others(table, gone, told_items)
    return [row if row.row in others else _emptied_row(row) for row in table.bad]


def _others(table: Checked, gone: Collection[str], told_items: pd.DataFrame) -> set[int]:
    """The data rows that can be read to be about somebody else than `gone`."""
    if "customer_id" in table.columns.has:
        read, theirs, known = table.columns.texts["customer_id"], {*gone}, None
    else:
        of_gone = told_items["customer_id"].isin(list(gone))
        numbers = told_items["invoice_number"]
        read, theirs, known = table.columns.texts["invoice_id"], set(numbers[of_gone]), set(numbers)
    rows = table.columns.table.rows
    said = ((int(rows[at]), read[int(at)]) for at in np.flatnonzero(np.isin(rows, [row.row for row in table.bad])))
    return {row for row, who in said if who and who not in theirs and (known is None or who in known)}


def _emptied_row(row: QuarantinedRow) -> QuarantinedRow:
    return replace(row, value="", sentence=NOT_KEPT, invoice_id="", left_out=True)
