"""The lists of one account as tables: its open items, and the invoices that it settled. The API's own bodies go in."""

from typing import Any

from serving.tabular.table import Cell, Column, Table, amount_of

Json = dict[str, Any]

ITEMS = (
    Column("item_id", "text", "the invoice"),
    Column("customer_id", "text", "the account"),
    Column("as_of", "day", "evening of the list"),
    Column("due_on", "day", "when it is due"),
    Column("dpd", "whole", "days past due, negative before"),
    Column("open", "amount", "open money, in its own currency"),
    Column("currency", "text", "ISO 4217, of `open`"),
    Column("p_late", "number", "chance, 0 to 1, not to be paid in time; empty in mode rule, as the others"),
    Column("late_risk", "number", "chance to be still unpaid on `late_risk_on`"),
    Column("late_risk_on", "day", "the day that `late_risk` looks at"),
    Column("p_30_dpd", "number", "chance to become 30 days past due"),
    Column("p_60_dpd", "number", "chance to become 60 days past due"),
    Column("p_90_dpd", "number", "chance to become 90 days past due"),
    Column("expected_on", "day", "half of it is expected by then"),
    Column("expected_from", "day", "a tenth of it is expected by then"),
    Column("expected_until", "day", "nine tenths of it are expected by then"),
    Column("main_reason", "text", "the fact that moved its risk most"),
)

HISTORY = (
    Column("item_id", "text", "the invoice"),
    Column("customer_id", "text", "the account"),
    Column("due_on", "day", "when it was due"),
    Column("settled_on", "day", "when it was settled"),
    Column("days_late", "whole", "between the two, negative for early"),
    Column("amount", "amount", "its amount"),
    Column("currency", "text", "ISO 4217, of `amount`"),
)


def items_table(body: Json) -> Table:
    """The open items of an account, oldest due day first."""
    return Table.of(ITEMS, (_item(one, body) for one in body["items"]))


def history_table(body: Json) -> Table:
    """The invoices of an account that stand settled, by due day."""
    return Table.of(HISTORY, (_settled(one, body) for one in body["items"]))


def _item(one: Json, body: Json) -> dict[str, Cell]:
    main: Json = next(iter(one["reasons"]), {})
    own = {"customer_id": body["customer_id"], "as_of": body["run"]["as_of"], "main_reason": main.get("text")}
    return {**one, **own, "open": amount_of(one["open"]), "currency": one["open"]["currency"]}


def _settled(one: Json, body: Json) -> dict[str, Cell]:
    money = {"amount": amount_of(one["amount"]), "currency": one["amount"]["currency"]}
    return {**one, "customer_id": body["customer_id"], **money}
