"""What a file says of erased persons is left out: their names, and what was written of their disputes.

The facts of the rows count as any others, and the report says how many rows had something left out.
"""

from collections.abc import Collection

import pandas as pd

from ledger.checked import Checked
from ledger.ordering import are_in

LEFT_OUT = "erased_names_left_out"
"""The code of the remark on an import that told of an erased person."""


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
