"""Invoices that contradict what was told under their id: set aside, for nothing of it is guessed."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from ledger.checked import BadRow
from ledger.exports import INVOICES
from ledger.hearing import Hearing
from ledger.ordering import Flags
from ledger.parsing.bad_cell import BadCell
from ledger.words import shown


def set_contradictions_aside(hearing: Hearing) -> frozenset[str]:
    """Take out of the invoices what cannot be revisions of the items known under their ids: those ids."""
    items = hearing.items
    bad = _contradicts(hearing)
    if not bad.any():
        return frozenset()
    at = np.flatnonzero(bad)
    before = items.known.iloc[items.before[at]].to_dict("records")
    sentences = {
        str(row["item_id"]): _contradiction(row, old)
        for row, old in zip(items.new.iloc[at].to_dict("records"), before, strict=True)
    }
    for table in hearing.checked.of(INVOICES):
        why = [sentences.get(item_id) for item_id in table.facts["item_id"].tolist()]
        table.set_aside([at for at, bad in enumerate(why) if bad], why.__getitem__)  # type: ignore[arg-type]
    hearing.forget_items()
    return frozenset(sentences)


def _contradicts(hearing: Hearing) -> Flags:
    items = hearing.items
    entity = items.same_in(["entity", "invoice_number"])
    customer, told = items.same_in(["customer_id"]), items.same_in(["issued_on", "amount_minor", "currency"])
    currency = items.same_in(["currency"])
    numbered = np.zeros(len(items.new), dtype=np.bool_)
    at = np.flatnonzero(items.is_known)
    numbered[at] = (items.known["invoice_number"].iloc[items.before[at]] != "").to_numpy()
    paid = hearing.is_paid
    return items.is_known & ((numbered & ~entity) | (~customer & ~told) | (paid & ~currency))


def _contradiction(invoice: Mapping[Any, Any], before: Mapping[Any, Any]) -> BadRow:
    if before["invoice_number"] and any(before[name] != invoice[name] for name in ("entity", "invoice_number")):
        known = f'"{shown(before["invoice_number"])}" of entity "{shown(before["entity"])}"'
        return BadRow(
            "invoice_id",
            BadCell(
                "bad_id", f'Entity and number make the id "{shown(invoice["item_id"])}", which is that of {known}.'
            ),
        )
    if before["customer_id"] != invoice["customer_id"]:
        sentence = (
            f'The number is known as an invoice of customer "{shown(before["customer_id"])}" with another amount, '
            f"currency or issue day. Two legal entities with the same numbers need a column entity."
        )
        return BadRow("customer_id", BadCell("conflicting_duplicate", sentence))
    sentence = (
        f"The invoice is known in {before['currency']} and has payments in it; they cannot become "
        f"{invoice['currency']}."
    )
    return BadRow("currency", BadCell("currency_mismatch", sentence))
