"""The lists of the API as tables: the queue, activities, daily runs, the audit log. The API's own bodies go in.

The first column never holds a negative number: in a program that splits at semicolons a whole line of a CSV is one
cell, and it must not begin with a sign.
"""

from typing import Any

from serving.tabular.table import Cell, Column, Table, amount_of
from serving.wording import told_reasons

Json = dict[str, Any]

QUEUE = (
    Column("rank", "whole", "place on the list, from 1"),
    Column("as_of", "day", "evening of the list"),
    Column("customer_id", "text", "the account"),
    Column("customer_name", "text", "its name"),
    Column("country", "text", "ISO 3166-1, two letters"),
    Column("collector", "text", "who is to call; empty for nobody"),
    Column("overdue", "amount", "past due"),
    Column("open", "amount", "open of all items"),
    Column("expected_late", "amount", "still unpaid in 30 days, as expected; empty in mode rule"),
    Column("promised", "amount", "of the overdue money, promised"),
    Column("disputed", "amount", "of the overdue money, disputed"),
    Column("currency", "text", "ISO 4217, of the amounts of the row"),
    Column("late_risk", "number", "chance, 0 to 1, to be still unpaid on `late_risk_on`; empty in mode rule"),
    Column("late_risk_on", "day", "the day that `late_risk` looks at"),
    Column("expected_on", "day", "half of the money is expected by then"),
    Column("open_items", "whole", "how many items are open"),
    Column("overdue_items", "whole", "how many of them are past due"),
    Column("oldest_dpd", "whole", "days past due of the oldest"),
    Column("main_reason", "text", "the fact that moved the risk most"),
    Column("main_reason_code", "text", "its code (docs/reasons.md)"),
    Column("next_step", "text", "code of what to do next"),
    Column("next_action", "text", "what to do next, in words"),
    Column("rule", "text", "the rule of the strategy that put it here"),
    Column("segment", "text", "segment of the strategy"),
    Column("run_id", "text", "the published run"),
)

_SAID = (
    ("channel", "text"), ("outcome", "text"), ("minutes", "whole"), ("happened_on", "day"), ("amount", "amount"),
    ("currency", "text"), ("promised_on", "day"), ("due_on", "day"), ("at", "text"), ("until_on", "day"),
    ("item_id", "text"), ("item_ids", "text"), ("why", "text"), ("because", "text"), ("reason", "text"),
    ("owner", "text"), ("text", "text"), ("collector", "text"),
)  # fmt: skip
"""What the kinds of activities say, in the words of `serving.activities.said`."""

ACTIVITIES = (
    Column("customer_id", "text", "the account"),
    Column("account_version", "whole", "the how-manieth activity of the account, from 1"),
    Column("activity_id", "text", "its id"),
    Column(
        "kind",
        "text",
        "contact, promise, dispute, resolution, callback, hold, snooze, note, contest, escalation, assignment or undo",
    ),
    *(Column(name, kind, f"`{name}` of the activity, where its kind has one") for name, kind in _SAID),  # type: ignore[arg-type]
    Column("of", "text", "the activity that it undoes or resolves"),
    Column("by", "text", "who recorded it"),
    Column("recorded_at", "instant", "when, UTC"),
    Column("known_on", "day", "evening from which the ledger knows it"),
    Column("undone_by", "text", "who took it back; empty where nobody did"),
    Column("undone_at", "instant", "when it was taken back, UTC"),
)

RUNS = (
    Column("id", "text", "the daily run"),
    Column("as_of", "day", "its evening"),
    Column("state", "text", "running, done, failed or given_up"),
    Column("reason", "text", "why it failed"),
    Column("attempt", "whole", "how often it was begun"),
    Column("ledger_version", "whole", "version of the ledger it was planned on"),
    Column("planned_at", "instant", "when it was planned, UTC"),
    Column("asked_by", "text", "who asked for it"),
    Column("steps_done", "text", "the steps that are done, in order"),
)

AUDIT = (
    Column("seq", "whole", "place in the chain, from 1"),
    Column("at", "instant", "when, UTC"),
    Column("actor", "text", "who did it"),
    Column("role", "text", "as what"),
    Column("action", "text", "what was done"),
    Column("object", "text", "to what"),
    Column("before", "text", "SHA-256 of what stood there; empty for nothing"),
    Column("after", "text", "SHA-256 of what stands there since; empty for nothing"),
    Column("request_id", "text", "of the request that asked for it; empty outside of the desk"),
    Column("prev_hash", "text", "hash of the entry before"),
    Column("hash", "text", "of this entry"),
)


def queue_table(body: Json) -> Table:
    """The lines of a queue body, in order."""
    return Table.of(QUEUE, (_line(line, body) for line in body["items"]))


def activities_table(body: Json) -> Table:
    """What was recorded about an account, newest first."""
    return Table.of(ACTIVITIES, map(activity_row, body["items"]))


def runs_table(body: Json) -> Table:
    """The daily runs, those planned last first."""
    rows = ({**run, "steps_done": " ".join(run["steps_done"])} for run in body["items"])
    return Table.of(RUNS, rows)


def audit_table(body: Json) -> Table:
    """The entries of the audit log, the newest first."""
    return Table.of(AUDIT, body["items"])


def activity_row(one: Json) -> dict[str, Cell]:
    """One activity of the API as a row of `ACTIVITIES`."""
    said, undone = one["said"], one["undone"] or {}
    told = {name: said.get(name) for name, _ in _SAID} | {"item_ids": "\n".join(said.get("item_ids", ())) or None}
    also = {"undone_by": undone.get("by"), "undone_at": undone.get("at")}
    return {**told, **{name: one[name] for name in _OWN}, **also}


_OWN = ("customer_id", "account_version", "activity_id", "kind", "of", "by", "recorded_at", "known_on")


def _line(line: Json, body: Json) -> dict[str, Cell]:
    main: Json = next(iter(told_reasons(line)), {})
    told = {
        **line,
        "as_of": body["as_of"],
        "run_id": body["run_id"],
        "currency": line["open"]["currency"],
        "main_reason": main.get("text"),
        "main_reason_code": main.get("code"),
    }
    cells = ((column, told.get(column.name)) for column in QUEUE)
    return {column.name: amount_of(cell) if column.kind == "amount" else cell for column, cell in cells}
