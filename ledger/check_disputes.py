"""Disputes that may be believed: each of an item that is known, in its currency, with the part that is in dispute."""

import numpy as np
import pandas as pd
import pyarrow as pa

from ledger.check_payments import items_named
from ledger.checked import DISPUTE_FACTS, Checked
from ledger.columns import Columns
from ledger.days import NEVER, to_date
from ledger.parsing.bad_cell import BadCell
from ledger.sieve import Sieve, checked


def check_disputes(columns: Columns, as_of: int, payable: pd.DataFrame) -> Checked:
    """The disputes of a table.

    Args:
        as_of: the day of the export, whole days: no dispute is raised or resolved after it.
        payable: item_id, number, currency, amount_minor of the items known before and those of this import.

    Returns:
        The facts as `DISPUTE_FACTS`; `amount_minor` is above zero, the whole invoice where the row states no part.
        `resolved_on` is NEVER while the dispute lasts.
    """
    sieve, texts = Sieve(columns), columns.texts
    opened, resolved = columns.dates["opened_date"].days, columns.dates["resolved_date"].days
    sieve.text("dispute_id", needed=True)
    sieve.text("invoice_id", needed=True)
    sieve.text("entity")
    sieve.text("instalment")
    items = items_named(columns, payable)
    sieve.refuse(
        ~items.is_found, "invoice_id",
        lambda at: items.orphan(at, texts["invoice_id"][at]),
    )  # fmt: skip
    currency, owed = items.currency_column(), np.abs(items.amounts_of())
    sieve.text("currency")
    stated = texts["currency"].texts()
    differs = texts["currency"].says & np.not_equal(
        stated.to_numpy(zero_copy_only=False), currency.texts().to_numpy(zero_copy_only=False)
    )
    sieve.refuse(
        differs, "currency",
        lambda at: BadCell(
            "currency_mismatch", f"The dispute is in {stated[at]}, its invoice in {currency[at]}; nothing is converted."
        ),
    )  # fmt: skip
    amounts = columns.amounts["amount"].read(currency)
    if amounts.bad:
        sieve.refuse(amounts.is_bad, "amount", lambda at: amounts.bad[int(amounts.reading[at])])
    minor = np.where(amounts.is_none, owed, amounts.minor)
    sieve.refuse(
        (minor <= 0) | (minor > owed), "amount",
        lambda at: BadCell("amount_out_of_range", "The part in dispute is above zero and at most the invoice."),
    )  # fmt: skip
    sieve.text("reason")
    sieve.day("opened_date", needed=True)
    sieve.day_not_after("opened_date", as_of, "date_out_of_range")
    sieve.day("resolved_date")
    sieve.day_not_after("resolved_date", as_of, "date_out_of_range")
    sieve.refuse(
        (resolved != NEVER) & (resolved < opened), "resolved_date",
        lambda at: BadCell(
            "malformed_row",
            f"Resolved on {to_date(int(resolved[at])).isoformat()}, before it was opened on "
            f"{to_date(int(opened[at])).isoformat()}.",
        ),
    )  # fmt: skip
    rows = np.flatnonzero(sieve.good)
    facts = {
        "row": columns.table.rows[rows],
        "dispute_id": texts["dispute_id"].texts(rows),
        "item_id": items.ids.take(pa.array(items.at[rows])),
        "amount_minor": minor[rows],
        "currency": currency.texts(rows),
        "reason": texts["reason"].texts(rows),
        "opened_on": opened[rows],
        "resolved_on": resolved[rows],
    }
    return checked(sieve, DISPUTE_FACTS, facts, invoice_ids=texts["invoice_id"])
