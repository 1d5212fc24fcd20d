"""Invoices that contradict what the ledger knows under their id: set aside, for nothing of it is guessed."""

from collections.abc import Mapping, Set
from typing import Any

from ledger.checked import BadRow, Checked, Invoice, set_aside
from ledger.learning import Known
from ledger.parsing.bad_cell import BadCell
from ledger.words import shown


def set_contradictions_aside(table: Checked[Invoice], known: Known) -> Set[str]:
    """Take out of a table the invoices that cannot be revisions of the items known under their ids: those ids."""
    position = {row: at for at, row in enumerate(table.columns.table.rows)}
    believed: list[Invoice] = []
    disputed: set[str] = set()
    for invoice in table.facts:
        before = known.items.get(invoice.item_id)
        bad = before and _contradiction(invoice, before, paid=bool(known.applications.get(invoice.item_id)))
        if bad:
            disputed.add(invoice.item_id)
            table.bad.append(set_aside(table.columns, position[invoice.row], bad, invoice.number))
        else:
            believed.append(invoice)
    table.facts[:] = believed
    table.bad.sort(key=lambda bad: bad.row)
    return disputed


def _contradiction(invoice: Invoice, before: Mapping[str, Any], *, paid: bool) -> BadRow | None:
    if before["invoice_number"] and (before["entity"], before["invoice_number"]) != (invoice.entity, invoice.number):
        known = f'"{shown(before["invoice_number"])}" of entity "{shown(before["entity"])}"'
        return BadRow(
            "invoice_id",
            BadCell("bad_id", f'Entity and number make the id "{shown(invoice.item_id)}", which is that of {known}.'),
        )
    told = (invoice.issued_on, invoice.amount_minor, invoice.currency)
    if before["customer_id"] != invoice.customer_id and told != (
        before["issued_on"], before["amount_minor"], before["currency"],
    ):  # fmt: skip
        sentence = (
            f'The number is known as an invoice of customer "{shown(before["customer_id"])}" with another amount, '
            f"currency or issue day. Two legal entities with the same numbers need a column entity."
        )
        return BadRow("customer_id", BadCell("conflicting_duplicate", sentence))
    if paid and before["currency"] != invoice.currency:
        sentence = (
            f"The invoice is known in {before['currency']} and has payments in it; they cannot become "
            f"{invoice.currency}."
        )
        return BadRow("currency", BadCell("currency_mismatch", sentence))
    return None
